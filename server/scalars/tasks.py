"""Celery tasks of the series store."""

import time

from celery import shared_task

from server.common.ids import made_at
from server.scalars import compaction

_BUDGET_S = 20.0
_MANY_POINTS = 200_000
_OLD_S = 3.0


@shared_task(name="scalars.compact_due")  # type: ignore[untyped-decorator]
def compact_due() -> int:
    """Compacts trainings that hold many points or old ones, the most pressing first, within a time budget.

    Returns:
        How many trainings were compacted.
    """
    end = time.monotonic() + _BUDGET_S
    now = time.time()
    done = 0
    pressing = [
        (item.points / _MANY_POINTS + age_s / _OLD_S, item.training_id)
        for item in compaction.due()
        if (age_s := now - made_at(item.oldest)) >= _OLD_S or item.points >= _MANY_POINTS
    ]
    for _, training_id in sorted(pressing, reverse=True):
        if time.monotonic() > end:
            break
        compaction.compact(training_id)
        done += 1
    return done
