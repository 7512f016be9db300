"""Reads that other apps ask for: series and their statistics, the newest points, and metric values as a queryset.

`trainings` decides who may read; what is here takes ids that were allowed already.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypedDict
from uuid import UUID

from django.db.models import Count, F, Max, Min, QuerySet

from server.common.ids import made_at
from server.scalars import bodies, database, pending, reading, restate
from server.scalars.blocks import Stats, stats_of
from server.scalars.models import NO_RANK, Rewind, Segment, Series, Writer

Stat = Literal["last", "min", "max", "count", "first_step", "last_step"]
_POINTS_TOGETHER = 200_000
_COLUMN: dict[str, str] = {
    "last": "last_value",
    "min": "min_value",
    "max": "max_value",
    "count": "count",
    "first_step": "first_step",
    "last_step": "last_step",
}


class MetricValue(TypedDict):
    """A row of `metric_values`."""

    training_id: UUID
    value: Any


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """A series and its statistics. ``rank`` is None for one that is no single rank's."""

    training_id: UUID
    id: int
    tag: str
    rank: int | None
    reduce: str
    stats: Stats


@dataclass(frozen=True, slots=True)
class Backlog:
    """What compaction has not come to: how many segments, and the age of the oldest in seconds (None: no segment)."""

    segments: int
    oldest_s: float | None


def backlog() -> Backlog:
    """How far compaction is behind, over all trainings."""
    found = Segment.objects.aggregate(segments=Count("id"), oldest=Min("id"))
    age = None if found["oldest"] is None else max(0.0, time.time() - made_at(found["oldest"]))
    return Backlog(found["segments"], age)


def find_writer(writer_id: UUID) -> UUID | None:
    """The training that a writer logs into; None when it was never opened."""
    return Writer.objects.filter(id=writer_id).values_list("training_id", flat=True).first()


def metric_values(scopes: Collection[UUID], *, tag: str, stat: Stat) -> "QuerySet[Series, MetricValue]":
    """``training_id`` and ``value`` of one metric for the trainings of some scopes, from compacted points.

    For joins, ``Exists`` and ``Subquery``: filter it by ``training_id=OuterRef("pk")``. Trainings without the metric
    are not in it; a value is NULL when it is NaN.
    """
    rows = Series.objects.filter(scope__in=list(scopes), tag__name=tag, rank=NO_RANK)
    return rows.values("training_id", value=F(_COLUMN[stat]))


def series(training_ids: Collection[UUID], *, tags: Collection[str] | None = None) -> list[SeriesInfo]:
    """All series of these trainings that have points, fresh ones included, by training, tag and rank.

    Args:
        training_ids: whose.
        tags: only these.
    """
    with database.snapshot():
        rows = Series.objects.filter(training_id__in=list(training_ids)).select_related("tag")
        if tags is not None:
            rows = rows.filter(tag__name__in=list(tags))
        found = list(rows.order_by("training_id", "tag__name", "rank"))
        fresh = _with_fresh(found, training_ids)
    infos = [
        SeriesInfo(
            row.training_id,
            row.id,
            row.tag.name,
            None if row.rank == NO_RANK else row.rank,
            row.reduce,
            fresh.get((row.training_id, row.id)) or restate.of_row(row),
        )
        for row in found
    ]
    return [info for info in infos if info.stats.count]


def _with_fresh(rows: Sequence[Series], training_ids: Collection[UUID]) -> dict[tuple[UUID, int], Stats]:
    """Statistics of those series whose rows do not tell everything yet."""
    trainings = set(bodies.with_segments(training_ids))
    rewound = set(
        Rewind.objects.filter(training_id__in=list(training_ids), folded=False).values_list("training_id", flat=True)
    )
    found: dict[tuple[UUID, int], Stats] = {}
    by_key = {(row.training_id, row.id): row for row in rows}
    dictionaries = pending.Dictionaries()
    for training_id in trainings - rewound:
        for items in _together(pending.read([training_id], dictionaries)):
            for one, columns in pending.by_series(items).items():
                row = by_key.get((training_id, one))
                if row is not None:
                    before = found.get((training_id, one)) or restate.of_row(row)
                    found[(training_id, one)] = before.then(stats_of(columns))
    for training_id in rewound:
        mine = [row for row in rows if row.training_id == training_id and not row.reduce]
        refs = [reading.SeriesRef(training_id, row.id, row.tag.name) for row in mine]
        reader = reading.Reader(refs)
        for ref in refs:
            found[(training_id, ref.id)] = reading.stats(reader.runs(training_id, ref.id, distinct=False))
    found.update(_reduced(rows, trainings | rewound))
    return found


