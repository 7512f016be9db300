"""How far trainings are, derived when they are shown from the curves themselves: nothing to keep in step."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.scalars import selectors as scalars
from server.scalars.selectors import StepRange
from server.trainings.models import Training

_EPOCHS = ("epoch", "train/epoch")
"""Curves whose values are epochs, as loops log them."""
_EVALUATION = "val/"
"""OpenMMLab's hooks (mmcv from 1.2.0) count epochs in the steps of these curves, and iterations in the others."""
_OWN = "system/"
"""Curves of the machine, whose steps are seconds."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``unit`` is ``iteration`` or ``epoch``; without a total there is no bar, only how far it came."""

    current: int | None
    total: int | None
    unit: str


def of(trainings: Sequence[Training]) -> dict[UUID, Progress]:
    """Progress by training: the largest step, or where the total counts epochs, the epoch that its curves tell."""
    steps = scalars.step_ranges([training.id for training in trainings], without=_OWN)
    epochal = [training.id for training in trainings if training.progress_unit == "epoch"]
    logged = scalars.fresh_latest(epochal, tags=_EPOCHS) if epochal else {}
    evaluated = scalars.step_ranges(epochal, prefix=_EVALUATION) if epochal else {}
    found: dict[UUID, Progress] = {}
    for training in trainings:
        total = training.progress_total
        current = _done(steps.get(training.id))
        if training.progress_unit == "epoch":
            values = [stats.last_value for stats in logged[training.id].values() if stats.last_value is not None]
            if values:
                current = int(max(values))
            else:  # steps that go beyond the total count something else
                told = (_done(evaluated.get(training.id)), current)
                current = next((one for one in told if one is not None and (total is None or one <= total)), None)
        found[training.id] = Progress(current, total, training.progress_unit)
    return found


def _done(steps: StepRange | None) -> int | None:
    """How many steps are done: loops that count from 0 have done one more than they count."""
    if steps is None:
        return None
    return steps.last + 1 if steps.first == 0 else steps.last
