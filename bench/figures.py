"""Samples become figures here: n, median, tails and spread. Knows no bar."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

ENOUGH_FOR_P99 = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured for one bar, in the bar's unit.

    ``value`` is what the verdict is about; the rest says how far it can be trusted. ``p99`` is None with fewer than
    100 samples, for which it would be a fancy word for the maximum.
    """

    value: float
    n: int
    median: float
    p99: float | None
    quartiles: tuple[float, float]
    low: float
    high: float
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def quantile(ordered: Sequence[float], q: float) -> float:
    """The ``q`` quantile of sorted samples, by linear interpolation.

    Raises:
        ValueError: there are no samples.
    """
    if not ordered:
        raise ValueError("no samples were taken")
    position = q * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def of(samples: Sequence[float], *, judge: float | None = None, note: str = "") -> Figure:
    """A figure over samples. ``judge`` is the quantile that the verdict is about (default: the median)."""
    ordered = sorted(samples)
    median = statistics.median(ordered) if ordered else quantile(ordered, 0.5)
    return Figure(
        value=median if judge is None else quantile(ordered, judge),
        n=len(ordered),
        median=median,
        p99=quantile(ordered, 0.99) if len(ordered) >= ENOUGH_FOR_P99 else None,
        quartiles=(quantile(ordered, 0.25), quantile(ordered, 0.75)),
        low=ordered[0],
        high=ordered[-1],
        note=note,
    )


def single(value: float, *, n: int = 1, note: str = "") -> Figure:
    """A figure that is a count or a total over ``n`` repetitions, without a distribution."""
    return Figure(value, n, value, None, (value, value), value, value, note)


def from_dict(data: dict[str, Any]) -> Figure:
    """The reverse of `Figure.as_dict`, for results read from a file."""
    low, high = data["quartiles"]
    return Figure(**{**data, "quartiles": (low, high)})