def _together(items: Iterable[pending.Pending]) -> Iterator[list[pending.Pending]]:
    """Consecutive segments, so many that sorting them costs more than calling for it."""
    group: list[pending.Pending] = []
    points = 0
    for item in items:
        group.append(item)
        points += len(item.slots)
        if points >= _POINTS_TOGETHER:
            yield group
            group, points = [], 0
    yield group


def _reduced(rows: Sequence[Series], trainings: set[UUID]) -> dict[tuple[UUID, int], Stats]:
    """Reduced curves that compaction has not come to at all; others are told as of their last compaction."""
    found: dict[tuple[UUID, int], Stats] = {}
    for row in rows:
        if not row.reduce or row.count or row.training_id not in trainings:
            continue
        members = Series.objects.filter(training_id=row.training_id, tag=row.tag_id, reduce="")
        refs = [
            reading.SeriesRef(row.training_id, member, row.tag.name) for member in members.values_list("id", flat=True)
        ]
        found[(row.training_id, row.id)] = stats_of(reading.reduce(reading.Reader(refs), refs, row.reduce))
    return found


def latest(*, training_id: UUID, tags: Collection[str] | None = None) -> dict[str, Stats]:
    """Statistics by tag of a training's series (reduced curves where ranks log), fresh points included."""
    return {info.tag: info.stats for info in series([training_id], tags=tags) if info.rank is None}


def fresh_latest(training_ids: Collection[UUID], *, tags: Collection[str]) -> dict[UUID, dict[str, Stats]]:
    """`latest` for a page of trainings: costs a read of the segments that are not compacted yet."""
    return PageStats(training_ids).latest(tags=tags)


def started_at(training_ids: Collection[UUID]) -> dict[UUID, float]:
    """The first wall time of any point of each training, in seconds; fresh points included."""
    rows = Series.objects.filter(training_id__in=list(training_ids)).values("training_id").annotate(t=Min("first_time"))
    found = {row["training_id"]: row["t"] for row in rows.order_by() if row["t"] is not None}
    missing = [training_id for training_id in training_ids if training_id not in found]
    for info in series(missing) if missing else []:
        if info.stats.first_time is not None:
            found[info.training_id] = min(info.stats.first_time, found.get(info.training_id, info.stats.first_time))
    return found


@dataclass(frozen=True, slots=True)
class StepRange:
    """From the smallest to the largest step of some series."""

    first: int
    last: int


class PageStats:
    """Statistics of the series of a page of trainings, fresh points included; of ranks, their reduced curves.

    What is compacted comes by narrow queries, one a question. What is not is read once for all questions, when the
    first is asked: of trainings with segments, or with a rewind that no row knows of yet.
    """

    def __init__(self, training_ids: Collection[UUID]) -> None:
        self._ids = list(training_ids)

    @cached_property
    def _growing(self) -> dict[UUID, list[SeriesInfo]]:
        rewound = Rewind.objects.filter(training_id__in=self._ids, folded=False).values_list("training_id", flat=True)
        found: dict[UUID, list[SeriesInfo]] = {one: [] for one in {*bodies.with_segments(self._ids), *rewound}}
        for info in series(found.keys()) if found else []:
            if info.rank is None:
                found[info.training_id].append(info)
        return found

    def _settled(self) -> "QuerySet[Series]":
        return Series.objects.filter(
            training_id__in=[one for one in self._ids if one not in self._growing], rank=NO_RANK
        )

    def latest(self, *, tags: Collection[str]) -> dict[UUID, dict[str, Stats]]:
        """Statistics by training and tag, of these tags."""
        found: dict[UUID, dict[str, Stats]] = {one: {} for one in self._ids}
        for row in self._settled().filter(tag__name__in=list(tags), count__gt=0).select_related("tag"):
            found[row.training_id][row.tag.name] = restate.of_row(row)
        for training_id, infos in self._growing.items():
            found[training_id] = {info.tag: info.stats for info in infos if info.tag in tags}
        return found

    def step_ranges(self, *, prefix: str = "", without: str | None = None) -> dict[UUID, StepRange]:
        """The steps of the series whose tags begin with ``prefix`` and not with ``without``, by training."""
        found: dict[UUID, StepRange] = {}
        rows = self._settled().filter(tag__name__startswith=prefix)
        if without is not None:
            rows = rows.exclude(tag__name__startswith=without)
        for row in rows.values("training_id").annotate(first=Min("first_step"), last=Max("last_step")).order_by():
            if row["last"] is not None:
                first = row["first"] if row["first"] is not None else row["last"]
                found[row["training_id"]] = StepRange(first, row["last"])
        for training_id, infos in self._growing.items():
            steps = [
                step
                for info in infos
                if info.tag.startswith(prefix) and not (without and info.tag.startswith(without))
                for step in (info.stats.first_step, info.stats.last_step)
                if step is not None
            ]
            if steps:
                found[training_id] = StepRange(min(steps), max(steps))
        return found
