"""Streams series whole: as columns of one series, or as a file of all of a training's. Nothing is left out.

Each generator reads in one snapshot and holds one stretch of one series at a time.
"""

import io
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from server.scalars import columns, database, reading
from server.scalars.blocks import EMPTY, Columns, concatenate
from server.scalars.models import NO_RANK, Series

PARQUET, CSV, JSON = "application/vnd.apache.parquet", "text/csv", "application/x-ndjson"
_SCHEMA = pa.schema(
    [
        ("training", pa.dictionary(pa.int32(), pa.string())),
        ("tag", pa.dictionary(pa.int32(), pa.string())),
        ("rank", pa.int32()),
        ("step", pa.int64()),
        ("time", pa.float64()),
        ("value", pa.float64()),
    ]
)
_ROWS = 1 << 17
_SHOWN = 1 << 14  # rows a piece of text: Python objects are made of them


class SeriesSource:
    """One series to stream: its own points, or the reduced curve of its ranks."""

    def __init__(self, row: Series, *, include_hidden: bool) -> None:
        self._row = row
        self._include_hidden = include_hidden

    def stretches(self, *, times: bool = True) -> Iterator[Columns]:
        """All points in step order, equal steps in order of receipt. Call within a snapshot."""
        row = self._row
        if row.reduce:
            members = Series.objects.filter(training_id=row.training_id, tag=row.tag_id).exclude(rank=NO_RANK)
            refs = [
                reading.SeriesRef(row.training_id, member, row.tag.name)
                for member in members.values_list("id", flat=True)
            ]
            reader = reading.Reader(refs, include_hidden=self._include_hidden, times=times)
            yield from _pieces(reading.reduce(reader, refs, row.reduce))
            return
        ref = reading.SeriesRef(row.training_id, row.id, row.tag.name)
        reader = reading.Reader([ref], include_hidden=self._include_hidden, times=times)
        for stretch in reader.runs(row.training_id, row.id, distinct=False):
            yield from _pieces(stretch)


def _pieces(stretch: Columns) -> Iterator[Columns]:
    for start in range(0, len(stretch), _ROWS):
        yield stretch.cut(start, start + _ROWS)


def find(training_id: UUID, tag: str, rank: int | None) -> Series | None:
    """The row of one series; the common curve when ``rank`` is None."""
    wanted = NO_RANK if rank is None else rank
    return Series.objects.filter(training_id=training_id, tag__name=tag, rank=wanted).select_related("tag").first()


def binary_points(source: SeriesSource) -> Iterator[bytes]:
    """Frames of columns (see `columns`); at least one, perhaps empty."""
    with database.snapshot():
        some = False
        for stretch in source.stretches():
            some = True
            yield columns.frame({"steps": stretch.steps, "times": stretch.times, "values": stretch.values})
        if not some:
            nothing = np.empty(0)
            yield columns.frame({"steps": nothing.astype(np.int64), "times": nothing, "values": nothing})


def json_points(source: SeriesSource) -> Iterator[bytes]:
    """``{"steps": […], "times": […], "values": […]}``, read once a column, so that no column is ever held whole."""
    with database.snapshot():
        opening = b"{"
        for name in ("steps", "times", "values"):
            yield opening + f'"{name}":['.encode()
            comma = b""
            for stretch in source.stretches(times=name == "times"):
                for start in range(0, len(stretch), _SHOWN):
                    column = getattr(stretch.cut(start, start + _SHOWN), name).tolist()
                    if name != "steps":
                        column = [columns.number(value) for value in column]
                    yield comma + json.dumps(column, separators=(",", ":"), allow_nan=False).encode()[1:-1]
                    comma = b","
            yield b"]"
            opening = b","
        yield b"}"


def stream(training_ids: list[UUID], file_format: str, *, include_hidden: bool = False) -> Iterator[bytes]:
    """A file of every point of every series, ranks' own included, reduced curves left out.

    Args:
        training_ids: whose, in this order.
        file_format: PARQUET, CSV or JSON.
        include_hidden: also what a rewind hid.
    """
    writers = {PARQUET: _parquet, CSV: _csv, JSON: _json_lines}
    with database.snapshot():
        yield from writers[file_format](_batches(training_ids, include_hidden))


