"""Columns of points in memory, and their statistics: what reading and compaction hand around. Owns no table."""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from server.scalars.codec import Floats, Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """Points in step order, equal steps in order of receipt. Shape of each: (n,)."""

    steps: Ints
    times: Floats
    values: Floats

    def __len__(self) -> int:
        return len(self.steps)

    def cut(self, start: int, stop: int) -> "Columns":
        """The points at positions ``start`` to ``stop``."""
        return Columns(self.steps[start:stop], self.times[start:stop], self.values[start:stop])

    def is_distinct(self) -> bool:
        """Whether no step occurs twice."""
        return bool((self.steps[1:] != self.steps[:-1]).all())

    def winners(self) -> "Columns":
        """Of equal steps, the point received last."""
        if self.is_distinct():
            return self
        keep = np.append(self.steps[1:] != self.steps[:-1], True)
        return Columns(self.steps[keep], self.times[keep], self.values[keep])


_Number = TypeVar("_Number", int, float)

EMPTY = Columns(np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.float64))


def in_step_order(steps: Ints, times: Floats, values: Floats) -> Columns:
    """Columns from points in order of receipt."""
    if (steps[1:] >= steps[:-1]).all():
        return Columns(steps, times, values)
    order = np.argsort(steps, kind="stable")
    return Columns(steps[order], times[order], values[order])


def concatenate(parts: list[Columns]) -> Columns:
    """Columns from parts in order of receipt."""
    if len(parts) == 1:
        return parts[0]
    return in_step_order(
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class Stats:
    """What tables show of a series. ``last_*`` belong to the latest received point of the largest step.

    ``minimum`` and ``maximum`` leave NaN out and are None where nothing else is there; ``last_value`` may be NaN.
    """

    count: int = 0
    first_step: int | None = None
    last_step: int | None = None
    first_time: float | None = None
    last_time: float | None = None
    last_value: float | None = None
    minimum: float | None = None
    maximum: float | None = None

    def then(self, later: "Stats") -> "Stats":
        """Statistics of these points and of others, received later."""
        if not later.count or later.last_step is None:
            return self
        if not self.count or self.last_step is None:
            return later
        newest = later if later.last_step >= self.last_step else self
        return Stats(
            self.count + later.count,
            _least(self.first_step, later.first_step),
            max(self.last_step, later.last_step),
            _least(self.first_time, later.first_time),
            newest.last_time,
            newest.last_value,
            _least(self.minimum, later.minimum),
            _most(self.maximum, later.maximum),
        )


def stats_of(columns: Columns) -> Stats:
    """Statistics of points in step order."""
    if not len(columns):
        return Stats()
    values = columns.values
    some = not np.isnan(values).all()
    return Stats(
        len(columns),
        int(columns.steps[0]),
        int(columns.steps[-1]),
        finite_extreme(columns.times, smallest=True),
        float(columns.times[-1]),
        float(values[-1]),
        float(np.nanmin(values)) if some else None,
        float(np.nanmax(values)) if some else None,
    )


def finite_extreme(times: Floats, *, smallest: bool) -> float | None:
    """The earliest or latest time that is a number; None when there is none."""
    extreme = float(times.min() if smallest else times.max())
    if math.isfinite(extreme):
        return extreme
    numbers = times[np.isfinite(times)]
    if not len(numbers):
        return None
    return float(numbers.min() if smallest else numbers.max())


def _least(a: _Number | None, b: _Number | None) -> _Number | None:
    return b if a is None else a if b is None else min(a, b)


def _most(a: float | None, b: float | None) -> float | None:
    return b if a is None else a if b is None else max(a, b)
