"""How far trainings are, derived when they are shown from the curves themselves: nothing to keep in step."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.scalars.selectors import PageStats, StepRange
from server.trainings.models import Training

_EPOCHS = ("epoch", "train/epoch")
"""Curves whose values are epochs, as loops log them."""
EVALUATION = "val/"
"""OpenMMLab's hooks (mmcv from 1.2.0) count epochs in the steps of these curves, and iterations in the others."""
OWN = "system/"
"""Curves of the machine, whose steps are seconds."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``unit`` is ``iteration`` or ``epoch``; without a total there is no bar, only how far it came."""

    current: int | None
    total: int | None
    unit: str


def of(trainings: Sequence[Training], stats: PageStats) -> dict[UUID, Progress]:
    """Progress by training: the largest step, or where the total counts epochs, the epoch that its curves tell."""
    steps = stats.step_ranges(without=OWN)
    epochal = any(training.progress_unit == "epoch" for training in trainings)
    logged = stats.latest(tags=_EPOCHS) if epochal else {}
    evaluated = stats.step_ranges(prefix=EVALUATION) if epochal else {}
    found: dict[UUID, Progress] = {}
    for training in trainings:
        total = training.progress_total
        current = _done(steps.get(training.id))
        if training.progress_unit == "epoch":
            values = [one.last_value for one in logged[training.id].values() if one.last_value is not None]
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
