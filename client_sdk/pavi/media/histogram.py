"""Distributions of values: counts between edges, and what is lost in them (extremes, sums, what is not finite)."""

import functools
from collections.abc import Sequence
from typing import Any

from pavi.media.arrays import as_array
from pavi.media.shape import Encoded, Media, NotShown, finite

__all__ = ["MAX_BINS", "Histogram"]

MAX_BINS = 512


class Histogram(Media):
    """The distribution of numbers.

    Args:
        values: an array or tensor of any shape, or a list. NaN and infinities are counted apart, in ``meta``.
        bins: how many of equal width; or their edges; or a rule of ``numpy.histogram``; or ``"tensorflow"``, the
            edges of TensorBoard: ±1e-12 × 1.1ⁿ up to 1e20, as far as values reach. Empty neighbours are joined.
            At most 512 are kept: neighbours are joined beyond.
        max_bins: join neighbours until there are at most that many.
        caption: one line of text beside it.
    """

    kind = "histogram"

    def __init__(
        self,
        values: Any,
        bins: int | str | Sequence[float] | Any = 64,
        caption: str | None = None,
        *,
        max_bins: int | None = None,
    ) -> None:
        super().__init__(caption)
        self.values = values
        self.bins = bins
        self.max_bins = max_bins
        self._raw: dict[str, Any] | None = None

    @classmethod
    def raw(
        cls,
        *,
        edges: Any,
        counts: Any,
        min: float | None = None,  # noqa: A002  # the words of TensorBoard's call
        max: float | None = None,  # noqa: A002  # as above
        num: float | None = None,
        sum: float | None = None,  # noqa: A002  # as above
        sum_squares: float | None = None,
        caption: str | None = None,
    ) -> "Histogram":
        """From counts that are known already.

        Args:
            edges: n + 1, ascending.
            counts: n.
            min, max, num, sum, sum_squares: of the values; what is None is left out or taken from edges and counts.
            caption: one line of text beside it.
        """
        histogram = cls((), caption=caption)
        histogram._raw = {
            "edges": edges,
            "counts": counts,
            "min": min,
            "max": max,
            "num": num,
            "sum": sum,
            "sum_squares": sum_squares,
        }
        return histogram

    def _encode(self) -> Encoded:
        most = MAX_BINS if self.max_bins is None else max(1, min(int(self.max_bins), MAX_BINS))
        return _from_raw(self._raw, most) if self._raw is not None else _from_values(self.values, self.bins, most)


def _from_values(values: Any, bins: Any, most: int) -> Encoded:
    import numpy as np

    array = as_array(values).reshape(-1).astype(np.float64)
    usable = np.isfinite(array)
    meta = {}
    if not usable.all():
        counts = {
            "nan": np.isnan(array),
            "positive_infinity": np.isposinf(array),
            "negative_infinity": np.isneginf(array),
        }
        meta = {name: int(found.sum()) for name, found in counts.items() if found.any()}
        array = array[usable]
    if array.size == 0:
        raise NotShown("has no finite value in it" if meta else "has no value in it: it is empty")
    counted, edges = _counted(array, bins)
    warnings: tuple[str, ...] = ()
    if len(counted) > most:
        if not isinstance(bins, str) and most == MAX_BINS:
            warnings = (f"has {len(counted)} bins; neighbours are joined into at most {MAX_BINS}",)
        counted, edges = _joined(counted, edges, most)
    with np.errstate(over="ignore"):
        body = {
            "min": float(array.min()),
            "max": float(array.max()),
            "num": int(array.size),
            "sum": finite(array.sum()),
            "sum_squares": finite(array.dot(array)),
            "edges": edges.tolist(),
            "counts": [int(count) for count in counted],
        }
    return Encoded("histogram", meta, body=body, warnings=warnings)


def _counted(array: Any, bins: Any) -> tuple[Any, Any]:
    import numpy as np

    if isinstance(bins, str) and bins == "tensorflow":
        counts, edges = np.histogram(array, _tensorflow_edges())
        return _trimmed(counts, edges)
    if isinstance(bins, str) and bins in ("auto", "fd") and _fine_bins(array) > MAX_BINS:
        bins = MAX_BINS  # the rule asks for millions where tails are heavy
    if np.ndim(bins) == 0 and (edges := _narrow_or_wide(array)) is not None:
        bins = edges
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            counts, edges = np.histogram(array, bins)
    except (ValueError, TypeError) as error:
        raise NotShown(f"has bins={bins!r:.100}, which numpy does not take ({error})") from error
    return counts, np.asarray(edges, np.float64)


