"""Random access to stored bytes, and a view of them as a file that pickles are read from."""

from collections.abc import Callable

from server.modelcloud.formats.findings import BadFile

Fetch = Callable[[int, int], bytes]
"""Gives the bytes ``[start, stop)``."""

MAX_FETCHED = 48 << 20
MAX_FETCHES = 4_000
_BLOCK = 128 << 10
_FIRST_BLOCK = 4 << 10
_SKIP_FROM = 4 << 10
_LINE_STEP = 1 << 10


class SpentBudget(BadFile):
    """Reading on would take more than one file is worth."""


class Window:
    """Bytes of one object, fetched range by range under a budget."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        self.size = size
        self._fetch = fetch
        self._fetched = 0
        self._fetches = 0
        self._start, self._block, self._ahead = 0, b"", _FIRST_BLOCK

    def read(self, start: int, length: int) -> bytes:
        """The bytes ``[start, start + length)``; fewer at the end of the object.

        Raises:
            SpentBudget
        """
        stop = min(start + length, self.size)
        if start < 0 or stop <= start:
            return b""
        end = self._start + len(self._block)
        if not (self._start <= start and stop <= end):
            # Who reads on gets more at once; who jumps about gets little.
            self._ahead = min(2 * self._ahead, _BLOCK) if self._start <= start <= end else _FIRST_BLOCK
            self._start, self._block = start, self._get(start, min(max(stop, start + self._ahead), self.size))
        offset = start - self._start
        return self._block[offset : offset + stop - start]

    def exactly(self, start: int, length: int, what: str) -> bytes:
        """As `read`; a file that ends before is bad."""
        data = self.read(start, length)
        if len(data) != length:
            raise BadFile(f"{what} reaches beyond the end of the file")
        return data

    def _get(self, start: int, stop: int) -> bytes:
        self._fetches += 1
        self._fetched += stop - start
        if self._fetched > MAX_FETCHED or self._fetches > MAX_FETCHES:
            raise SpentBudget("what describes its content is spread over more of the file than is read")
        return self._fetch(start, stop)


class Skipped(bytes):
    """Stands for a long run of bytes that nobody needs to see; its length is theirs."""

    length: int

    def __new__(cls, length: int) -> "Skipped":
        made = super().__new__(cls)
        made.length = length
        return made

    def __len__(self) -> int:
        return self.length


class PickleFile:
    """A window as the file that `pickletools.genops` reads: long arguments are skipped, not fetched."""

    def __init__(self, window: Window, position: int = 0) -> None:
        self._window = window
        self._position = position

    def tell(self) -> int:
        return self._position

    def read(self, length: int) -> bytes:
        left = self._window.size - self._position
        if length > left:
            raise BadFile("the pickle ends in the middle of a value")
        start, self._position = self._position, self._position + length
        return Skipped(length) if length >= _SKIP_FROM else self._window.read(start, length)

    def readline(self) -> bytes:
        start = self._position
        while data := self._window.read(self._position, _LINE_STEP):
            end = data.find(b"\n")
            self._position += end + 1 if end >= 0 else len(data)
            if end >= 0:
                length = self._position - start
                return self._window.read(start, length) if length < _SKIP_FROM else b"\n"
        raise BadFile("a line of the pickle has no end")
