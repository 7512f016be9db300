"""Turns what people log into floats, steps and JSON, without importing numpy or torch. Knows no journal."""

import math
import operator
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["PLAIN", "NotANumber", "as_float", "as_json", "as_step", "flatten", "is_shown"]

PLAIN: set[type] = {float, int, bool}
"""Types that ``struct`` packs as a double by itself. numpy's scalar types join when they are first seen."""

LOWEST_STEP, HIGHEST_STEP = -(2**63), 2**63 - 1
_DEEPEST = 32


class NotANumber(TypeError):
    """A value that has no one number in it. The message is a phrase that ends a sentence."""


def as_float(value: Any) -> float:
    """The one number in ``value``: Python and numpy numbers, arrays and tensors of one element on any device.

    Raises:
        NotANumber: there is none, or it is not one.
    """
    kind = type(value)
    if kind in PLAIN:
        return _float(value)
    if isinstance(value, str | bytes | bytearray) or value is None:
        raise NotANumber(f"is {kind.__name__!r}, not a number")
    if hasattr(value, "detach"):  # a tensor: one that needs a gradient would warn about being read
        value = value.detach()
    if hasattr(value, "item"):
        if getattr(getattr(value, "dtype", None), "kind", "f") not in "fiub":
            raise NotANumber(f"is {kind.__name__!r} of type {value.dtype}, not a number")
        try:
            number = value.item()
        except Exception as error:  # whatever a tensor library raises for several elements, or for none
            raise NotANumber(f"is {kind.__name__!r} of {_shape(value)}, not one number") from error
        if kind.__module__ == "numpy" and getattr(value, "ndim", 0) == 0 and kind.__name__ != "ndarray":
            PLAIN.add(kind)
        return _float(number)
    if hasattr(value, "numpy"):  # TensorFlow's eager tensors have no item()
        return as_float(value.numpy())
    return _float(value)


def _float(value: Any) -> float:
    if isinstance(value, str | bytes | bytearray):
        raise NotANumber(f"is {type(value).__name__!r}, not a number")
    try:
        return float(value)
    except OverflowError:
        raise NotANumber("is too large for a float") from None
    except (TypeError, ValueError):
        raise NotANumber(f"is {type(value).__name__!r}, not a number") from None


def _shape(value: Any) -> str:
    return f"shape {tuple(getattr(value, 'shape', ()))}"


def as_step(step: Any) -> int | None:
    """``step`` as a 64-bit integer: integers of any library, and floats that are whole. None when it is neither."""
    try:
        whole = operator.index(step)
    except TypeError:
        try:
            number = as_float(step)
        except NotANumber:
            return None
        if not math.isfinite(number) or number != math.floor(number):
            return None
        whole = int(number)
    return whole if LOWEST_STEP <= whole <= HIGHEST_STEP else None


def flatten(values: Mapping[Any, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Nested mappings as ``a/b/c`` and their leaves."""
    for key, value in values.items():
        if isinstance(value, Mapping) and depth < _DEEPEST:
            yield from flatten(value, f"{prefix}{key}/", depth + 1)
        else:
            yield f"{prefix}{key}", value


def is_shown(value: Any) -> bool:
    """Whether it is something to look at: media of `pavi`, a Pillow image, a matplotlib figure, or a list of such."""
    if type(value) in PLAIN:
        return False
    if isinstance(value, list | tuple):
        return len(value) > 0 and all(is_shown(item) for item in value)
    for kind in type(value).__mro__:
        package, _, rest = kind.__module__.partition(".")
        if package == "pavi":
            return rest.startswith("media")
        if (package == "PIL" and kind.__name__ == "Image") or (package == "matplotlib" and kind.__name__ == "Figure"):
            return True
    return False


def as_json(value: Any, depth: int = 0) -> Any:
    """The nearest JSON to any value: numbers stay numbers, NaN and infinities become texts, the rest its ``repr``."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _json_float(float(value))
    if depth >= _DEEPEST:
        return _short(value)
    if isinstance(value, Mapping):
        return {str(key): as_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(item, depth + 1) for item in value]
    return _json_other(value, depth)


def _json_other(value: Any, depth: int) -> Any:
    if isinstance(value, type) or callable(value):
        return getattr(value, "__qualname__", None) or _short(value)
    if hasattr(value, "__fspath__"):
        return str(value)
    if hasattr(value, "tolist") and getattr(value, "size", None) is not None:
        elements = value.numel() if hasattr(value, "numel") else value.size
        if isinstance(elements, int) and elements <= 1000:
            return as_json((value.detach() if hasattr(value, "detach") else value).tolist(), depth + 1)
        return f"{type(value).__name__} of {_shape(value)}"
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is not None:
        return {name: as_json(getattr(value, name, None), depth + 1) for name in fields}
    if type(value).__name__ == "Namespace":  # argparse
        return as_json(vars(value), depth + 1)
    try:
        return _json_float(as_float(value))
    except NotANumber:
        return _short(value)


def _json_float(number: float) -> float | str:
    if math.isfinite(number):
        return number
    return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"


def _short(value: Any) -> str:
    return repr(value)[:1000]
