"""Journal files that are safe to map: their blocks are reserved before the first store, or they are not made at all.

A store into a sparse mapped file on a full disk kills the process with SIGBUS, so nothing here is ever sparse.
"""

import contextlib
import errno
import mmap
import os
from pathlib import Path

from pavi.journal.layout import COMMITTED_OFFSET, HEADER_BYTES, MAGIC, Header, file_bytes
from pavi.protocol import SLOT_BYTES

_ZEROS = bytes(1 << 20)
_NOT_HERE = (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENODEV)


class JournalFile:
    """One mapped file, open for appending. Used by one thread at a time.

    Attributes:
        map: the mapping; slots go to ``offset``.
        offset: byte offset of the next slot.
        end: byte offset behind the last slot.
    """

    def __init__(self, path: Path, capacity: int) -> None:
        """Creates and reserves the file. It is no journal yet: readers pass over it until `begin`.

        Raises:
            OSError: no space, no permission, or the name is taken. Nothing is left behind then.
        """
        self.path = path
        self.capacity = capacity
        size = file_bytes(capacity)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o644)
        try:
            _reserve(descriptor, size)
            self.map = mmap.mmap(descriptor, size)
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        finally:
            os.close(descriptor)
        # A memoryview's item store of native size is one machine store: readers see the old count or the new one.
        self._mark = memoryview(self.map)[COMMITTED_OFFSET : COMMITTED_OFFSET + 8].cast("Q")
        self.first = 0
        self.offset = HEADER_BYTES
        self.end = size

    def begin(self, header: Header) -> None:
        """Writes the header, its magic last: from here on readers take the file for a journal's."""
        packed = header.pack()
        self.first = header.first
        self.map[8 : len(packed)] = packed[8:]
        self.map[:8] = MAGIC

    def commit(self, offset: int) -> None:
        """Everything below byte ``offset`` is whole."""
        self.offset = offset
        self._mark[0] = (offset - HEADER_BYTES) // SLOT_BYTES

    @property
    def slots(self) -> int:
        """Committed slots."""
        return (self.offset - HEADER_BYTES) // SLOT_BYTES

    def seal(self) -> None:
        """Gives the unused rest back to the disk and lets go of the mapping. The file's content stays."""
        used = self.offset
        self.abandon()
        if used < self.end:
            with contextlib.suppress(OSError):  # only space is at stake
                os.truncate(self.path, used)

    def abandon(self) -> None:
        """Lets go of the mapping and touches nothing."""
        self._mark.release()
        self.map.close()

    def discard(self) -> None:
        """Removes a file that was never begun."""
        self.abandon()
        with contextlib.suppress(OSError):
            self.path.unlink()


def _reserve(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
            return
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise
    written = 0  # macOS, and file systems that cannot reserve: real zeros take real blocks
    while written < size:
        written += os.write(descriptor, _ZEROS[: size - written])
