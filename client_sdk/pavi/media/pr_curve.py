"""Precision and recall of a binary classifier over thresholds, counted as TensorBoard counts them."""

from typing import Any

from pavi.media.arrays import as_array
from pavi.media.shape import Encoded, Media, NotShown

__all__ = ["PrCurve"]

_MOST_THRESHOLDS = 1_000
_SMALLEST = 1e-7


class PrCurve(Media):
    """A precision–recall curve.

    Args:
        labels: truth, an array or tensor of 0 and 1 or bool, any shape.
        predictions: probabilities from 0 to 1, of the same shape.
        num_thresholds: evenly from 0 to 1, at most 1,000.
        weights: one number for all, or of the same shape.
        caption: one line of text beside it.
    """

    kind = "pr_curve"

    def __init__(
        self,
        labels: Any,
        predictions: Any,
        num_thresholds: int = 127,
        weights: Any = None,
        caption: str | None = None,
    ) -> None:
        super().__init__(caption)
        self.labels = labels
        self.predictions = predictions
        self.num_thresholds = num_thresholds
        self.weights = weights
        self._raw: tuple[Any, ...] | None = None

    @classmethod
    def raw(
        cls,
        *,
        true_positives: Any,
        false_positives: Any,
        true_negatives: Any,
        false_negatives: Any,
        precision: Any,
        recall: Any,
        thresholds: Any = None,
        caption: str | None = None,
    ) -> "PrCurve":
        """From counts that are known already: lists of one length, over ascending thresholds (evenly when None)."""
        curve = cls((), (), caption=caption)
        curve._raw = (
            thresholds,
            true_positives,
            false_positives,
            true_negatives,
            false_negatives,
            precision,
            recall,
        )
        return curve

    def _encode(self) -> Encoded:
        import numpy as np

        if self._raw is not None:
            warnings: tuple[str, ...] = ()
            given, *rows = self._raw
            columns = [as_array(row).reshape(-1).astype(np.float64) for row in rows]
            count = len(columns[0])
            thresholds = np.linspace(0.0, 1.0, count) if given is None else as_array(given).reshape(-1).astype(float)
            if count == 0 or any(len(column) != count for column in (*columns, thresholds)):
                raise NotShown("has lists of different lengths, or empty ones")
            columns = [thresholds, *(np.nan_to_num(column) for column in columns)]
        else:
            columns, warnings = self._counted()
        if len(columns[0]) > _MOST_THRESHOLDS:
            raise NotShown(f"has {len(columns[0])} thresholds; give at most {_MOST_THRESHOLDS}")
        return Encoded(
            self.kind,
            {},
            body={name: column.tolist() for name, column in zip(_NAMES, columns, strict=True)},
            warnings=warnings,
        )

    def _counted(self) -> tuple[list[Any], tuple[str, ...]]:
        import numpy as np

        count = max(2, min(int(self.num_thresholds), _MOST_THRESHOLDS))
        labels = as_array(self.labels).reshape(-1).astype(np.float64)
        predictions = as_array(self.predictions).reshape(-1).astype(np.float64)
        weights = np.ones_like(labels)
        if self.weights is not None:
            weights = weights * as_array(self.weights).reshape(-1)
        if labels.shape != predictions.shape or labels.size == 0:
            raise NotShown(f"has {labels.size} labels for {predictions.size} predictions")
        warnings: list[str] = []
        usable = np.isfinite(predictions) & np.isfinite(labels) & np.isfinite(weights)
        if not usable.all():
            warnings.append(f"has {int((~usable).sum())} values that are not finite; they are left out")
            labels, predictions, weights = labels[usable], predictions[usable], weights[usable]
        if predictions.size and (predictions.min() < 0 or predictions.max() > 1):
            warnings.append("has predictions beyond 0 to 1, which are cut off there; give probabilities")
            predictions = predictions.clip(0, 1)
        buckets = np.floor(predictions * (count - 1)).astype(np.int64)
        positive = np.bincount(buckets, labels * weights, count)[::-1].cumsum()[::-1]
        negative = np.bincount(buckets, (1.0 - labels) * weights, count)[::-1].cumsum()[::-1]
        rest_negative, rest_positive = negative[0] - negative, positive[0] - positive
        precision = positive / np.maximum(_SMALLEST, positive + negative)
        recall = positive / np.maximum(_SMALLEST, positive + rest_positive)
        thresholds = np.linspace(0.0, 1.0, count)
        return [thresholds, positive, negative, rest_negative, rest_positive, precision, recall], tuple(warnings)


_NAMES = (
    "thresholds",
    "true_positives",
    "false_positives",
    "true_negatives",
    "false_negatives",
    "precision",
    "recall",
)
