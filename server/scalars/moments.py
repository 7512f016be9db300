"""What series showed at given moments of a training, such as when a snapshot was taken. Reads only the chunks that the
moments fall into, and no more points than agreed."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from server.scalars import database, reading
from server.scalars.blocks import Columns, concatenate
from server.scalars.models import NO_RANK, Series
from server.scalars.reading import Part, Reader, SeriesRef, Window

MAX_SERIES = 200
MAX_POINTS = 4_000_000
"""Points that one call decodes, about a second's work; the series with the fewest points come first."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a training: a step, and the client's clock in Unix seconds."""

    step: int
    time: float


def by_step(_tag: str, _last_step: int) -> bool:
    """Every series counts its steps as the moments do."""
    return False


def values_at(
    training_id: UUID,
    moments: Sequence[Moment],
    *,
    tags: Collection[str] | None = None,
    without: str | None = None,
    by_time: Callable[[str, int], bool] = by_step,
) -> list[dict[str, float]]:
    """Each series' last value at or before each moment, by tag; fresh points included, rewound ones not.

    Args:
        training_id: whose series; of ranks, their reduced curves.
        moments: in any order.
        tags: only these; else all whose tags do not begin with ``without``, MAX_SERIES of them at most.
        by_time: whether a series (by its tag and largest step) counts its steps in other units than the moments, so
            that the time decides instead of the step.

    Returns:
        One dict a moment, in their order. A series that had no value yet is left out, and so are the longest series
        when all together would take more than MAX_POINTS.
    """
    found: list[dict[str, float]] = [{} for _ in moments]
    if not moments:
        return found
    with database.snapshot():
        rows = Series.objects.filter(training_id=training_id, rank=NO_RANK).select_related("tag")
        if tags is not None:
            rows = rows.filter(tag__name__in=list(tags))
        if without is not None:
            rows = rows.exclude(tag__name__startswith=without)
        left = MAX_POINTS
        chosen = list(rows.order_by("count", "id")[:MAX_SERIES])
        plain = [SeriesRef(training_id, row.id, row.tag.name) for row in chosen if not row.reduce]
        reader = Reader(plain)
        for row in chosen:
            if row.reduce:
                series: _Look = _Reduced(training_id, row)
            else:
                series = _Plain(reader, training_id, row.id)
            left -= series.look(row.tag.name, moments, by_time, found, left)
            if left <= 0:
                break
    return found


class _Look:
    """One series, as far as moments need it."""

    def parts(self) -> Sequence[Part]:
        raise NotImplementedError

    def read(self, _window: Window) -> Columns | None:
        raise NotImplementedError

    def look(
        self,
        tag: str,
        moments: Sequence[Moment],
        by_time: Callable[[str, int], bool],
        found: list[dict[str, float]],
        budget: int,
    ) -> int:
        """Adds the series' value at each moment; returns how many points it decoded."""
        parts = self.parts()
        if not parts:
            return 0
        timed = by_time(tag, max(part.last_step for part in parts))
        decoded, known, columns = 0, None, None
        for index in sorted(range(len(moments)), key=lambda one: moments[one].time if timed else moments[one].step):
            moment = moments[index]
            window = _by_time(parts, moment.time) if timed else _by_step(parts, moment.step)
            if window is None:
                continue
            touched = [part for part in parts if part.first_step <= window.last and part.last_step >= window.first]
            key = [part.id for part in touched]
            if key != known:
                decoded += sum(part.count for part in touched)
                if decoded > budget:
                    return decoded
                known, columns = key, self.read(window)
            value = None if columns is None else _last(columns, moment, timed)
            if value is not None:
                found[index][tag] = value
        return decoded


class _Plain(_Look):
    """A series that is stored as it was logged."""

    def __init__(self, reader: Reader, training_id: UUID, series: int) -> None:
        self._reader, self._training_id, self._series = reader, training_id, series

    def parts(self) -> Sequence[Part]:
        return self._reader.parts(self._training_id, self._series)

    def read(self, _window: Window) -> Columns | None:
        runs = list(self._reader.runs(self._training_id, self._series, _window))
        return concatenate(runs) if runs else None


class _Reduced(_Look):
    """A curve of several ranks, made when it is read."""

    def __init__(self, training_id: UUID, row: Series) -> None:
        members = Series.objects.filter(training_id=training_id, tag=row.tag_id, reduce="").exclude(id=row.id)
        self._refs = [SeriesRef(training_id, one, row.tag.name) for one in members.values_list("id", flat=True)]
        self._reader = Reader(self._refs)
        self._how = row.reduce

    def parts(self) -> Sequence[Part]:
        found = [part for ref in self._refs for part in self._reader.parts(ref.training_id, ref.id)]
        if not found:
            return []
        return [
            Part(
                0,
                min(part.first_step for part in found),
                max(part.last_step for part in found),
                sum(part.count for part in found),
                False,
                min((part.min_time for part in found if part.min_time is not None), default=None),
                max((part.max_time for part in found if part.max_time is not None), default=None),
            )
        ]

    def read(self, _window: Window) -> Columns | None:
        return reading.reduce(self._reader, self._refs, self._how)


def _by_step(parts: Sequence[Part], step: int) -> Window | None:
    """The steps in which the last point at or before ``step`` must be."""
    before = [part for part in parts if part.first_step <= step]
    if not before:
        return None
    # Parts that end before it certainly have a point at their end; one that it falls into may have an earlier last one.
    ends = [part.last_step for part in before if part.last_step <= step]
    return Window(max(ends) if ends else min(part.first_step for part in before), step)


def _by_time(parts: Sequence[Part], time: float) -> Window | None:
    """The steps of the part that goes furthest of those that had begun by then."""
    begun = [part for part in parts if part.min_time is not None and part.min_time <= time]
    if not begun:
        return None
    furthest = max(begun, key=lambda part: part.first_step)
    return Window(furthest.first_step, furthest.last_step)


def _last(columns: Columns, moment: Moment, timed: bool) -> float | None:
    if timed:
        hits = np.flatnonzero(columns.times <= moment.time)
        return float(columns.values[hits[-1]]) if len(hits) else None
    end = int(np.searchsorted(columns.steps, moment.step, side="right"))
    return float(columns.values[end - 1]) if end else None
