"""Several files read as one."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO


class Segments:
    """A reader of files one after the other, from byte ``start`` of the whole."""

    def __init__(self, files: Sequence[Path], start: int) -> None:
        sizes = [file.stat().st_size for file in files]
        first = 0
        while first < len(files) - 1 and start >= sizes[first]:
            start -= sizes[first]
            first += 1
        self._waiting = list(files[first:])[::-1]
        self._file = self._next()
        if self._file is not None:
            self._file.seek(start)

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        while self._file is not None:
            block = self._file.read(size)
            if block or not size:
                return block
            self.close()
            self._file = self._next()
        return b""

    def close(self) -> None:
        """Closes what is open."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _next(self) -> BinaryIO | None:
        return self._waiting.pop().open("rb") if self._waiting else None
