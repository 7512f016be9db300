"""The journal record, which is also the wire record: 32-byte slots, little-endian, each telling its own kind.

Owns the layout and the reading and writing of single records. Does not own files (the SDK's journal) or rows
(the server's store): both move whole slots and never re-encode them.

A *slot* is ``(tag u32, flags u32, step i64, time f64, value f64)``. The low byte of ``flags`` is the kind:

========  =========================================================================================
HOLE      never written (a file's zeros, or a page that a dying machine did not write back)
POINT     one point of the series whose dictionary id is ``tag``
TAG       head of a dictionary record: ``tag`` names, from here on, the UTF-8 text of the payload
EVENT     head of an event: the payload is one JSON object with a ``type`` (see ``events``)
CONT      continuation of the head before it: 4 payload bytes in place of ``tag``, 24 behind ``flags``
========  =========================================================================================

A head carries the number of continuations in ``flags >> 8``, the payload's length in bytes in ``step`` and
the wall time in ``time``. Because every slot names its kind, a reader takes all points of a byte range with
one vectorised comparison and never walks the control records to find them.
"""

import json
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

SLOT = struct.Struct("<IIqdd")
SLOT_BYTES = 32

HOLE, POINT, TAG, EVENT, CONT = 0, 1, 2, 3, 4
KIND_MASK = 0xFF
CONT_PAYLOAD = 28
"""Payload bytes a continuation slot carries."""

NUMPY_DTYPE = [("tag", "<u4"), ("flags", "<u4"), ("step", "<i8"), ("time", "<f8"), ("value", "<f8")]
"""The slot as a numpy structured dtype description (numpy itself is not imported here)."""

MAX_BATCH_BYTES = 16 * 1024 * 1024
"""A batch is refused beyond this size, compressed or not. Senders cut well below it."""

MAX_EVENT_BYTES = 4 * 1024 * 1024
"""Longest payload of one event."""

MAX_TAG_BYTES = 512
"""Longest series tag, in UTF-8 bytes."""

MAX_TAGS = 100_000
"""Most distinct series of one training."""

MAX_TAG_ID = 0xFFFF_FFFF


class MalformedRecords(ValueError):
    """A byte range is not a sequence of whole, well-formed records. ``slot`` is the first bad one."""

    def __init__(self, message: str, slot: int) -> None:
        super().__init__(message)
        self.slot = slot


class Record(NamedTuple):
    """One decoded record. ``payload`` is None for points; ``step`` and ``value`` matter for points only."""

    slot: int
    slots: int
    kind: int
    tag: int
    step: int
    time: float
    value: float
    payload: bytes | None


def slots_for(payload_bytes: int) -> int:
    """Slots that a control record with that many payload bytes takes, its head included."""
    return 1 + -(-payload_bytes // CONT_PAYLOAD)


def pack_point(tag: int, step: int, time: float, value: float) -> bytes:
    """One POINT slot (32 bytes)."""
    return SLOT.pack(tag, POINT, step, time, value)


def pack_tag(tag: int, name: str, time: float) -> bytes:
    """A dictionary record: from here on ``tag`` means the series called ``name``."""
    return _pack_control(TAG, tag, name.encode(), time)


def pack_event(event: dict[str, Any], time: float) -> bytes:
    """An event record.

    Raises:
        ValueError: the event has no ``type``, cannot be written as JSON (NaN and infinities go as the strings
            "NaN", "Infinity", "-Infinity"), or is longer than MAX_EVENT_BYTES.
    """
    if not isinstance(event.get("type"), str):
        raise ValueError("an event needs a 'type'")
    try:
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode(
            "utf-8", "replace"
        )
    except (TypeError, ValueError) as error:
        raise ValueError(f"the event {event['type']!r} is not JSON: {error}") from error
    if len(payload) > MAX_EVENT_BYTES:
        raise ValueError(f"the event {event['type']!r} has {len(payload)} bytes, more than {MAX_EVENT_BYTES}")
    return _pack_control(EVENT, 0, payload, time)


def _pack_control(kind: int, tag: int, payload: bytes, time: float) -> bytes:
    count = slots_for(len(payload)) - 1
    padded = payload.ljust(count * CONT_PAYLOAD, b"\0")
    out = bytearray(SLOT_BYTES * (count + 1))
    SLOT.pack_into(out, 0, tag, kind | count << 8, len(payload), time, 0.0)
    for index in range(count):
        source, target = index * CONT_PAYLOAD, (index + 1) * SLOT_BYTES
        out[target : target + 4] = padded[source : source + 4]
        out[target + 4] = CONT
        out[target + 8 : target + 32] = padded[source + 4 : source + CONT_PAYLOAD]
    return bytes(out)


def control_payload(data: bytes | bytearray | memoryview, offset: int, length: int) -> bytes:
    """The payload of the control record whose head starts at byte ``offset``; ``length`` as the head says."""
    parts = []
    for start in range(offset + SLOT_BYTES, offset + SLOT_BYTES * slots_for(length), SLOT_BYTES):
        parts.append(bytes(data[start : start + 4]))
        parts.append(bytes(data[start + 8 : start + SLOT_BYTES]))
    return b"".join(parts)[:length]


def iter_records(data: bytes | bytearray | memoryview) -> Iterator[Record]:
    """Every record of a range that starts and ends at record boundaries, in order.

    Meant for clients and tests; the server reads points in one vectorised step instead.

    Raises:
        MalformedRecords: a hole, a stray continuation, an unknown kind, or a record cut by the end.
    """
    total, rest = divmod(len(data), SLOT_BYTES)
    if rest:
        raise MalformedRecords(f"{len(data)} bytes are not a whole number of {SLOT_BYTES}-byte slots", total)
    index = 0
    while index < total:
        tag, flags, step, time, value = SLOT.unpack_from(data, index * SLOT_BYTES)
        kind = flags & KIND_MASK
        if kind == POINT:
            yield Record(index, 1, kind, tag, step, time, value, None)
            index += 1
            continue
        if kind not in (TAG, EVENT):
            raise MalformedRecords(f"slot {index} is no start of a record (kind {kind})", index)
        count = flags >> 8
        if step < 0 or slots_for(step) != count + 1:
            raise MalformedRecords(f"slot {index} says {step} payload bytes in {count} slots", index)
        if index + 1 + count > total:
            raise MalformedRecords(f"the record at slot {index} is cut off", index)
        for slot in range(index + 1, index + 1 + count):
            if data[slot * SLOT_BYTES + 4] != CONT:
                raise MalformedRecords(f"slot {slot} should continue the record at slot {index}", index)
        payload = control_payload(data, index * SLOT_BYTES, step)
        yield Record(index, count + 1, kind, tag, 0, time, 0.0, payload)
        index += count + 1
