"""Reads journals that somebody writes, has written, or has moved here: committed records only, holes told apart.

Owns finding, opening and cutting. Never writes, takes no locks and maps nothing: a file that shrinks under a reader
is a short read, not a SIGBUS.
"""

import json
import os
import uuid
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

from pavi.exception import JournalDamaged
from pavi.journal.layout import COMMITTED_OFFSET, HEADER_BYTES, SUFFIX, Header, file_name, read_header
from pavi.protocol import (
    CONT,
    EVENT,
    HOLE,
    KIND_MASK,
    MAX_EVENT_BYTES,
    POINT,
    SLOT,
    SLOT_BYTES,
    TAG,
    OpenEvent,
    Record,
    control_payload,
    slots_for,
)

DEFAULT_BATCH_BYTES = 1024 * 1024
_LONGEST_RECORD = slots_for(MAX_EVENT_BYTES)


class Batch(NamedTuple):
    """A range of slots that starts and ends at record boundaries.

    ``data`` is None when the journal itself has lost these slots: they are skipped, not sent.
    """

    start: int
    slots: int
    data: bytes | None


class Point(NamedTuple):
    """One point with its series' tag."""

    tag: str
    step: int
    time: float
    value: float


class _File(NamedTuple):
    path: Path
    header: Header


def find_journals(root: Path | str) -> list[Path]:
    """The folders of all journals below ``root`` (a ``PAVI_DIR``, a training's folder in one, or a journal itself),
    oldest writer first."""
    root = Path(root)
    if _is_journal(root):
        return [root]
    found = [path for pattern in ("*", "*/*") for path in root.glob(pattern) if _is_journal(path)]
    return sorted(found, key=lambda path: path.name)


def _is_journal(folder: Path) -> bool:
    return any(folder.glob(f"*{SUFFIX}"))


def open_journal(path: Path | str) -> "Journal":
    """Opens the journal in a writer's folder.

    Raises:
        JournalDamaged: there is none, or its beginning, which says who wrote it, is lost.
    """
    return Journal(Path(path))


