"""The exponential moving average that charts show, computed from all points, a stretch at a time."""

import numpy as np

from server.scalars.codec import Floats

_NOTHING = 1e-18  # adds nothing to a float64 sum of numbers of one size


class Smoother:
    """Debiased exponential moving average, as TensorBoard draws it; keeps its state between stretches.

    With weight w: ``y_i = w · y_{i−1} + (1 − w) · x_i`` from ``y_0 = 0``, and what is drawn is ``y_i / (1 − w^i)``
    (the bias correction of Kingma and Ba, "Adam", ICLR 2015, section 3).

    Args:
        weight: 0 (no smoothing) to below 1.
    """

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self._state = 0.0
        self._bias = 1.0

    def smooth(self, values: Floats) -> Floats:
        """The averages of the next points (shape (n,), finite)."""
        count = len(values)
        if not count or not self._weight:
            return values
        averages = _recur(values * (1.0 - self._weight), self._weight)
        # What the state and the bias add dies away: only so many points feel it.
        felt = min(count, int(np.log(_NOTHING) / np.log(self._weight)) + 1)
        powers = self._weight ** np.arange(1, felt + 1, dtype=np.float64)
        averages[:felt] += self._state * powers
        self._state = float(averages[-1])
        averages[:felt] /= 1.0 - self._bias * powers
        self._bias *= self._weight**count
        return averages


def _recur(values: Floats, weight: float) -> Floats:
    """``y_i = x_i + w · y_{i−1}`` by doubling (Hillis and Steele, CACM 29:12, 1986): after the pass for k each point
    holds its last 2k terms. Passes stop where a term no longer counts."""
    sums = values
    reach = 1
    while reach < len(sums) and weight**reach > _NOTHING:
        sums[reach:] += weight**reach * sums[:-reach]
        reach *= 2
    return sums
