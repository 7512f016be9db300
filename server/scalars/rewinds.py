"""What a resumed training hides: which steps of a series stay visible, by when its points were received."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from server.scalars.models import Rewind


@dataclass(frozen=True, slots=True)
class RewindMark:
    """One rewind. ``id`` is its place in the order of receipt."""

    training_id: UUID
    id: int
    step: int | None
    steps: dict[str, int]
    folded: bool

    def limit(self, tag: str) -> int | None:
        """The largest step that stays visible; the longest matching prefix decides, then ``step``."""
        matching = [prefix for prefix in self.steps if tag.startswith(prefix)]
        return self.steps[max(matching, key=len)] if matching else self.step


def load(training_ids: Iterable[UUID]) -> dict[UUID, list[RewindMark]]:
    """The rewinds of each training, in order of receipt; trainings without any are left out."""
    found: dict[UUID, list[RewindMark]] = {}
    rows = Rewind.objects.filter(training_id__in=list(training_ids)).order_by("training_id", "id")
    for row in rows:
        mark = RewindMark(row.training_id, row.id, row.step, row.steps, row.folded)
        found.setdefault(row.training_id, []).append(mark)
    return found


def limit_for(marks: Iterable[RewindMark], tag: str, received: int) -> int | None:
    """The largest visible step among points received at ``received``; None when all are visible."""
    limits = [limit for mark in marks if mark.id > received and (limit := mark.limit(tag)) is not None]
    return min(limits, default=None)


def problem(body: dict[str, object]) -> str | None:
    """Why a rewind event cannot be used; None when it can."""
    step, steps = body.get("step"), body.get("steps") or {}
    if step is None and not steps:
        return "a rewind needs 'step' or 'steps'"
    if not isinstance(steps, dict) or len(steps) > 1_000:
        return "'steps' of a rewind maps at most 1000 tag prefixes to steps"
    for limit in [step, *steps.values()]:
        if limit is not None and (
            isinstance(limit, bool) or not isinstance(limit, int) or not -(2**63) <= limit < 2**63
        ):
            return "the limits of a rewind are whole numbers of 64 bits"
    if any("\0" in prefix or len(prefix) > 512 for prefix in steps):
        return "a prefix of a rewind is no part of a tag"
    return None
