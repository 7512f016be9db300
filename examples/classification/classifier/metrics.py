"""Loss and top-k accuracy, summed over batches and ranks: every image counts once, however they are spread."""

from dataclasses import dataclass

import torch
from torch.nn import functional

from classifier.ranks import Ranks

__all__ = ["Meter", "Result", "top_k"]


@dataclass(frozen=True)
class Result:
    """Means over images.

    Attributes:
        loss: cross entropy in nats.
        top1, top5: shares between 0 and 1.
        images: how many.
    """

    loss: float
    top1: float
    top5: float
    images: int


class Meter:
    """Sums of one rank since the last `take`."""

    def __init__(self) -> None:
        self._sums = torch.zeros(4, dtype=torch.float64)

    def add(self, scores: torch.Tensor, labels: torch.Tensor) -> None:
        """Counts a batch: scores (images, classes) and the right classes (images,)."""
        scores = scores.detach().float()
        loss = functional.cross_entropy(scores, labels, reduction="sum")
        sums = [loss, top_k(scores, labels, 1).sum(), top_k(scores, labels, 5).sum()]
        self._sums += torch.tensor([*map(float, sums), len(labels)], dtype=torch.float64)

    def take(self, ranks: Ranks) -> Result:
        """The means over all ranks, which all have to ask; the sums begin anew."""
        loss, top1, top5, images = ranks.sum(self._sums).tolist()
        self._sums.zero_()
        return Result(loss / images, top1 / images, top5 / images, int(images))


def top_k(scores: torch.Tensor, labels: torch.Tensor, k: int) -> torch.Tensor:
    """Whether each label (images,) is among the ``k`` highest scores (images, classes); with fewer classes, always."""
    best = scores.topk(min(k, scores.shape[1]), dim=1).indices
    return (best == labels[:, None]).any(dim=1)
