"""A ``{type: …}`` mapping, as people write it in a YAML: which class is meant, and whether its keys make sense."""

import difflib
import inspect
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from pavi.exception import BadSetting

__all__ = ["build"]


def build(word: str, config: Any, kinds: Mapping[str, str], offered: Mapping[str, Any]) -> Any:
    """Makes the object that a mapping asks for.

    Args:
        word: what the mapping configures, such as ``saver``; for messages.
        config: ``{"type": …, keyword: value, …}``.
        kinds: type → ``module:class``; the class's keyword arguments are the keys that are allowed.
        offered: what the program knows itself. Taken where the class has such a keyword and ``config`` does not set it.

    Raises:
        BadSetting: there is no such type, or a key is unknown or missing; the message lists those there are.
    """
    if not isinstance(config, Mapping):
        raise BadSetting(f"{word}: {config!r} is no mapping; write {word}: {{type: {next(iter(kinds))}, …}}")
    given = {str(key): value for key, value in config.items()}
    kind = given.pop("type", None)
    if kind not in kinds:
        raise BadSetting(f"{word}: type {kind!r} is unknown{_meant(kind, kinds)}; there are {_words(kinds)}")
    module, _, name = kinds[kind].partition(":")
    made = getattr(import_module(module), name)
    known = {
        key: parameter
        for key, parameter in inspect.signature(made).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    for key in given:
        if key not in known:
            raise BadSetting(
                f"{word}: type {kind} has no key {key!r}{_meant(key, known)}; it knows {_words(known) or 'none'}"
            )
    arguments = {key: value for key, value in offered.items() if key in known and value is not None} | given
    missing = [key for key, one in known.items() if one.default is inspect.Parameter.empty and key not in arguments]
    if missing:
        raise BadSetting(f"{word}: type {kind} needs {_words(missing)}")
    return made(**arguments)


def _meant(word: object, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(word), list(known), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _words(names: Iterable[str]) -> str:
    return ", ".join(names)
