"""`config` and `summary` of a training: mappings whose changes become events in the journal."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from pavi.tracking.values import as_json

__all__ = ["Document"]


class Document(MutableMapping[str, Any]):
    """A nested mapping that the server has a copy of. Keys can be set and replaced, and not removed.

    ``document["a"]`` and ``document.a`` read the same. Changing a nested value in place is not noticed: set it.

    Args:
        start: what it holds already, known to the server by other means.
        publish: gets each change as plain JSON.
    """

    def __init__(self, start: Mapping[str, Any], publish: Callable[[dict[str, Any]], None]) -> None:
        self.__dict__["_values"] = {str(key): value for key, value in start.items()}
        self.__dict__["_publish"] = publish

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delitem__(self, key: str) -> None:
        raise TypeError(f"{key!r} stays: what a training has said cannot be removed; set it to None instead")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __repr__(self) -> str:
        return repr(self._values)

    def update(self, *values: Any, **keywords: Any) -> None:
        """Sets several keys at once: one event."""
        changes = {str(key): value for key, value in dict(*values, **keywords).items()}
        if changes:
            _merge(self._values, changes)
            self._publish(as_json(changes))


def _merge(into: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """As the server does it: nested mappings merge, everything else replaces."""
    for key, value in changes.items():
        old = into.get(key)
        if isinstance(old, dict) and isinstance(value, Mapping):
            merged = dict(old)
            _merge(merged, value)
            into[key] = merged
        else:
            into[key] = value
