"""What every saver does alike: a state becomes a file, names are checked, and old ones of a series are found."""

import io
import os
import re
from pathlib import Path
from typing import Any, BinaryIO

from pavi.exception import BadSetting

__all__ = ["as_count", "checked_name", "outdated", "write_state"]

_BLOCK = 64 * 1024  # larger writes cost more: see `pavi.delivery.downloads`
_NUMBER = re.compile(r"\d+")


def write_state(state_or_file: Any, file: BinaryIO) -> None:
    """Writes a path's bytes, bytes, or what ``torch.save`` makes of anything else.

    Raises:
        ImportError: it is neither a path nor bytes, and torch is not installed.
    """
    if isinstance(state_or_file, str | os.PathLike):
        with Path(state_or_file).open("rb") as source:
            while block := source.read(_BLOCK):
                file.write(block)
    elif isinstance(state_or_file, bytes | bytearray | memoryview):
        file.write(state_or_file)
    elif isinstance(state_or_file, io.BufferedIOBase):
        while block := state_or_file.read(_BLOCK):
            file.write(block)
    else:
        try:
            import torch
        except ImportError:
            raise ImportError(
                f"a {type(state_or_file).__name__} is saved with torch, which is not installed; "
                "give a path or bytes, or: pip install torch"
            ) from None
        torch.save(state_or_file, file)


def checked_name(name: str) -> str:
    """A name that is one file's.

    Raises:
        ValueError: it is empty, hidden, or a path.
    """
    if not isinstance(name, str) or not name or name.startswith(".") or "/" in name or "\0" in name:
        raise ValueError(f"{name!r} cannot name a checkpoint; give a file name such as 'epoch_3.pth'")
    return name


def as_count(keep_last: Any) -> int | None:
    """How many to keep; None for all.

    Raises:
        BadSetting: it is no number above zero.
    """
    if keep_last is None or (type(keep_last) is int and keep_last > 0):
        return keep_last
    raise BadSetting(f"saver: keep_last={keep_last!r} must be a whole number above 0; leave it out to keep all")


def outdated(name: str, names: list[str], keep_last: int | None) -> list[str]:
    """Which of ``names`` (oldest first) have to go now that ``name`` is saved.

    They are of one series when they differ in their numbers only; a name without a number is never outdated.
    """
    if keep_last is None or not _NUMBER.search(name):
        return []
    series = [other for other in names if _NUMBER.sub("#", other) == _NUMBER.sub("#", name) and other != name]
    return series[: max(0, len(series) + 1 - keep_last)]
