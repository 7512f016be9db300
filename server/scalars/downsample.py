"""Buckets on one x grid that keep every extreme. Owns arithmetic on arrays; knows no series and no table."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from server.scalars.codec import Floats

MAX_NONFINITE = 1_000
"""NaN and infinities listed a curve; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Buckets ``[edges[i], edges[i + 1])``; the last one includes its end. Shape of ``edges``: (buckets + 1,).

    Steps are placed by int64 edges, times by float64 ones; ``width`` is that of each bucket.
    """

    edges: npt.NDArray[np.int64] | Floats
    width: float

    def __len__(self) -> int:
        return len(self.edges) - 1

    @property
    def starts(self) -> Floats:
        """Where each bucket begins."""
        return np.asarray(self.edges[:-1], np.float64)


def step_grid(first: int, last: int, buckets: int) -> Grid:
    """Buckets of equally many steps that cover ``first`` to ``last``; edges are multiples of the width, so that a
    growing series keeps its buckets as long as the width holds."""
    span = last - first + 1
    if buckets == 1:
        start, width = first, span
    else:
        width = 1 if span <= buckets else -(-span // (buckets - 1))
        start = first // width * width
    count = (last - start) // width + 1
    end = start + count * width - 1  # the last bucket includes its end
    limit = (1 << 63) - 1
    edges = [max(start + index * width, -limit - 1) for index in range(count)]
    return Grid(np.array([*edges, min(end, limit)], np.int64), width)


def time_grid(first: float, last: float, buckets: int) -> Grid:
    """Buckets of equal width in seconds that cover ``first`` to ``last``."""
    if last <= first:
        return Grid(np.array([first, first]), 0.0)
    return Grid(np.linspace(first, last, buckets + 1), (last - first) / buckets)


@dataclass(slots=True)
class Buckets:
    """One curve's buckets, filled stretch by stretch. Empty ones have count 0 and NaN elsewhere.

    ``points`` counts what fell within the grid; ``nonfinite`` lists the first (x, value) that are no numbers:
    they take no part in the columns, except that ``nonfinite_count`` has them all.
    """

    grid: Grid
    count: npt.NDArray[np.uint32] = field(init=False)
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    total: Floats = field(init=False)
    last: Floats = field(init=False)
    smoothed: Floats = field(init=False)
    points: int = 0
    nonfinite: list[tuple[float, float]] = field(default_factory=list)
    nonfinite_count: int = 0

    def __post_init__(self) -> None:
        size = len(self.grid)
        self.count = np.zeros(size, np.uint32)
        self.low, self.high = np.full(size, np.nan), np.full(size, np.nan)
        self.total = np.zeros(size)
        self.last, self.smoothed = np.full(size, np.nan), np.full(size, np.nan)

    def mean(self) -> Floats:
        """The mean of each bucket."""
        with np.errstate(invalid="ignore"):  # 0 / 0 in empty buckets is the NaN that is wanted
            return self.total / self.count

    def add(self, xs: npt.NDArray[np.int64] | Floats, values: Floats, smoothed: Floats | None) -> None:
        """Adds points in rising x.

        Args:
            xs: where they lie; those outside of the grid are passed over.
            values: shape as ``xs``.
            smoothed: the same for the average; None when none is wanted.
        """
        edges = self.grid.edges
        inner = np.searchsorted(xs, edges[:-1], side="left")
        bounds = np.append(inner, np.searchsorted(xs, edges[-1], side="right"))
        filled = np.flatnonzero(np.diff(bounds))
        if not len(filled):
            return
        begin, end = int(bounds[0]), int(bounds[-1])
        starts, stops = bounds[filled] - begin, bounds[filled + 1] - begin
        values = values[begin:end]
        self.count[filled] += np.diff(bounds)[filled].astype(np.uint32)
        self.points += end - begin
        self.low[filled] = np.fmin(self.low[filled], np.minimum.reduceat(values, starts))
        self.high[filled] = np.fmax(self.high[filled], np.maximum.reduceat(values, starts))
        self.total[filled] += np.add.reduceat(values, starts)
        self.last[filled] = values[stops - 1]
        if smoothed is not None:
            self.smoothed[filled] = smoothed[begin:end][stops - 1]

    def add_nonfinite(self, xs: npt.NDArray[np.int64] | Floats, values: Floats) -> None:
        """Notes points whose values are no numbers, in rising x; those outside of the grid are passed over."""
        within = (xs >= self.grid.edges[0]) & (xs <= self.grid.edges[-1])
        xs, values = xs[within], values[within]
        self.points += len(values)
        self.nonfinite_count += len(values)
        room = MAX_NONFINITE - len(self.nonfinite)
        self.nonfinite += zip(xs[:room].tolist(), values[:room].tolist(), strict=True)
