"""Answers a chart: many trainings × tags on one x grid, each curve as its points or as buckets that keep every extreme.

Reads curves through `reading`, a stretch at a time, so that a long series never lies in memory whole (one whose
stretches overlap, or that is reduced from ranks, does).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import numpy as np

from server.scalars import database, reading, selectors
from server.scalars.blocks import Columns
from server.scalars.codec import Floats
from server.scalars.downsample import Buckets, Grid, step_grid, time_grid
from server.scalars.errors import BadQuery
from server.scalars.models import NO_RANK, Series
from server.scalars.reading import Part, Reader, SeriesRef, Window
from server.scalars.smoothing import Smoother

Axis = Literal["step", "time", "relative"]
_MAX_CELLS = 2_000_000
COLUMNS = ("min", "max", "mean", "last", "count")


@dataclass(frozen=True, slots=True)
class Query:
    """What a chart asks for. ``start`` and ``stop`` bound x, both inclusive, in the axis' own units."""

    trainings: tuple[UUID, ...]
    tags: tuple[str, ...]
    x: Axis = "step"
    start: float | None = None
    stop: float | None = None
    buckets: int = 1_000
    smoothing: float = 0.0
    all_ranks: bool = False
    include_hidden: bool = False
    columns: tuple[str, ...] = COLUMNS


@dataclass(frozen=True, slots=True)
class _Curve:
    training_id: UUID
    tag: str
    rank: int
    reduce: str
    refs: tuple[SeriesRef, ...]


class _TooMany(Exception):
    """A curve has more points in range than there are buckets."""


def run(query: Query) -> dict[str, Any]:
    """The answer as a document with numpy arrays (see `columns`).

    Returns:
        ``mode`` "points" or "buckets", ``x`` the grid (f8; buckets: where each begins, ``width`` wide), and a list
        ``series`` of ``training, tag, rank, points`` (in range), ``total`` (of the curve), and one array a column,
        as long as ``x``: NaN (JSON: null) where there is nothing. ``smoothed`` comes with smoothing.
        ``nonfinite`` lists (x, value) of values that are no numbers, which columns leave out.
    """
    with database.snapshot():
        return _Chart(query).answer()


