"""Reads series whole or in part: merges chunks and fresh segments, hides what was rewound, chunk by chunk.

Call within `database.snapshot`. Yields columns; what is made of them is `query`'s and `export`'s.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import numpy as np

from server.scalars import bodies, pending, rewinds
from server.scalars.blocks import EMPTY, Columns, Stats, concatenate, finite_extreme, stats_of
from server.scalars.models import Chunk
from server.scalars.rewinds import RewindMark

_PREFETCH_POINTS = 1 << 19
_UNBOUNDED = 1 << 63


class SeriesRef(NamedTuple):
    """A series to read."""

    training_id: UUID
    id: int
    tag: str


class Window(NamedTuple):
    """An inclusive range of steps."""

    first: int = -_UNBOUNDED
    last: int = _UNBOUNDED - 1


ALL = Window()


@dataclass(slots=True)
class Part:
    """A chunk, or the fresh points of one segment, of one series; ``last_step`` is the last visible one."""

    id: int
    first_step: int
    last_step: int
    count: int
    distinct: bool
    min_time: float | None
    max_time: float | None
    cut: bool = False
    columns: Columns | None = field(default=None, repr=False)


class Reader:
    """Reads the given series from one state of the database.

    Args:
        refs: the series.
        include_hidden: also what a rewind hid.
        fresh: also segments that are not compacted yet.
        times: whether times are wanted; without them the times of chunks read as zeros.
    """

    def __init__(
        self, refs: Sequence[SeriesRef], *, include_hidden: bool = False, fresh: bool = True, times: bool = True
    ) -> None:
        self._times = times
        self._tags = {(ref.training_id, ref.id): ref.tag for ref in refs}
        self._order = list(self._tags)
        trainings = {ref.training_id for ref in refs}
        self._marks: Mapping[UUID, Sequence[RewindMark]] = {} if include_hidden else rewinds.load(trainings)
        self._parts: dict[tuple[UUID, int], list[Part]] = {key: [] for key in self._order}
        for key, part in _chunk_parts(self._order):
            self._add(key, part)
        if fresh:
            for key, part in _fresh_parts(trainings, self._tags, self._marks):
                self._add(key, part)
        self._bodies: dict[tuple[int, int], Columns] = {}

    def _add(self, key: tuple[UUID, int], part: Part) -> None:
        limit = rewinds.limit_for(self._marks.get(key[0], ()), self._tags[key], part.id)
        if limit is not None and part.last_step > limit:
            if part.first_step > limit:
                return
            part.last_step, part.cut = limit, True
        self._parts[key].append(part)

    def parts(self, training_id: UUID, series: int, window: Window = ALL) -> list[Part]:
        """The visible parts that touch the window; what they say bounds what they hold."""
        return [
            part
            for part in self._parts[(training_id, series)]
            if part.first_step <= window.last and part.last_step >= window.first
        ]

    def runs(self, training_id: UUID, series: int, window: Window = ALL, *, distinct: bool = True) -> Iterator[Columns]:
        """The series' visible points in step order, a stretch at a time.

        Args:
            training_id, series: one of the series that the reader was made for.
            window: parts outside of it are not read; points outside of it may still come.
            distinct: of equal steps only the one received last; else all, in order of receipt.
        """
        parts = sorted(self.parts(training_id, series, window), key=lambda part: part.first_step)
        start = 0
        while start < len(parts):
            end, last = start + 1, parts[start].last_step
            while end < len(parts) and parts[end].first_step <= last:
                last = max(last, parts[end].last_step)
                end += 1
            run = sorted(parts[start:end], key=lambda part: part.id)
            columns = concatenate([self._columns(training_id, series, part, parts[start:]) for part in run])
            if distinct and not (len(run) == 1 and run[0].distinct):
                columns = columns.winners()
            if len(columns):
                yield columns
            start = end

    def _columns(self, training_id: UUID, series: int, part: Part, ahead: Sequence[Part]) -> Columns:
        columns = part.columns
        if columns is None:
            if (series, part.id) not in self._bodies:
                self._fetch(training_id, series, part, ahead)
            columns = self._bodies.pop((series, part.id))
        if part.cut:
            columns = columns.cut(0, int(np.searchsorted(columns.steps, part.last_step, side="right")))
        return columns

    def _fetch(self, training_id: UUID, series: int, first: Part, ahead: Sequence[Part]) -> None:
        """Reads a chunk and those that will be asked for next: further ones of the series, then of the next series."""
        keys: dict[tuple[UUID, int, int], None] = {(training_id, series, first.id): None}
        points = first.count
        following = ((training_id, series, part) for part in ahead)
        for owner, one, part in (*following, *self._behind(training_id, series)):
            if points >= _PREFETCH_POINTS or len(keys) >= 1_000:
                break
            if part.columns is None and (one, part.id) not in self._bodies and (owner, one, part.id) not in keys:
                keys[(owner, one, part.id)] = None
                points += part.count
        self._bodies.update(bodies.fetch(list(keys), times=self._times))

    def _behind(self, training_id: UUID, series: int) -> Iterator[tuple[UUID, int, Part]]:
        at = self._order.index((training_id, series))
        for key in self._order[at + 1 : at + 1_001]:
            parts = self._parts[key]
            if len(parts) > 8:  # long series fetch for themselves, within their window
                return
            for part in parts:
                yield (*key, part)


def stats(runs: Iterable[Columns]) -> Stats:
    """Statistics of points that come in stretches of rising steps."""
    total = Stats()
    for columns in runs:
        total = total.then(stats_of(columns))
    return total


def whole(reader: Reader, ref: SeriesRef, *, distinct: bool = True) -> Columns:
    """A whole series in memory."""
    runs = list(reader.runs(ref.training_id, ref.id, distinct=distinct))
    return concatenate(runs) if runs else EMPTY


def reduce(reader: Reader, refs: Sequence[SeriesRef], how: str) -> Columns:
    """One curve of several ranks': of each step the mean or the maximum, at the time of the last rank.

    NaN in a rank makes the step NaN.
    """
    ranks = [columns for ref in refs if len(columns := whole(reader, ref))]
    if not ranks:
        return EMPTY
    every = concatenate(ranks)
    starts = np.flatnonzero(np.append(True, every.steps[1:] != every.steps[:-1]))
    times = np.maximum.reduceat(every.times, starts)
    if how == "max":
        values = np.maximum.reduceat(every.values, starts)
    else:
        with np.errstate(invalid="ignore"):  # ∞ − ∞ among ranks is NaN, as it should be
            values = np.add.reduceat(every.values, starts) / np.diff(np.append(starts, len(every)))
    return Columns(every.steps[starts], times, values)


def _chunk_parts(keys: Sequence[tuple[UUID, int]]) -> Iterator[tuple[tuple[UUID, int], Part]]:
    by_training: dict[UUID, list[int]] = {}
    for training_id, series in keys:
        by_training.setdefault(training_id, []).append(series)
    if max((len(series) for series in by_training.values()), default=0) <= 20 and len(by_training) > 1:
        yield from bodies.parts(keys, Part)
        return
    for training_id, every in by_training.items():
        for start in range(0, len(every), 5_000):
            rows = Chunk.objects.filter(training_id=training_id, series__in=every[start : start + 5_000])
            rows = rows.order_by("series", "id").only(
                "series", "id", "first_step", "last_step", "count", "distinct", "min_time", "max_time"
            )
            for row in rows:
                yield (
                    (training_id, row.series),
                    Part(row.id, row.first_step, row.last_step, row.count, row.distinct, row.min_time, row.max_time),
                )


def _fresh_parts(
    trainings: Iterable[UUID],
    wanted: Mapping[tuple[UUID, int], str],
    marks: Mapping[UUID, Sequence[RewindMark]],
) -> Iterator[tuple[tuple[UUID, int], Part]]:
    """The points of segments, those of neighbours together as long as no rewind lies between."""
    only = np.array([series for _, series in wanted], np.int64)
    dictionaries = pending.Dictionaries()
    for training_id in bodies.with_segments(trainings):
        group: list[pending.Pending] = []
        for item in pending.read([training_id], dictionaries):
            if group and any(group[-1].id < mark.id < item.id for mark in marks.get(training_id, ())):
                yield from _grouped(group)
                group = []
            group.append(item.only(only))
        yield from _grouped(group)


def _grouped(group: Sequence[pending.Pending]) -> Iterator[tuple[tuple[UUID, int], Part]]:
    for series, columns in pending.by_series(group).items():
        part = Part(
            group[-1].id,
            int(columns.steps[0]),
            int(columns.steps[-1]),
            len(columns),
            False,
            finite_extreme(columns.times, smallest=True),
            finite_extreme(columns.times, smallest=False),
            columns=columns,
        )
        yield (group[-1].training_id, series), part
