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


def shown(stats: scalars.PageStats, wanted: Collection[tuple[str, str]]) -> dict[UUID, dict[tuple[str, str], Any]]:
    """Values of (tag, stat) for a page of trainings, points that are not compacted yet included; infinities and NaN,
    for which JSON has no numbers, are their names."""
    latest = stats.latest(tags={tag for tag, _ in wanted})
    return {
        training_id: {(tag, stat): number(getattr(mine[tag], _SHOWN[stat])) for tag, stat in wanted if tag in mine}
        for training_id, mine in latest.items()
    }


def number(value: float | None) -> Any:
    """The value, or its name where JSON has none for it."""
    return clean_number(value) if isinstance(value, float) and not math.isfinite(value) else value
