"""Reads settings from the environment. A bad value is refused here, by name; secrets may come from a file."""

import os
from pathlib import Path


class BadSetting(ValueError):
    """An environment variable holds something that cannot be used. The message names it and the way out."""


def text(name: str, default: str = "") -> str:
    """``$NAME``, or the content of the file that ``$NAME_FILE`` names (how secrets come into containers)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE={path} cannot be read: {error.strerror}") from error
    return os.environ.get(name, default)


def boolean(name: str, default: bool = False) -> bool:
    value = text(name).strip().lower()
    if not value:
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise BadSetting(f"{name}={value!r} is neither true nor false; write 1 or 0")


def integer(name: str, default: int, *, low: int, high: int) -> int:
    value = text(name).strip()
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise BadSetting(f"{name}={value!r} is not a whole number") from None
    if not low <= number <= high:
        raise BadSetting(f"{name}={number} is outside {low}…{high}")
    return number
