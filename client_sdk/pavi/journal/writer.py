"""Appends whole records to a journal's files: room first, then bytes, then the commit mark.

Owns files and room. Does not lock (the recorder above it does) and does not know what a point means.
"""

import struct
import threading
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from pavi.journal.files import JournalFile
from pavi.journal.layout import HEADER_BYTES, Header, file_name
from pavi.protocol import SLOT_BYTES

_FIRST_SLOTS = 256 * 1024 // SLOT_BYTES - HEADER_BYTES // SLOT_BYTES
_MOST_SLOTS = 16 * 1024 * 1024 // SLOT_BYTES - HEADER_BYTES // SLOT_BYTES
_RESERVE_BYTES = 64 * SLOT_BYTES
"""Kept free at the end of each file for `append(…, last=True)`: on a full disk, a training can still say that it
lost points, and that it ended."""
_RETRY_S = 1.0


class JournalWriter:
    """The files of one writer, open for appending. One thread at a time; `prepare` may run in another one.

    Attributes:
        folder: the writer's folder.
        problem: why the last record found no room, until one finds room again.
    """

    def __init__(self, root: Path, training: uuid.UUID, writer: uuid.UUID) -> None:
        """Creates the folder and the first file.

        Raises:
            OSError: the folder cannot be made or written.
        """
        self.training = training
        self.writer = writer
        self.folder = root / str(training) / str(writer)
        self.problem: OSError | None = None
        self._number = 1
        self._spare: JournalFile | None = None
        self._spare_lock = threading.RLock()
        self._retry_at = 0.0
        self._closed = False
        self.folder.mkdir(parents=True, exist_ok=False)
        self._file = JournalFile(self.folder / file_name(1), _FIRST_SLOTS)
        self._file.begin(Header(training, writer, 0, _FIRST_SLOTS))
        self._limit = self._file.end - _RESERVE_BYTES

    @property
    def committed(self) -> int:
        """Slots that are whole, counted over all files."""
        return self._file.first + self._file.slots

    def pack(self, layout: struct.Struct, values: Sequence[object]) -> bool:
        """Packs ``values`` straight into the file as whole records. False: no room, nothing happened.

        Raises:
            struct.error, TypeError, OverflowError: the values do not fit the layout; nothing happened.
        """
        file = self._file
        end = file.offset + layout.size
        if end > self._limit:
            if not self._make_room(layout.size):
                return False
            file = self._file
            end = file.offset + layout.size
        layout.pack_into(file.map, file.offset, *values)
        file.commit(end)
        return True

    def append(self, records: bytes, *, last: bool = False) -> bool:
        """Appends whole records; ``last`` may use the room kept for an end. False: no room, nothing happened."""
        file = self._file
        end = file.offset + len(records)
        if end > self._limit:
            if self._make_room(len(records)):
                file = self._file
                end = file.offset + len(records)
            elif not last or self._closed or end > file.end:
                return False
        file.map[file.offset : end] = records
        file.commit(end)
        return True

    def prepare(self) -> None:
        """Makes the next file ahead of need, when this one is half full. Any thread; costs nothing most of the time."""
        file = self._file
        if self._spare is not None or self._closed or file.offset * 2 < file.end:
            return
        with self._spare_lock:
            if self._spare is None and file is self._file and not self._closed:
                try:
                    self._spare = self._create(self._next_slots())
                except OSError:
                    return  # whoever needs it meets the same error and reports it

    def close(self) -> None:
        """Nothing is appended any more. What is written stays."""
        with self._spare_lock:
            if self._closed:
                return
            self._closed = True
            if self._spare is not None:
                self._spare.discard()
            self._file.seal()
            self._limit = -1

    def _make_room(self, size: int) -> bool:
        if self._closed or (self.problem is not None and time.monotonic() < self._retry_at):
            return False
        needed = (size + _RESERVE_BYTES) // SLOT_BYTES
        try:
            with self._spare_lock:
                following = self._following(needed)
        except OSError as error:
            self.problem = error
            self._retry_at = time.monotonic() + _RETRY_S
            return False
        following.begin(Header(self.training, self.writer, self.committed, following.capacity))
        full, self._file = self._file, following
        self._limit = following.end - _RESERVE_BYTES
        self._number += 1
        self.problem = None
        full.seal()
        return True

    def _following(self, needed: int) -> JournalFile:
        spare, self._spare = self._spare, None
        if spare is not None:
            if spare.capacity >= needed:
                return spare
            spare.discard()
        try:
            return self._create(max(needed, self._next_slots()))
        except OSError:
            # A nearly full disk may still hold a small file.
            return self._create(max(needed, _FIRST_SLOTS))

    def _create(self, slots: int) -> JournalFile:
        return JournalFile(self.folder / file_name(self._number + 1), slots)

    def _next_slots(self) -> int:
        return min(self._file.capacity * 4, _MOST_SLOTS)
