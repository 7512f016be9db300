"""Values of metrics by training, from the series store: as this app joins and sorts them, and as it shows them."""

import math
from collections.abc import Collection, Sequence
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet

from server.scalars import selectors as scalars
from server.trainings.values import clean_number


def pairs(projects: Sequence[UUID], *, tag: str, stat: str) -> QuerySet[Any, Any]:
    """Rows with ``training_id`` and ``value`` (annotated, so it filters and sorts); NULL values are NaN."""
    return scalars.metric_values(projects, tag=tag, stat=cast(scalars.Stat, stat))


_SHOWN = {
    "last": "last_value",
    "min": "minimum",
    "max": "maximum",
    "count": "count",
    "first_step": "first_step",
    "last_step": "last_step",
}


def shown(training_ids: Sequence[UUID], wanted: Collection[tuple[str, str]]) -> dict[UUID, dict[tuple[str, str], Any]]:
    """Values of (tag, stat) for a page of trainings, points that are not compacted yet included; infinities and NaN,
    for which JSON has no numbers, are their names."""
    fresh = scalars.fresh_latest(training_ids, tags={tag for tag, _ in wanted})
    return {
        training_id: {(tag, stat): _number(getattr(stats[tag], _SHOWN[stat])) for tag, stat in wanted if tag in stats}
        for training_id, stats in fresh.items()
    }


def _number(value: float | None) -> Any:
    return clean_number(value) if isinstance(value, float) and not math.isfinite(value) else value
