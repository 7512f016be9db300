"""Scalars as JSON columns, for curl and other languages: turned into the slots that everything else understands."""

import math
import time
from uuid import UUID

import msgspec
import numpy as np

from pavi.protocol import MAX_BATCH_BYTES, POINT, SLOT_BYTES, pack_tag
from server.scalars.batches import SLOT_DTYPE, Batch, parse, too_large
from server.scalars.errors import MalformedBatch

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class _Column(msgspec.Struct, forbid_unknown_fields=True):
    tag: str
    steps: list[int]
    values: list[float | str | None]
    times: list[float] | None = None


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    series: list[_Column]


def read(body: bytes, *, writer_id: UUID, sender: int) -> Batch:
    """The batch that a body of JSON columns means.

    Values may be null or "NaN", "Infinity", "-Infinity"; without ``times`` the points get the server's time.

    Raises:
        MalformedBatch: the body does not have the agreed shape, or its columns differ in length.
        BatchTooLarge: as slots it would be larger than a batch may be.
    """
    now = time.time()
    try:
        columns = msgspec.json.decode(body, type=_Body).series
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise MalformedBatch(
            f'The body is not {{"series": [{{"tag", "steps", "times"?, "values"}}]}}: {error}.'
        ) from None
    if sum(len(column.steps) + 2 for column in columns) * SLOT_BYTES > MAX_BATCH_BYTES:
        raise too_large()
    pieces: list[bytes] = []
    ids: dict[str, int] = {}
    for index, column in enumerate(columns):
        if column.tag not in ids:
            ids[column.tag] = len(ids)
            pieces.append(pack_tag(ids[column.tag], column.tag, now))
        pieces.append(_points(column, ids[column.tag], index, now))
    data = b"".join(pieces)
    if len(data) > MAX_BATCH_BYTES:
        raise too_large()
    return parse(data, writer_id=writer_id, first_slot=0, sender=sender)


def _points(column: _Column, tag: int, index: int, now: float) -> bytes:
    count = len(column.steps)
    if len(column.values) != count or (column.times is not None and len(column.times) != count):
        raise MalformedBatch(f"The columns of series {index} ({column.tag!r:.80}) differ in length.", series=index)
    slots = np.zeros(count, SLOT_DTYPE)
    slots["tag"], slots["flags"] = tag, POINT
    try:
        slots["step"] = column.steps
    except OverflowError:
        raise MalformedBatch(f"Series {index} has a step beyond 64 bits.", series=index) from None
    slots["time"] = now if column.times is None else column.times
    slots["value"] = [_value(value, index) for value in column.values]
    return slots.tobytes()


def _value(value: float | str | None, index: int) -> float:
    if isinstance(value, str):
        if value not in _WORDS:
            raise MalformedBatch(
                f'Series {index} has the value {value!r:.40}; texts may be "NaN", "Infinity", "-Infinity".',
                series=index,
            )
        return _WORDS[value]
    return math.nan if value is None else value
