"""Evaluates a model on this launch's images, and shows some that it gets wrong."""

from dataclasses import dataclass, field

import torch
from torch import nn

from classifier.data import Data
from classifier.metrics import Meter, Result
from classifier.precision import Precision
from classifier.ranks import Ranks

__all__ = ["Mistakes", "evaluate"]

_SIDE = 4


@dataclass
class Mistakes:
    """The first images of this rank that were taken for another class, normalised, at most 16."""

    images: list[torch.Tensor] = field(default_factory=list)

    def add(self, images: torch.Tensor, scores: torch.Tensor, labels: torch.Tensor) -> None:
        """Looks through a batch."""
        room = _SIDE**2 - len(self.images)
        if room:
            self.images.extend(images[scores.argmax(1) != labels][:room].cpu())

    def picture(self, data: Data) -> torch.Tensor | None:
        """A grid of 4 x 4 images, (channels, height, width) from 0 to 1; None when there are none."""
        if not self.images:
            return None
        images = [data.picture(image) for image in self.images]
        images += [torch.zeros_like(images[0])] * (_SIDE**2 - len(images))
        return torch.cat([torch.cat(images[row::_SIDE], dim=2) for row in range(_SIDE)], dim=1)


@torch.no_grad()
def evaluate(
    model: nn.Module, data: Data, precision: Precision, ranks: Ranks, mistakes: Mistakes | None = None
) -> Result:
    """Loss, top-1 and top-5 over all images of ``val``, those of all ranks together; every rank has to call it."""
    model.eval()
    meter = Meter()
    for images, labels in data.val:
        images, labels = images.to(ranks.device), labels.to(ranks.device)
        with precision.autocast():
            scores = model(images)
        meter.add(scores, labels)
        if mistakes is not None:
            mistakes.add(images, scores, labels)
    return meter.take(ranks)
