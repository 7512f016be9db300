"""TensorBoard's two forms of histograms as edges and counts, at most 512 bins."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from pavi.tensorboard.protobuf import BYTES, Field
from pavi.tensorboard.tensors import Tensor

__all__ = ["MAX_BINS", "from_buckets", "from_tensor"]

MAX_BINS = 512
_ENDLESS = 1e300
"""The outermost limits stand for infinity."""

Floats = npt.NDArray[np.float64]


def from_buckets(message: Field) -> dict[str, Any]:
    """A `HistogramProto`: statistics, upper limits and counts."""
    stats = {1: 0.0, 2: 0.0, 3: 0.0, 4: 0.0, 5: 0.0}
    lists: dict[int, list[float]] = {6: [], 7: []}
    for one in message.fields():
        if one.id in stats:
            stats[one.id] = one.double()
        elif one.id in lists:
            packed = one.wire == BYTES
            lists[one.id] += np.frombuffer(one.bytes(), "<f8").tolist() if packed else [one.double()]
    low, high, number, total, squares = stats.values()
    limits, counts = np.array(lists[6], np.float64), np.array(lists[7], np.float64)
    length = min(len(limits), len(counts))
    limits, counts = limits[:length], counts[:length]
    first = min(low, float(limits[0])) if length and low <= high else 0.0
    edges = np.concatenate([[first], limits])
    if length and abs(edges[0]) >= _ENDLESS:
        edges[0] = min(low, *(float(edge) for edge in edges[1:2]))
    if length and edges[-1] >= _ENDLESS:
        edges[-1] = max(high, float(edges[-2]))
    return _body(edges, counts, low, high, number, total, squares)


def from_tensor(tensor: Tensor) -> dict[str, Any] | None:
    """Rows of left edge, right edge and count. None: it is no histogram."""
    if tensor.numbers is None or len(tensor.shape) != 2 or tensor.shape[1] != 3:
        return None
    rows = tensor.numbers.reshape(tensor.shape)
    if not len(rows):
        return _body(np.zeros(1), np.zeros(0), 0.0, 0.0, 0.0, 0.0, 0.0)
    edges, counts = np.append(rows[:, 0], rows[-1, 1]), rows[:, 2].copy()
    middle = (rows[:, 0] + rows[:, 1]) / 2
    sums = (_sum(column) for column in (counts, middle * counts, middle * middle * counts))
    return _body(edges, counts, float(edges[0]), float(edges[-1]), *sums)


def _body(
    edges: Floats, counts: Floats, low: float, high: float, number: float, total: float, squares: float
) -> dict[str, Any]:
    filled = np.flatnonzero(counts)
    if len(filled):
        counts = counts[filled[0] : filled[-1] + 1]
        edges = edges[filled[0] : filled[-1] + 2]
    width = -(-len(counts) // MAX_BINS)
    if width > 1:
        starts = np.arange(0, len(counts), width)
        counts = np.array([_sum(counts[start : start + width]) for start in starts.tolist()])
        edges = np.append(edges[starts], edges[-1])
    return {
        "min": _json(low),
        "max": _json(high),
        "num": _json(number),
        "sum": _json(total),
        "sum_squares": _json(squares),
        "edges": [_json(edge) for edge in edges.tolist()],
        "counts": [_json(count) for count in counts.tolist()],
    }


def _sum(numbers: Floats) -> float:
    """Exact, and so the same on every machine: numpy's own sum depends on what the processor can do."""
    try:
        return math.fsum(numbers.tolist())
    except (OverflowError, ValueError):  # infinities of both signs, or a sum beyond floats
        return math.nan


def _json(number: float) -> float | str:
    if math.isfinite(number):
        return number
    return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