class Journal:
    """A journal, read. One thread at a time.

    Attributes:
        folder: the writer's folder.
        training: the training's id as the client made it.
        writer: who wrote it.
        opening: the first event, which is all a server needs to create the training.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: list[_File] = []
        self._descriptor: tuple[Path, int] | None = None
        self._committed = 0
        self._declared: set[int] = set()
        self._declared_until = 0
        self._find_files()
        if not self._files or self._files[0].header.first != 0:
            raise JournalDamaged(f"{folder} holds no journal, or its first file is gone")
        self.training: uuid.UUID = self._files[0].header.training
        self.writer: uuid.UUID = self._files[0].header.writer
        self.opening: OpenEvent = self._read_opening()

    @property
    def committed(self) -> int:
        """Slots that are whole, as of now. Nothing behind them is ever read."""
        while True:
            last = self._files[-1]
            count = int.from_bytes(self._read_bytes(last.path, COMMITTED_OFFSET, 8), "little")
            # The order matters: a file that follows was begun after this one's last commit.
            if self._follow():
                continue
            self._committed = max(self._committed, last.header.first + min(count, last.header.capacity))
            return self._committed

    def batches(self, start: int = 0, max_bytes: int = DEFAULT_BATCH_BYTES) -> Iterator[Batch]:
        """Cuts the committed range from ``start`` (a record boundary) into batches, until its end as of each step."""
        while (batch := self.batch(start, max_bytes)) is not None:
            yield batch
            start = batch.start + batch.slots

    def batch(self, start: int, max_bytes: int = DEFAULT_BATCH_BYTES) -> Batch | None:
        """The batch at ``start``: at most ``max_bytes`` of slots, but always one whole record; None at the end."""
        stop = min(self.committed, start + max(max_bytes // SLOT_BYTES, 1))
        if start >= stop:
            return None
        data = self._slots(start, stop)
        kinds = data[4::SLOT_BYTES]
        hole = kinds.find(HOLE)
        if hole == 0 or kinds[0] == CONT:
            return self._lost(start)
        whole = self._whole(kinds, data, hole if hole > 0 else len(kinds))
        if whole == 0:
            return self._long_record(start, data)
        return Batch(start, whole, data[: whole * SLOT_BYTES])

    def records(self, start: int = 0) -> Iterator[Record]:
        """Every whole record from ``start`` on, in order; ``slot`` counts from the journal's beginning."""
        for batch in self.batches(start):
            if batch.data is not None:
                yield from _records(batch.data, batch.start)

    def points(self) -> Iterator[Point]:
        """Every point that can be read and whose tag is known, in the order they were logged."""
        names: dict[int, str] = {}
        for record in self.records():
            if record.kind == POINT:
                if (tag := names.get(record.tag)) is not None:
                    yield Point(tag, record.step, record.time, record.value)
            elif record.kind == TAG and record.payload is not None:
                names[record.tag] = record.payload.decode("utf-8", "replace")

    def events(self) -> Iterator[dict[str, Any]]:
        """Every event that can be read, in order."""
        for record in self.records():
            if record.kind == EVENT and record.payload is not None and (event := _event(record.payload)) is not None:
                yield event

    def first_unusable(self, batch: Batch) -> tuple[int, int] | None:
        """The first run of records in a batch that no server can take, as ``(slot, slots)``; None when all look sound.

        A point whose dictionary record the journal has lost, or an event that is no JSON object: what a dying
        machine leaves. Slow; meant for batches that were refused.
        """
        self._declare_until(batch.start)
        declared = set(self._declared)
        first: int | None = None
        for record in _records(batch.data or b"", batch.start):
            if record.kind == TAG:
                declared.add(record.tag)
                usable = bool(record.payload)
            elif record.kind == POINT:
                usable = record.tag in declared
            else:
                usable = _event(record.payload or b"") is not None
            if not usable and first is None:
                first = record.slot
            elif usable and first is not None:
                return first, record.slot - first
        return None if first is None else (first, batch.start + batch.slots - first)

    def close(self) -> None:
        """Closes the file that was read last. The journal can be used again."""
        if self._descriptor is not None:
            os.close(self._descriptor[1])
            self._descriptor = None

    def __del__(self) -> None:
        if getattr(self, "_descriptor", None) is not None:
            self.close()

    def __repr__(self) -> str:
        return f"<Journal {self.writer} of training {self.training}>"

    def _find_files(self) -> None:
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            if (header := self._begun(path)) is not None:
                self._files.append(_File(path, header))

    def _follow(self) -> bool:
        """Whether the writer has gone on to another file."""
        path = self.folder / file_name(int(self._files[-1].path.stem) + 1)
        header = self._begun(path)
        if header is None:
            return False
        self._files.append(_File(path, header))
        return True

    def _begun(self, path: Path) -> Header | None:
        """A file's header; None where the file is missing, was made ahead of need and is not begun, or was never
        written back by a dying machine (which leaves a hole)."""
        data = self._read_bytes(path, 0, COMMITTED_OFFSET + 8)
        return read_header(data, path) if any(data[:8]) else None

    def _read_opening(self) -> OpenEvent:
        for record in self.records():
            event = _event(record.payload or b"") if record.kind == EVENT else None
            if record.slot == 0 and event is not None and event.get("type") == "open":
                return cast(OpenEvent, event)
            break
        raise JournalDamaged(f"{self.folder}: the journal's beginning is lost, so nobody can tell whose it is")

    def _slots(self, start: int, stop: int) -> bytes:
        """The bytes of committed slots; zeros, which are holes, where files are short or missing."""
        firsts = [file.header.first for file in self._files]
        parts = []
        while start < stop:
            index = bisect_right(firsts, start) - 1
            until = min(stop, firsts[index + 1]) if index + 1 < len(firsts) else stop
            file = self._files[index]
            size = (until - start) * SLOT_BYTES
            # Beyond its capacity a file holds nothing of its own: another one is missing.
            own = max(0, min(size, (file.header.capacity - (start - file.header.first)) * SLOT_BYTES))
            data = self._read_bytes(file.path, HEADER_BYTES + (start - file.header.first) * SLOT_BYTES, own)
            parts.append(data[: len(data) // SLOT_BYTES * SLOT_BYTES].ljust(size, b"\0"))
            start = until
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _whole(self, kinds: bytes, data: bytes, count: int) -> int:
        """How many of the first ``count`` slots are whole records (no hole is among them)."""
        head = count - 1
        while head > 0 and kinds[head] == CONT:
            head -= 1
        return count if head + _record_slots(data, head) <= count else head

    def _long_record(self, start: int, data: bytes) -> Batch:
        """A record that is longer than the batch: whole, or lost."""
        count = _record_slots(data, 0)
        if count <= _LONGEST_RECORD and start + count <= self._committed:
            data = self._slots(start, start + count)
            kinds = data[4::SLOT_BYTES]
            if kinds.count(CONT) == count - 1:
                return Batch(start, count, data)
        return self._lost(start)

    def _lost(self, start: int) -> Batch:
        """Everything from ``start`` up to the next head of a record."""
        position, end = start, self._committed
        while position < end:
            data = self._slots(position, min(end, position + DEFAULT_BATCH_BYTES // SLOT_BYTES))
            kinds = data[4::SLOT_BYTES]
            # The slot at ``start`` may be a head whose rest is missing.
            skip = 1 if position == start else 0
            rest = kinds[skip:].lstrip(bytes((HOLE, CONT)))
            if rest:
                return Batch(start, position + len(kinds) - len(rest) - start, None)
            position += len(kinds)
        return Batch(start, end - start, None)

    def _declare_until(self, slot: int) -> None:
        while self._declared_until < slot:
            stop = min(slot, self._declared_until + DEFAULT_BATCH_BYTES // SLOT_BYTES)
            data = self._slots(self._declared_until, stop)
            kinds = data[4::SLOT_BYTES]
            at = kinds.find(TAG)
            while at >= 0:
                self._declared.add(int.from_bytes(data[at * SLOT_BYTES : at * SLOT_BYTES + 4], "little"))
                at = kinds.find(TAG, at + 1)
            self._declared_until = stop

    def _read_bytes(self, path: Path, offset: int, size: int) -> bytes:
        try:
            if self._descriptor is None or self._descriptor[0] != path:
                descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
                self.close()
                self._descriptor = (path, descriptor)
            data = os.pread(self._descriptor[1], size, offset)
            while len(data) < size and (more := os.pread(self._descriptor[1], size - len(data), offset + len(data))):
                data += more
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise JournalDamaged(f"{path} cannot be read: {error.strerror}") from error
        return data


def _record_slots(data: bytes, slot: int) -> int:
    flags = int.from_bytes(data[slot * SLOT_BYTES + 4 : slot * SLOT_BYTES + 8], "little")
    return 1 if flags & KIND_MASK == POINT else 1 + (flags >> 8)


def _records(data: bytes, start: int) -> Iterator[Record]:
    """Records of a sound batch. Faster than the protocol's reader, which checks everything again."""
    index, total = 0, len(data) // SLOT_BYTES
    while index < total:
        tag, flags, step, time, value = SLOT.unpack_from(data, index * SLOT_BYTES)
        kind = flags & KIND_MASK
        if kind == POINT:
            yield Record(start + index, 1, POINT, tag, step, time, value, None)
            index += 1
            continue
        count = 1 + (flags >> 8)
        payload = control_payload(data, index * SLOT_BYTES, step) if slots_for(max(step, 0)) == count else b""
        yield Record(start + index, count, kind, tag, 0, time, 0.0, payload)
        index += count


def _event(payload: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(payload)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
