"""Proves what is stored: counts and checksums of series, as received and again from the stored bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from server.scalars import bodies, database, pending, reading
from server.scalars.checksum import point_hashes, series_checksum, unsigned
from server.scalars.models import Series, WriterTag

_MASK = 0xFFFF_FFFF_FFFF_FFFF


@dataclass(frozen=True, slots=True)
class SeriesChecksum:
    """A series (or one writer's part of it). ``intact``: the stored bytes add up to what all writers sent."""

    tag: str
    rank: int
    count: int
    checksum: int
    intact: bool


def checksums(training_id: UUID, *, writer_id: UUID | None = None) -> list[SeriesChecksum]:
    """Count and checksum of each series that has points, hidden ones included.

    Args:
        training_id: whose.
        writer_id: only what this writer sent.
    """
    with database.snapshot():
        rows = list(
            Series.objects.filter(training_id=training_id, reduce="")
            .select_related("tag")
            .order_by("tag__name", "rank")
        )
        sent = _sent(training_id)
        reader = reading.Reader(
            [reading.SeriesRef(training_id, row.id, row.tag.name) for row in rows], include_hidden=True
        )
        items = []
        for row in rows:
            count = total = 0
            for columns in reader.runs(training_id, row.id, distinct=False):
                count += len(columns)
                total = (total + series_checksum(columns.steps, columns.times, columns.values)) & _MASK
            writers = sent.get(row.id, {})
            every = _sum(writers.values())
            own = every if writer_id is None else writers.get(writer_id, (0, 0))
            if own[0]:
                items.append(SeriesChecksum(row.tag.name, row.rank, *own, every == (count, total)))
    return items


def _sum(parts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    count = total = 0
    for points, checksum in parts:
        count += points
        total = (total + checksum) & _MASK
    return count, total


def _sent(training_id: UUID) -> dict[int, dict[UUID, tuple[int, int]]]:
    """What each writer sent to each series: compacted totals and fresh segments."""
    found: dict[int, dict[UUID, tuple[int, int]]] = {}

    def add(series: int, writer: UUID, count: int, checksum: int) -> None:
        writers = found.setdefault(series, {})
        writers[writer] = _sum([writers.get(writer, (0, 0)), (count, checksum)])

    totals = WriterTag.objects.filter(training_id=training_id, series__isnull=False, count__gt=0)
    for series, writer, count, checksum in totals.values_list("series", "writer", "count", "checksum"):
        if series is not None:
            add(series, writer, count, unsigned(checksum))
    for one in bodies.with_segments([training_id]):
        for item in pending.read([one], pending.Dictionaries()):
            hashes = point_hashes(item.slots["step"], item.slots["time"], item.slots["value"])
            for series_id in np.unique(item.series).tolist():
                mine = item.series == series_id
                add(series_id, item.writer_id, int(mine.sum()), int(hashes[mine].sum(dtype=np.uint64)))
    return found
