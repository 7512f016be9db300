"""Fetches chunks by key, many at a time: their descriptions, or their blocks decoded. SQL that the ORM cannot write.

On PostgreSQL blocks come by COPY in its binary form: the driver would read bytea as hexadecimal text, twice the
bytes and most of the time of reading a long series.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.db import connection

from server.scalars import codec, database
from server.scalars.blocks import Columns
from server.scalars.models import Segment

if TYPE_CHECKING:
    from server.scalars.reading import Part

_Key = tuple[UUID, int]
_HEADER_BYTES = 19
_PAGE = 5_000


def with_segments(trainings: Iterable[UUID]) -> list[UUID]:
    """Those trainings that have segments waiting for compaction."""
    ordered = sorted(trainings)
    rows = Segment.objects.filter(training_id__in=ordered).order_by().values_list("training_id", flat=True)
    return sorted(set(rows.distinct()))


def parts(keys: Sequence[_Key], make: type["Part"]) -> Iterator[tuple[_Key, "Part"]]:
    """Descriptions of all chunks of these series, in one statement for many trainings."""
    for start in range(0, len(keys), _PAGE):
        page = keys[start : start + _PAGE]
        wanted, params = _values([(training_id, series) for training_id, series in page])
        statement = (
            f"WITH k(t, s) AS ({wanted}) SELECT c.training_id, c.series, c.id, c.first_step, c.last_step, c.count,"  # noqa: S608
            " c.distinct, c.min_time, c.max_time FROM k CROSS JOIN scalars_chunk c"
            " WHERE c.training_id = k.t AND c.series = k.s ORDER BY c.series, c.id"
        )
        with connection.cursor() as cursor:
            cursor.execute(_quoted(statement), params)
            for training_id, series, *values, distinct, low, high in cursor.fetchall():
                chunk_id, first, last, count = values
                yield (_uuid(training_id), series), make(chunk_id, first, last, count, bool(distinct), low, high)


def fetch(keys: Sequence[tuple[UUID, int, int]], *, times: bool = True) -> dict[tuple[int, int], Columns]:
    """Chunks by (training, series, id), decoded.

    Args:
        keys: at most some thousands.
        times: whether times are wanted; else they are zeros.

    Returns:
        Columns by (series, chunk id).
    """
    wanted, params = _values(list(keys))
    block, joined = "NULL", ""
    if times:
        block = "t.body"
        joined = " JOIN scalars_times t ON t.training_id = c.training_id AND t.id = c.times"
    statement = (
        f"WITH k(t, s, i) AS ({wanted}) SELECT c.series, c.id, c.steps, {block}, c.values"  # noqa: S608
        f" FROM k CROSS JOIN scalars_chunk c{joined} WHERE c.training_id = k.t AND c.series = k.s AND c.id = k.i"
    )
    with connection.cursor() as cursor:
        if not database.is_postgres():
            cursor.execute(_quoted(statement), params)
            return {(row[0], row[1]): _decode(*row[2:]) for row in cursor.fetchall()}
        out = BytesIO()
        query = cursor.mogrify(_quoted(statement), params).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", out)
    return {
        (series, chunk): _decode(steps, times_, values)
        for series, chunk, steps, times_, values in _copied(out.getbuffer())
    }


def _decode(steps: bytes, times: bytes | None, values: bytes) -> Columns:
    decoded = codec.decode_ints(steps)
    return Columns(
        decoded,
        np.zeros(len(decoded)) if times is None else codec.decode_floats(times),
        codec.decode_floats(values),
    )


def _copied(data: memoryview) -> Iterator[tuple[int, int, bytes, bytes | None, bytes]]:
    """Rows of PostgreSQL's binary COPY format: two bigints, then bytea (a length of −1 is NULL)."""
    at = _HEADER_BYTES
    while int.from_bytes(data[at : at + 2], "big", signed=True) == 5:
        _, series, _, chunk = struct.unpack_from(">iqiq", data, at + 2)
        at += 26
        blocks: list[bytes | None] = []
        for _ in range(3):
            length = int.from_bytes(data[at : at + 4], "big", signed=True)
            at += 4
            blocks.append(None if length < 0 else bytes(data[at : at + length]))
            at += max(0, length)
        steps, times, values = blocks
        if steps is None or values is None:
            raise ValueError("a chunk without blocks: the database was changed from outside")
        yield series, chunk, steps, times, values


def _values(rows: Sequence[tuple[UUID, *tuple[int, ...]]]) -> tuple[str, list[str | int]]:
    """A VALUES list of keys with its parameters."""
    width = len(rows[0])
    columns = ["%s::uuid", *["%s::bigint"] * (width - 1)] if database.is_postgres() else ["%s"] * width
    texts = [f"({', '.join(columns)})"] * len(rows)
    params = [database.uuid_param(value) if isinstance(value, UUID) else value for each in rows for value in each]
    return "VALUES " + ", ".join(texts), list(params)


def _quoted(statement: str) -> str:
    """``distinct`` and ``values`` are words of SQL and names of our columns."""
    return statement.replace("c.distinct", 'c."distinct"').replace("c.values", 'c."values"')


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