def _narrow_or_wide(array: Any) -> Any:
    """Edges for values whose range numpy cannot divide: too few floats lie in it, or its width is none. Else None."""
    import numpy as np

    low, high = array.min(), array.max()
    if high / 2 - low / 2 > np.finfo(np.float64).max / 4:
        return np.unique(np.concatenate([np.linspace(min(low, 0.0), 0.0, 33), np.linspace(0.0, max(high, 0.0), 33)]))
    width = high - low if high > low else 1.0  # what numpy gives a single value
    largest = max(abs(low), abs(high))
    if width > 1e4 * (largest - np.nextafter(largest, 0.0)):  # `spacing` overflows at the largest float
        return None
    most = np.finfo(np.float64).max
    with np.errstate(over="ignore"):  # beside the largest floats lies no other
        low, high = max(np.nextafter(low, -np.inf), -most), min(np.nextafter(high, np.inf), most)
    return np.unique(np.clip(np.linspace(low, high, 65), low, high)) if np.isfinite(high - low) else None


@functools.cache
def _tensorflow_edges() -> Any:
    """As TensorBoard makes them, rounding errors included."""
    import numpy as np

    positive, edge = [], 1e-12
    while edge < 1e20:
        positive.append(edge)
        edge *= 1.1
    return np.array([*(-edge for edge in reversed(positive)), 0.0, *positive])


def _fine_bins(array: Any) -> float:
    """How many bins the rule of Freedman and Diaconis asks for."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        lower, upper = np.percentile(array, [25, 75])
        width = 2.0 * (upper - lower) / array.size ** (1 / 3)
        return float(np.ptp(array) / width) if width > 0 else 0.0


def _trimmed(counts: Any, edges: Any) -> tuple[Any, Any]:
    """Without empty bins at both ends, and with empty neighbours joined: the same counts in fewer numbers."""
    import numpy as np

    filled = np.flatnonzero(counts)
    if len(filled) == 0:  # values beyond the last edge
        return counts[:1], edges[:2]
    counts, edges = counts[filled[0] : filled[-1] + 1], edges[filled[0] : filled[-1] + 2]
    empty = counts == 0
    first = np.flatnonzero(~(empty & np.concatenate([[False], empty[:-1]])))
    return counts[first], np.append(edges[first], edges[-1])


def _joined(counts: Any, edges: Any, most: int) -> tuple[Any, Any]:
    """At most ``most`` bins: each some neighbours."""
    import numpy as np

    first = np.arange(0, len(counts), -(-len(counts) // most))
    return np.add.reduceat(counts, first), np.append(edges[first], edges[-1])


def _from_raw(raw: dict[str, Any], most: int) -> Encoded:
    import numpy as np

    counts = as_array(raw["counts"]).reshape(-1).astype(np.float64)
    edges = as_array(raw["edges"]).reshape(-1).astype(np.float64)
    if len(edges) != len(counts) + 1 or len(counts) == 0:
        raise NotShown(f"has {len(edges)} edges for {len(counts)} counts; there is one edge more than counts")
    if not np.isfinite(counts).all() or (counts < 0).any() or np.isnan(edges).any() or (np.diff(edges) < 0).any():
        raise NotShown("has counts that are no counts, or edges that do not ascend")
    edges = np.nan_to_num(edges)
    if len(counts) > most:
        counts, edges = _joined(counts, edges, most)
    body = {
        "min": finite(edges[0] if raw["min"] is None else raw["min"]),
        "max": finite(edges[-1] if raw["max"] is None else raw["max"]),
        "num": finite(counts.sum() if raw["num"] is None else raw["num"]),
        "sum": None if raw["sum"] is None else finite(raw["sum"]),
        "sum_squares": None if raw["sum_squares"] is None else finite(raw["sum_squares"]),
        "edges": edges.tolist(),
        "counts": counts.tolist(),
    }
    return Encoded("histogram", {}, body={key: value for key, value in body.items() if value is not None})