class _Chart:
    """One query being answered."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._curves = _curves(query)
        if len(self._curves) * query.buckets > _MAX_CELLS:
            raise BadQuery(
                f"{len(self._curves)} curves of {query.buckets} buckets are too much for one answer. Ask for fewer"
                f" buckets or curves: their product may be {_MAX_CELLS}.",
            )
        refs = [ref for curve in self._curves for ref in curve.refs]
        self._refs = refs
        self._whole: dict[int, Columns] = {}
        self._origin = selectors.started_at(query.trainings) if query.x == "relative" else {}
        self._reader = self._new_reader()

    def _new_reader(self) -> Reader:
        query = self._query
        return Reader(self._refs, include_hidden=query.include_hidden, times=query.x != "step")

    def answer(self) -> dict[str, Any]:
        query = self._query
        bounds = self._bounds()
        if bounds is None:
            return {"x": np.empty(0), "mode": "points", "width": None, "axis": query.x, "series": []}
        try:
            gathered = [self._few(curve, bounds) for curve in self._curves]
            grid = np.unique(np.concatenate([xs for xs, _, _ in gathered]))
        except _TooMany:
            grid = None
        if grid is not None and len(grid) <= query.buckets:
            # One edge more than points; also where the range lies between two points and holds none.
            edges = Grid(np.append(grid, grid[-1:] if len(grid) else bounds[:1]), 0.0)
            series = [
                self._describe(curve, _exact(edges, *columns))
                for curve, columns in zip(self._curves, gathered, strict=True)
            ]
            return {"x": grid.astype(np.float64), "mode": "points", "width": None, "axis": query.x, "series": series}
        if query.x == "step":
            buckets = step_grid(int(bounds[0]), int(bounds[1]), query.buckets)
        else:
            buckets = time_grid(bounds[0], bounds[1], query.buckets)
        series = [self._describe(curve, self._fill(curve, buckets)) for curve in self._curves]
        return {"x": buckets.starts, "mode": "buckets", "width": buckets.width, "axis": query.x, "series": series}

    # Where

    def _bounds(self) -> tuple[float, float] | None:
        """The range of x that the chart shows; None when nothing lies in it."""
        query = self._query
        lows: list[float] = []
        highs: list[float] = []
        for curve in self._curves:
            for ref in curve.refs:
                for part in self._reader.parts(ref.training_id, ref.id):
                    low, high = self._extent(curve, part)
                    if low is not None and high is not None:
                        lows.append(low)
                        highs.append(high)
        if not lows:
            return None
        low = min(lows) if query.start is None else max(query.start, min(lows))
        high = max(highs) if query.stop is None else min(query.stop, max(highs))
        if query.x == "step":
            low, high = int(np.ceil(low)) if isinstance(low, float) else low, int(high // 1)
        return None if low > high else (low, high)

    def _extent(self, curve: _Curve, part: Part) -> tuple[float | None, float | None]:
        if self._query.x == "step":
            return part.first_step, part.last_step
        if part.min_time is None or part.max_time is None:
            return None, None
        origin = self._origin.get(curve.training_id, 0.0)
        return part.min_time - origin, part.max_time - origin

    # Points

    def _stretches(self, curve: _Curve, bounds: tuple[float, float] | None) -> Iterator[Columns]:
        if curve.reduce:
            at = id(curve)
            if at not in self._whole:
                self._whole[at] = reading.reduce(self._reader, curve.refs, curve.reduce)
            yield self._whole[at]
            return
        window = reading.ALL
        if self._query.x == "step" and bounds is not None:
            # An average is computed from all points before the range as well.
            first = window.first if self._query.smoothing else int(bounds[0])
            window = Window(first, int(bounds[1]))
        ref = curve.refs[0]
        yield from self._reader.runs(ref.training_id, ref.id, window)

    def _xs(self, curve: _Curve, columns: Columns) -> "np.ndarray[Any, Any]":
        if self._query.x == "step":
            return columns.steps
        return columns.times - self._origin.get(curve.training_id, 0.0)

    def _smoothed(
        self, curve: _Curve, bounds: tuple[float, float]
    ) -> Iterator[tuple["np.ndarray[Any, Any]", Floats, Floats | None]]:
        """Stretches as x, value and average, in rising x; averages follow the steps whatever the axis."""
        smoother = Smoother(self._query.smoothing) if self._query.smoothing else None
        for columns in self._stretches(curve, bounds):
            xs, values = self._xs(curve, columns), columns.values
            averages: Floats | None = None
            if smoother is not None:
                averages = np.full(len(values), np.nan)
                finite = np.isfinite(values)
                averages[finite] = smoother.smooth(values[finite])
            if self._query.x != "step" and not (xs[1:] >= xs[:-1]).all():
                order = np.argsort(xs, kind="stable")
                xs, values = xs[order], values[order]
                averages = averages[order] if averages is not None else None
            yield xs, values, averages

    def _few(self, curve: _Curve, bounds: tuple[float, float]) -> tuple["np.ndarray[Any, Any]", Floats, Floats | None]:
        """The curve's points in range, when there are no more than buckets."""
        if self._certainly_many(curve, bounds):
            raise _TooMany
        found: list[tuple[Any, Floats, Floats | None]] = []
        count = 0
        for xs, values, averages in self._smoothed(curve, bounds):
            inside = (xs >= bounds[0]) & (xs <= bounds[1])
            count += int(inside.sum())
            if count > self._query.buckets:
                raise _TooMany
            found.append((xs[inside], values[inside], averages[inside] if averages is not None else None))
        if not found:
            return np.empty(0, np.int64 if self._query.x == "step" else np.float64), np.empty(0), None
        averages = np.concatenate([one[2] for one in found if one[2] is not None]) if self._query.smoothing else None
        return np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found]), averages

    def _certainly_many(self, curve: _Curve, bounds: tuple[float, float]) -> bool:
        """Whether one part alone, by its description, has more points in range than there are buckets."""
        if curve.reduce:
            return False
        for part in self._reader.parts(curve.refs[0].training_id, curve.refs[0].id):
            low, high = self._extent(curve, part)
            many = part.distinct and not part.cut and part.count > self._query.buckets
            if many and low is not None and high is not None and low >= bounds[0] and high <= bounds[1]:
                return True
        return False

    def _fill(self, curve: _Curve, grid: Grid) -> Buckets:
        buckets = Buckets(grid)
        bounds = (grid.edges[0], grid.edges[-1])
        for xs, values, averages in self._smoothed(curve, (bounds[0], bounds[1])):
            _add(buckets, xs, values, averages)
        return buckets

    # Telling

    def _describe(self, curve: _Curve, buckets: Buckets) -> dict[str, Any]:
        series: dict[str, Any] = {
            "training": str(curve.training_id),
            "tag": curve.tag,
            "rank": None if curve.rank == NO_RANK else curve.rank,
            "points": buckets.points,
            "total": self._total(curve),
        }
        every = {
            "min": buckets.low,
            "max": buckets.high,
            "mean": buckets.mean(),
            "last": buckets.last,
            "count": buckets.count,
        }
        series.update({name: every[name] for name in COLUMNS if name in self._query.columns})
        if self._query.smoothing:
            series["smoothed"] = buckets.smoothed
        series["nonfinite"] = [list(one) for one in buckets.nonfinite]
        series["nonfinite_count"] = buckets.nonfinite_count
        return series

    def _total(self, curve: _Curve) -> int:
        if curve.reduce:
            return len(self._whole.get(id(curve), ()))
        ref = curve.refs[0]
        return sum(part.count for part in self._reader.parts(ref.training_id, ref.id))


