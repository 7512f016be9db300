"""Reads a received batch: decompresses it within bounds and checks its slots. Knows no writer and no table."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import numpy.typing as npt

from pavi.protocol import (
    CONT,
    EVENT,
    HOLE,
    KIND_MASK,
    MAX_BATCH_BYTES,
    MAX_EVENT_BYTES,
    NUMPY_DTYPE,
    POINT,
    SLOT_BYTES,
    TAG,
    slots_for,
)
from server.common.errors import PaviError
from server.scalars.errors import BatchTooLarge, MalformedBatch
from server.scalars.gate import Event

SLOT_DTYPE = np.dtype(NUMPY_DTYPE)
IDENTITY, DEFLATE, GZIP = 0, 1, 2
ENCODINGS = {b"": IDENTITY, b"identity": IDENTITY, b"deflate": DEFLATE, b"gzip": GZIP}
"""Content-Encoding to what is stored with a segment."""

_WINDOW_BITS = {DEFLATE: zlib.MAX_WBITS, GZIP: zlib.MAX_WBITS | 16}
_MAX_TAG_PAYLOAD = 1 << 16  # far beyond MAX_TAG_BYTES: a tag that long is refused by name, a longer one is nonsense
_HEAD = struct.Struct("<IIqd")

Slots = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Batch:
    """A checked batch.

    ``needed`` are the tag ids that points use before (or without) a definition in this batch; ``tags`` its
    definitions ``(slot, id, name)``, ``events`` its events, both in journal order.
    """

    data: bytes
    slots: int
    points: int
    needed: frozenset[int]
    tags: tuple[tuple[int, int, str], ...] = ()
    events: tuple[Event, ...] = ()


def decompress(body: bytes, encoding: int) -> bytes:
    """The slots of a body.

    Raises:
        BatchTooLarge: more than MAX_BATCH_BYTES come out; no more than that is ever held.
        MalformedBatch: the bytes are not what the encoding says.
    """
    if encoding == IDENTITY:
        return body
    stream = zlib.decompressobj(_WINDOW_BITS[encoding])
    try:
        data = stream.decompress(body, MAX_BATCH_BYTES + 1)
    except zlib.error as error:
        raise MalformedBatch(f"The batch cannot be decompressed ({error}). Send it again, compressed afresh.") from None
    if len(data) > MAX_BATCH_BYTES:
        raise too_large()
    if not stream.eof or stream.unused_data:
        raise MalformedBatch("The compressed batch is cut off or has bytes behind its end. Send it again.")
    return data


def too_large() -> PaviError:
    """The answer to a batch that is larger than agreed."""
    return BatchTooLarge(
        f"A batch may have {MAX_BATCH_BYTES} bytes, also when decompressed. Cut it smaller.", limit=MAX_BATCH_BYTES
    )


def parse(data: bytes, *, writer_id: UUID, first_slot: int, sender: int) -> Batch:
    """Checks every slot of a decompressed batch.

    Args:
        data: whole slots, from one record boundary to another.
        writer_id: whose journal they are from; goes into the events, as do the next two.
        first_slot: position of the batch in the writer's journal.
        sender: id of the user who sends them.

    Raises:
        MalformedBatch: with ``slot``, counted within the batch, in its details.
    """
    total, rest = divmod(len(data), SLOT_BYTES)
    if rest:
        raise _malformed(f"{len(data)} bytes are not a whole number of {SLOT_BYTES}-byte slots", total)
    kinds = data[4::SLOT_BYTES]
    points = kinds.count(POINT)
    if points == total:
        return Batch(data, total, points, _distinct(np.frombuffer(data, SLOT_DTYPE)["tag"]))
    return _parse_mixed(
        data, kinds, points, lambda slot, time, body: Event(writer_id, first_slot + slot, time, body, sender)
    )


def point_slots(data: bytes) -> Slots:
    """The POINT slots of a checked batch, as a structured array (shape: points; dtype: SLOT_DTYPE)."""
    slots: Slots = np.frombuffer(data, SLOT_DTYPE)
    kinds = data[4::SLOT_BYTES]
    if kinds.count(POINT) == len(kinds):
        return slots
    points: Slots = slots[np.frombuffer(kinds, np.uint8) == POINT]
    return points


def _distinct(tags: npt.NDArray[np.uint32]) -> frozenset[int]:
    if len(tags) <= 512:  # cheaper than sorting for the batches that come thousands a second
        return frozenset(tags.tolist())
    return frozenset(np.unique(tags).tolist())


def _parse_mixed(data: bytes, kinds: bytes, points: int, event: Callable[[int, float, dict[str, Any]], Event]) -> Batch:
    codes = np.frombuffer(kinds, np.uint8)
    unusable = np.flatnonzero((codes == HOLE) | (codes > CONT))
    if len(unusable):
        slot = int(unusable[0])
        raise _malformed(f"slot {slot} is no record (kind {kinds[slot]})", slot)
    tags: list[tuple[int, int, str]] = []
    events: list[Event] = []
    continued = 0
    for slot in np.flatnonzero((codes == TAG) | (codes == EVENT)).tolist():
        tag, time, payload, count = _control(data, kinds, slot)
        continued += count
        if kinds[slot] == TAG:
            tags.append((slot, tag, _text(payload, slot)))
        else:
            events.append(event(slot, time, _event(payload, slot)))
    if continued != kinds.count(CONT):
        slot = _first_stray(codes, data)
        raise _malformed(f"slot {slot} continues no record", slot)
    return Batch(data, len(kinds), points, _needed(data, codes, tags), tuple(tags), tuple(events))


def _control(data: bytes, kinds: bytes, slot: int) -> tuple[int, float, bytes, int]:
    tag, flags, length, time = _HEAD.unpack_from(data, slot * SLOT_BYTES)
    count = flags >> 8
    limit = _MAX_TAG_PAYLOAD if flags & KIND_MASK == TAG else MAX_EVENT_BYTES
    if not 0 <= length <= limit or slots_for(length) != count + 1:
        raise _malformed(f"slot {slot} says {length} payload bytes in {count} slots", slot)
    end = slot + 1 + count
    if end > len(kinds):
        raise _malformed(f"the record at slot {slot} is cut off", slot)
    if kinds.count(CONT, slot + 1, end) != count:
        raise _malformed(f"the record at slot {slot} is interrupted", slot)
    rows = np.frombuffer(data, np.uint8, count * SLOT_BYTES, (slot + 1) * SLOT_BYTES).reshape(count, SLOT_BYTES)
    payload = np.concatenate((rows[:, :4], rows[:, 8:]), axis=1).tobytes()[:length]
    return tag, time, payload, count


def _first_stray(codes: npt.NDArray[np.uint8], data: bytes) -> int:
    expected = 0
    for slot, kind in enumerate(codes.tolist()):
        if kind == CONT:
            if expected == 0:
                return slot
            expected -= 1
        elif kind in (TAG, EVENT):
            expected = _HEAD.unpack_from(data, slot * SLOT_BYTES)[1] >> 8
    return len(codes)


def _needed(data: bytes, codes: npt.NDArray[np.uint8], tags: list[tuple[int, int, str]]) -> frozenset[int]:
    """Ids that must be known before the batch: a definition counts for the points behind it only."""
    at = np.flatnonzero(codes == POINT)
    ids, first = np.unique(np.frombuffer(data, SLOT_DTYPE)["tag"][at], return_index=True)
    defined: dict[int, int] = {}
    for slot, tag, _ in tags:
        defined.setdefault(tag, slot)
    used = zip(ids.tolist(), at[first].tolist(), strict=True)
    return frozenset(tag for tag, slot in used if defined.get(tag, slot) >= slot)


def _text(payload: bytes, slot: int) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise _malformed(f"the tag at slot {slot} is not UTF-8", slot) from None


def _event(payload: bytes, slot: int) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _malformed(f"the event at slot {slot} is not JSON: {error}", slot) from None
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise _malformed(f"the event at slot {slot} is no JSON object with a 'type'", slot)
    return body


def _malformed(message: str, slot: int) -> MalformedBatch:
    return MalformedBatch(f"The batch is malformed: {message}.", slot=slot)
