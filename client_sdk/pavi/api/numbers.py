"""Numbers out of JSON, where NaN and infinities travel as texts."""

import math
from typing import Any

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def number(value: Any) -> float:
    """A float out of JSON; null reads as NaN.

    Raises:
        ValueError: it is no number.
    """
    if value is None:
        return math.nan
    if isinstance(value, str):
        if value not in _WORDS:
            raise ValueError(f"{value!r} is no number")
        return _WORDS[value]
    return float(value)


def plain(value: Any) -> Any:
    """The same JSON value with those texts as floats, everywhere inside."""
    if isinstance(value, str):
        return _WORDS.get(value, value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value