def _add(buckets: Buckets, xs: "np.ndarray[Any, Any]", values: Floats, averages: Floats | None) -> None:
    finite = np.isfinite(values)
    if not finite.all():
        buckets.add_nonfinite(xs[~finite], values[~finite])
        xs, values = xs[finite], values[finite]
        averages = averages[finite] if averages is not None else None
    buckets.add(xs, values, averages)


def _exact(grid: Grid, xs: "np.ndarray[Any, Any]", values: Floats, averages: Floats | None) -> Buckets:
    """Buckets that hold one x each."""
    buckets = Buckets(grid)
    _add(buckets, xs, values, averages)
    return buckets


def _curves(query: Query) -> list[_Curve]:
    rows = (
        Series.objects.filter(training_id__in=query.trainings, tag__name__in=query.tags)
        .select_related("tag")
        .only("training_id", "id", "rank", "reduce", "tag__name", "tag_id")
    )
    found: dict[tuple[UUID, str], list[Series]] = {}
    for row in rows:
        found.setdefault((row.training_id, row.tag.name), []).append(row)
    curves: list[_Curve] = []
    for training_id in query.trainings:
        for tag in query.tags:
            curves += _curves_of(found.get((training_id, tag), []), query.all_ranks)
    return curves


def _curves_of(rows: Sequence[Series], all_ranks: bool) -> Iterator[_Curve]:
    """The common curve, or each rank's where ranks log and all are asked for."""
    ranks = sorted((row for row in rows if row.rank != NO_RANK), key=lambda row: row.rank)
    refs = tuple(SeriesRef(row.training_id, row.id, row.tag.name) for row in ranks)
    for row in rows:
        own = (SeriesRef(row.training_id, row.id, row.tag.name),)
        if row.rank != NO_RANK:
            if all_ranks:
                yield _Curve(row.training_id, row.tag.name, row.rank, "", own)
        elif row.reduce:
            if not all_ranks:
                yield _Curve(row.training_id, row.tag.name, NO_RANK, row.reduce, refs)
        else:
            yield _Curve(row.training_id, row.tag.name, NO_RANK, "", own)
