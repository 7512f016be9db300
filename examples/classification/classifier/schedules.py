"""Learning rates over a training: a factor of the base rate for every iteration. Standard library only.

A schedule is a pure function of the iteration, so a resumed training needs nothing but its iteration to go on.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass

__all__ = ["SCHEDULES", "CosineLR", "EpochStepLR", "LinearLR", "MultiStepLR", "Schedule"]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """What all schedules share: the length of the training, and a linear warm-up.

    Args:
        epochs: length of the training.
        per_epoch: iterations in an epoch.
        warmup_epochs: length of the warm-up; may be fractional.
        warmup_factor: the factor of iteration 0 when there is a warm-up. It grows linearly to 1.

    Raises:
        ValueError: an argument makes no sense.
    """

    epochs: int
    per_epoch: int
    warmup_epochs: float = 0.0
    warmup_factor: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.warmup_epochs <= self.epochs:
            raise ValueError(f"warmup_epochs={self.warmup_epochs} is not within the {self.epochs} epochs")
        if not 0 <= self.warmup_factor <= 1:
            raise ValueError(f"warmup_factor={self.warmup_factor} is not between 0 and 1")

    def factor(self, iteration: int) -> float:
        """What the base rate is multiplied by for the update of ``iteration``, counted from 0."""
        warmup = self._iterations(self.warmup_epochs)
        if iteration >= warmup:
            return self._decay(iteration)
        ramp = self.warmup_factor + (1 - self.warmup_factor) * iteration / warmup
        return ramp * self._decay(iteration)

    def _decay(self, iteration: int) -> float:
        raise NotImplementedError

    def _iterations(self, epochs: float) -> int:
        return round(epochs * self.per_epoch)

    def _progress(self, iteration: int) -> float:
        """How much of the time after the warm-up has passed: 0 to 1, and 1 when the training is over."""
        warmup = self._iterations(self.warmup_epochs)
        rest = self._iterations(self.epochs) - warmup
        return min(max(iteration - warmup, 0) / rest, 1.0) if rest > 0 else 1.0


@dataclass(frozen=True, kw_only=True)
class MultiStepLR(Schedule):
    """Multiplied by ``gamma`` at each milestone.

    Args:
        milestones: epochs, counted from the beginning of the training; may be fractional.
        gamma: the multiplier.
    """

    milestones: tuple[float, ...]
    gamma: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(milestone < 0 for milestone in self.milestones):
            raise ValueError(f"milestones={list(self.milestones)}: an epoch cannot be below 0")

    def _decay(self, iteration: int) -> float:
        passed = bisect_right(sorted(map(self._iterations, self.milestones)), iteration)
        return float(self.gamma**passed)


@dataclass(frozen=True, kw_only=True)
class EpochStepLR(Schedule):
    """Multiplied by ``gamma`` after every ``every`` epochs, counted from the beginning of the training."""

    every: int
    gamma: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.every < 1:
            raise ValueError(f"every={self.every}: give a number of epochs above 0")

    def _decay(self, iteration: int) -> float:
        return float(self.gamma ** (iteration // self._iterations(self.every)))


@dataclass(frozen=True, kw_only=True)
class LinearLR(Schedule):
    """A straight line from 1, at the end of the warm-up, to ``final_factor``, at the end of the training."""

    final_factor: float = 0.0

    def _decay(self, iteration: int) -> float:
        return 1 + (self.final_factor - 1) * self._progress(iteration)


@dataclass(frozen=True, kw_only=True)
class CosineLR(Schedule):
    """Half a cosine from 1 to ``final_factor`` (Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, without
    restarts)."""

    final_factor: float = 0.0

    def _decay(self, iteration: int) -> float:
        wave = (1 + math.cos(math.pi * self._progress(iteration))) / 2
        return self.final_factor + (1 - self.final_factor) * wave


SCHEDULES: dict[str, type[Schedule]] = {
    "MultiStepLR": MultiStepLR,
    "EpochStepLR": EpochStepLR,
    "LinearLR": LinearLR,
    "CosineLR": CosineLR,
}
