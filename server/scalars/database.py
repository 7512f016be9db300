"""The few statements that differ between PostgreSQL and SQLite, or that the ORM would make slow.

Owns SQL and row encoding; decides nothing.
"""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

_COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"
_SEGMENT = struct.Struct(">h i16s iq i16s ii ih i")


class SegmentRow(NamedTuple):
    training_id: UUID
    id: int
    writer_id: UUID
    points: int
    encoding: int
    body: bytes


class Move(NamedTuple):
    """A watermark's way from ``old`` to ``new``, valid only where it still is ``old``."""

    training_id: UUID
    writer_id: UUID
    old: int
    new: int
    points: int
    lost: int


def is_postgres() -> bool:
    """Whether the default database is PostgreSQL."""
    return connection.vendor == "postgresql"


def insert_segments(rows: Sequence[SegmentRow]) -> None:
    """Adds segments; on PostgreSQL by COPY in its binary form, so that bodies travel as they are."""
    if not rows:
        return
    if not is_postgres():
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO scalars_segment (training_id, id, writer, points, encoding, body)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [(r.training_id.hex, r.id, r.writer_id.hex, r.points, r.encoding, r.body) for r in rows],
            )
        return
    pieces = [_COPY_HEADER]
    for row in rows:
        pieces.append(
            _SEGMENT.pack(
                *(6, 16, row.training_id.bytes, 8, row.id, 16, row.writer_id.bytes),
                *(4, row.points, 2, row.encoding, len(row.body)),
            )
        )
        pieces.append(row.body)
    pieces.append(_COPY_END)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            "COPY scalars_segment (training_id, id, writer, points, encoding, body) FROM STDIN (FORMAT binary)",
            BytesIO(b"".join(pieces)),
        )


def move_watermarks(moves: Sequence[Move]) -> set[UUID]:
    """Moves those watermarks that still are where the caller believes; returns the writers that moved."""
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute(
                "UPDATE scalars_writer w SET watermark = v.new, points = w.points + v.points,"
                " lost_slots = w.lost_slots + v.lost"
                " FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])"
                " AS v(training_id, id, old, new, points, lost)"
                " WHERE w.training_id = v.training_id AND w.id = v.id AND w.watermark = v.old RETURNING w.id",
                [_array(column) for column in zip(*moves, strict=True)],
            )
            return {row[0] for row in cursor.fetchall()}
        moved = set()
        for move in moves:
            cursor.execute(
                "UPDATE scalars_writer SET watermark = %s, points = points + %s, lost_slots = lost_slots + %s"
                " WHERE training_id = %s AND id = %s AND watermark = %s",
                (move.new, move.points, move.lost, move.training_id.hex, move.writer_id.hex, move.old),
            )
            if cursor.rowcount == 1:
                moved.add(move.writer_id)
        return moved


def uuid_param(value: UUID) -> str:
    """A UUID as the vendor's column takes it in raw SQL."""
    return str(value) if is_postgres() else value.hex


def update_rows(table: str, keys: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Sets ``columns`` of many rows at once; each row holds its key values first, a training's UUID the first of them.

    Args:
        table, keys, columns: names from this app's code, never from a caller.
        rows: key values, then column values.
    """
    if not rows:
        return
    assignments = ", ".join(f"{column} = %s" for column in columns)
    where = " AND ".join(f"{key} = %s" for key in keys)
    split = len(keys)
    params = [[*row[split:], *(_plain(value) for value in row[:split])] for row in rows]
    with connection.cursor() as cursor:
        statement = f"UPDATE {table} SET {assignments} WHERE {where}"  # noqa: S608  # names are ours, see above
        if is_postgres():
            from psycopg2.extras import execute_batch  # type: ignore[import-untyped]

            execute_batch(cursor.cursor, statement, params, page_size=200)
        else:
            cursor.executemany(statement, params)


@contextmanager
def snapshot() -> Iterator[None]:
    """Reads within see one state of the database, and hold up no writer.

    Inside a transaction that is already open (a test's) its own rules apply.
    """
    if connection.in_atomic_block or _in_snapshot():
        yield
    elif is_postgres():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # atomic() would BEGIN IMMEDIATE here and lock writers out; a deferred one only reads.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("COMMIT")


def _in_snapshot() -> bool:
    return not is_postgres() and connection.connection is not None and connection.connection.in_transaction


def _array(column: Sequence[Any]) -> str:
    return "{" + ",".join(map(str, column)) + "}"


def _plain(value: Any) -> Any:
    return uuid_param(value) if isinstance(value, UUID) else value
