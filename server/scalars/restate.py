"""Keeps the statistics of series rows: folds new points in, and reads a series again where folding is not enough
(a rewind hid points, or ranks are reduced to one curve)."""

import math
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from server.scalars import database, reading, rewinds
from server.scalars.blocks import Stats, stats_of
from server.scalars.models import NO_RANK, Rewind, Series

_COLUMNS = ("count", "first_step", "last_step", "first_time", "last_time", "last_value", "min_value", "max_value")
_REREAD_AT = 1.05  # a reduced curve is read again when its ranks have 5 % more points: n log n over a training


def of_row(row: Series) -> Stats:
    """The statistics that a row holds; a missing last value of a series with points is NaN."""
    last = math.nan if row.last_value is None and row.count else row.last_value
    return Stats(
        row.count,
        row.first_step,
        row.last_step,
        row.first_time,
        row.last_time,
        last,
        row.min_value,
        row.max_value,
    )


def fold(training_id: UUID, changes: Mapping[int, Stats]) -> None:
    """Adds newly compacted points to the rows. Call inside the transaction that stores the chunks."""
    rows = Series.objects.select_for_update().filter(training_id=training_id)
    if len(changes) <= 2_000:
        rows = rows.filter(id__in=list(changes))
    updates = [
        _update(training_id, row.id, of_row(row).then(changes[row.id]))
        for row in rows.order_by("id")
        if row.id in changes
    ]
    database.update_rows("scalars_series", ("training_id", "id"), _COLUMNS, updates)


def fold_rewinds(training_id: UUID) -> None:
    """Brings statistics in line with rewinds that they do not know of yet."""
    with transaction.atomic():
        marks = rewinds.load([training_id]).get(training_id, [])
        fresh = [mark for mark in marks if not mark.folded]
        if not fresh:
            return
        # The rows are held while their chunks are read, so that no other compaction folds into old numbers.
        rows = list(
            Series.objects.select_for_update(of=("self",))
            .select_related("tag")
            .filter(training_id=training_id, reduce="", count__gt=0)
            .order_by("id")
        )
        stale = [
            row
            for row in rows
            if any(
                (limit := mark.limit(row.tag.name)) is not None and row.last_step is not None and row.last_step > limit
                for mark in fresh
            )
        ]
        reader = reading.Reader([reading.SeriesRef(training_id, row.id, row.tag.name) for row in stale], fresh=False)
        updates = [
            _update(training_id, row.id, reading.stats(reader.runs(training_id, row.id, distinct=False)))
            for row in stale
        ]
        database.update_rows("scalars_series", ("training_id", "id"), _COLUMNS, updates)
        Rewind.objects.filter(training_id=training_id, id__in=[mark.id for mark in fresh]).update(folded=True)
        Series.objects.filter(training_id=training_id).exclude(reduce="").update(reduced_from=0)


def reduced(training_id: UUID, *, exactly: bool) -> None:
    """Reads reduced curves again whose ranks have got enough new points (``exactly``: any) since the last time."""
    curves = list(Series.objects.filter(training_id=training_id).exclude(reduce=""))
    if not curves:
        return
    ranks: dict[int, list[Series]] = {}
    for row in Series.objects.filter(training_id=training_id).exclude(rank=NO_RANK).select_related("tag"):
        ranks.setdefault(row.tag_id, []).append(row)
    for curve in curves:
        members = ranks.get(curve.tag_id, [])
        points = sum(member.count for member in members)
        grown = points != curve.reduced_from if exactly else points > curve.reduced_from * _REREAD_AT
        if not grown:
            continue
        with database.snapshot():
            refs = [reading.SeriesRef(training_id, member.id, member.tag.name) for member in members]
            columns = reading.reduce(reading.Reader(refs, fresh=False), refs, curve.reduce)
        database.update_rows(
            "scalars_series",
            ("training_id", "id"),
            (*_COLUMNS, "reduced_from"),
            [(*_update(training_id, curve.id, stats_of(columns)), points)],
        )


def _update(training_id: UUID, series: int, stats: Stats) -> tuple[object, ...]:
    return (
        training_id,
        series,
        stats.count,
        stats.first_step,
        stats.last_step,
        stats.first_time,
        _number(stats.last_time),
        _number(stats.last_value),
        stats.minimum,
        stats.maximum,
    )


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