def _batches(training_ids: list[UUID], include_hidden: bool) -> Iterator[pa.RecordBatch]:
    for training_id in training_ids:
        rows = Series.objects.filter(training_id=training_id, reduce="").select_related("tag")
        for row in rows.order_by("tag__name", "rank").iterator(chunk_size=1_000):
            for stretch in SeriesSource(row, include_hidden=include_hidden).stretches():
                yield _batch(row, stretch)


def _batch(row: Series, stretch: Columns) -> pa.RecordBatch:
    size = len(stretch)
    zeros = pa.array(np.zeros(size, np.int32))
    rank = pa.nulls(size, pa.int32()) if row.rank == NO_RANK else pa.array(np.full(size, row.rank, np.int32))
    return pa.record_batch(
        [
            pa.DictionaryArray.from_arrays(zeros, [str(row.training_id)]),
            pa.DictionaryArray.from_arrays(zeros, [row.tag.name]),
            rank,
            pa.array(stretch.steps),
            pa.array(stretch.times),
            pa.array(stretch.values),
        ],
        schema=_SCHEMA,
    )


class _Sink(io.RawIOBase):
    """A file that is written here and taken away piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self._size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._size

    def take(self) -> bytes:
        """What was written since the last call."""
        data, self._pieces = b"".join(self._pieces), []
        return data


def _parquet(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    """Row groups of at most _ROWS; small series share one."""
    sink = _Sink()
    with pa.parquet.ParquetWriter(sink, _SCHEMA, compression="zstd", use_dictionary=["training", "tag"]) as writer:
        waiting: list[pa.RecordBatch] = []
        for batch in batches:
            waiting.append(batch)
            if sum(one.num_rows for one in waiting) >= _ROWS or len(waiting) >= 10_000:
                writer.write_table(pa.Table.from_batches(waiting).unify_dictionaries(), row_group_size=2 * _ROWS)
                waiting = []
                yield sink.take()
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting).unify_dictionaries(), row_group_size=2 * _ROWS)
    yield sink.take()


def _csv(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    """A header and one line a point; NaN and infinities as nan, inf, -inf, times and values to the last digit."""
    yield b'"training","tag","rank","step","time","value"\n'
    options = pa.csv.WriteOptions(include_header=False)
    for batch in batches:
        sink = _Sink()
        plain = batch.cast(
            pa.schema([(f.name, pa.string() if f.name in ("training", "tag") else f.type) for f in _SCHEMA])
        )
        pa.csv.write_csv(plain, sink, options)
        yield sink.take()


def _json_lines(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    """One object a line; NaN and infinities as the words."""
    for batch in batches:
        for start in range(0, batch.num_rows, _SHOWN):
            lines = []
            for row in batch.slice(start, _SHOWN).to_pylist():
                row["time"], row["value"] = columns.number(row["time"]), columns.number(row["value"])
                lines.append(json.dumps(row, ensure_ascii=False, allow_nan=False))
            yield ("\n".join(lines) + "\n").encode()


def newest(row: Series, n: int) -> Columns:
    """The last ``n`` points in step order (of equal steps the one received last); reads no more than it needs."""
    with database.snapshot():
        if row.reduce:
            every = list(SeriesSource(row, include_hidden=False).stretches())
            return _last(every, n)
        ref = reading.SeriesRef(row.training_id, row.id, row.tag.name)
        reader = reading.Reader([ref])
        first, count = reading.ALL.first, 0
        for part in sorted(reader.parts(row.training_id, row.id), key=lambda part: part.first_step, reverse=True):
            first = part.first_step
            count += part.count if part.distinct and not part.cut else 0
            if count >= 2 * n:
                break
        found = _last(list(reader.runs(row.training_id, row.id, reading.Window(first))), n)
        if len(found) < n and first > reading.ALL.first:  # steps that repeat: what was counted was not enough
            found = _last(list(reader.runs(row.training_id, row.id)), n)
        return found


def _last(stretches: list[Columns], n: int) -> Columns:
    if not stretches:
        return EMPTY
    joined = concatenate(stretches).winners()
    return joined.cut(max(0, len(joined) - n), len(joined))
