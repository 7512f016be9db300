"""Turns segments into chunks. Reads and encodes outside the write transaction, then swaps in one short one.

The swap deletes exactly what was read and counts it: whoever finds less has been overtaken, rolls back and starts
again. So compaction may run anywhere, twice at once, and die anywhere. Tasks and services call it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Count, Max, Min, Sum

from server.scalars import bodies, database, pending, restate, rewinds
from server.scalars.blocks import Stats, stats_of
from server.scalars.checksum import point_hashes, signed
from server.scalars.chunks import CHUNK_POINTS, Encoder, NewChunk, Overtaken, Tail, delete_chunks, merge_small
from server.scalars.models import Chunk, Rewind, Segment, Series, Times, WriterTag
from server.scalars.rewinds import RewindMark

ROUND_POINTS = 800_000
"""Points that one round holds in memory, and at most one segment more."""

_ROUND_SEGMENTS = 20_000
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Due:
    """A training that has something to compact."""

    training_id: UUID
    points: int
    oldest: int


@dataclass(slots=True)
class _Round:
    segments: list[int] = field(default_factory=list)
    chunks: list[NewChunk] = field(default_factory=list)
    replaced: list[tuple[int, int]] = field(default_factory=list)
    stats: dict[int, Stats] = field(default_factory=dict)
    totals: dict[tuple[UUID, int], tuple[int, int]] = field(default_factory=dict)
    rewinds: int = 0


def due() -> list[Due]:
    """Trainings with segments or unread rewinds, those with the oldest segment first."""
    rows = Segment.objects.values("training_id").annotate(held=Sum("points"), oldest=Min("id"), n=Count("id"))
    found = {row["training_id"]: Due(row["training_id"], row["held"] or 0, row["oldest"]) for row in rows}
    for training_id in Rewind.objects.filter(folded=False).values_list("training_id", flat=True).distinct():
        found.setdefault(training_id, Due(training_id, 0, 0))
    return sorted(found.values(), key=lambda item: item.oldest)


def compact(training_id: UUID, *, everything: bool = False) -> int:
    """Compacts what a training has received so far.

    Args:
        training_id: whose.
        everything: merge small chunks too, as at the end of a training, and bring reduced curves up to date.

    Returns:
        How many segments became chunks.
    """
    last = Segment.objects.filter(training_id=training_id).aggregate(last=Max("id"))["last"] or 0
    done = attempts = 0
    while True:
        try:
            count = _round(training_id, last)
        except Overtaken:
            attempts += 1
            if attempts == _ATTEMPTS:
                break
            continue
        done += count
        if count == 0:
            break
    if everything:
        merge_small(training_id)
    restate.fold_rewinds(training_id)
    restate.reduced(training_id, exactly=everything)
    return done


def _round(training_id: UUID, last: int) -> int:
    with database.snapshot():
        work = _read(training_id, last)
    if not work.segments:
        return 0
    encoder = Encoder(training_id)
    rows = [encoder.row(chunk) for chunk in work.chunks]
    with transaction.atomic():
        _swap(training_id, work, rows, encoder.times)
    return len(work.segments)


def _read(training_id: UUID, last: int) -> _Round:
    """Everything that one round needs, from one state of the database."""
    work = _Round()
    points = 0
    rows = Segment.objects.filter(training_id=training_id, id__lte=last).order_by("id").values_list("id", "points")
    for segment_id, count in rows[:_ROUND_SEGMENTS]:
        work.segments.append(segment_id)
        points += count
        if points >= ROUND_POINTS:
            break
    if not work.segments:
        return work
    marks = rewinds.load([training_id]).get(training_id, [])
    work.rewinds = len(marks)
    names = _Names(training_id)
    dictionaries = pending.Dictionaries()
    tails: dict[int, list[Tail]] = {}
    group: list[pending.Pending] = []
    for item in _in_ranges(training_id, work.segments, dictionaries):
        if group and _apart(group, item, marks):
            _take(training_id, group, work, marks, names, tails)
            group = []
        group.append(item)
        _count(item, work)
    _take(training_id, group, work, marks, names, tails)
    return work


def _in_ranges(training_id: UUID, ids: Sequence[int], dictionaries: pending.Dictionaries) -> Iterator[pending.Pending]:
    for start in range(0, len(ids), 500):
        yield from pending.read([training_id], dictionaries, ids=ids[start : start + 500])


def _apart(group: Sequence[pending.Pending], item: pending.Pending, marks: Sequence[RewindMark]) -> bool:
    """Whether a rewind lies between: what it hides must not share a chunk with what it does not."""
    return any(group[-1].id < mark.id < item.id for mark in marks)


class _Names:
    """Tags of a training's series, read only when rewinds ask for them."""

    def __init__(self, training_id: UUID) -> None:
        self._training_id = training_id
        self._names: dict[int, str] | None = None

    def __getitem__(self, series: int) -> str:
        if self._names is None:
            rows = Series.objects.filter(training_id=self._training_id).values_list("id", "tag__name")
            self._names = dict(rows)
        return self._names[series]


def _take(
    training_id: UUID,
    group: Sequence[pending.Pending],
    work: _Round,
    marks: Sequence[RewindMark],
    names: _Names,
    tails: dict[int, list[Tail]],
) -> None:
    """Adds the chunks of consecutive segments to the round, merged with small chunks at the series' ends."""
    if not group:
        return
    columns = pending.by_series(group)
    first, last = group[0].id, group[-1].id
    tails.update(_tails(training_id, [series for series in columns if series not in tails]))
    merging: dict[tuple[int, int], NewChunk] = {}
    for series, fresh in columns.items():
        visible = fresh
        if marks and (limit := rewinds.limit_for(marks, names[series], last)) is not None:
            visible = fresh.cut(0, int(np.searchsorted(fresh.steps, limit, side="right")))
        work.stats[series] = work.stats.get(series, Stats()).then(stats_of(visible))
        chunk = NewChunk(series, last, [fresh], len(fresh))
        work.chunks.append(chunk)
        for tail in tails[series]:
            if not _mergeable(tail, first, chunk.count, marks):
                break
            merging[(series, tail.id)] = chunk
            chunk.count += tail.count
        tails[series] = []  # a later group of this round does not merge again: the next round will
    _read_tails(training_id, merging, work)


def _mergeable(tail: Tail, first: int, count: int, marks: Sequence[RewindMark]) -> bool:
    """Whether a chunk at a series' end is small against what follows: each point is rewritten log(n) times."""
    return (
        tail.id < first
        and tail.count <= 2 * count
        and tail.count + count <= CHUNK_POINTS
        and not any(tail.id < mark.id < first for mark in marks)
    )


def _tails(training_id: UUID, series: Sequence[int]) -> dict[int, list[Tail]]:
    """The chunks of each series that are small enough to grow, the latest first."""
    found: dict[int, list[Tail]] = {one: [] for one in series}
    for start in range(0, len(series), 2_000):
        rows = Chunk.objects.filter(training_id=training_id, series__in=series[start : start + 2_000])
        for one, chunk_id, count in rows.order_by("series", "-id").values_list("series", "id", "count"):
            found[one].append(Tail(chunk_id, count))
    return found


def _read_tails(training_id: UUID, merging: dict[tuple[int, int], NewChunk], work: _Round) -> None:
    """Puts the small chunks in front of the parts of the chunks that replace them."""
    keys = sorted(merging, reverse=True)  # the latest first: each goes in front of what came after it
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        stored = bodies.fetch([(training_id, *key) for key in some])
        for key in some:
            merging[key].parts.insert(0, stored[key])
            work.replaced.append(key)


def _count(item: pending.Pending, work: _Round) -> None:
    """Adds a segment's points to the totals of its writer's tags."""
    kept = item.series != pending.REFUSED
    tags = item.slots["tag"][kept]
    if not len(tags):
        return
    hashes = point_hashes(item.slots["step"][kept], item.slots["time"][kept], item.slots["value"][kept])
    order = np.argsort(tags, kind="stable")
    ids, starts, counts = np.unique(tags[order], return_index=True, return_counts=True)
    sums = np.add.reduceat(hashes[order], starts, dtype=np.uint64)
    for tag, count, total in zip(ids.tolist(), counts.tolist(), sums.tolist(), strict=True):
        before = work.totals.get((item.writer_id, tag), (0, 0))
        work.totals[(item.writer_id, tag)] = (before[0] + count, before[1] + total)


def _swap(training_id: UUID, work: _Round, rows: Sequence[Chunk], times: Sequence[Times]) -> None:
    for start in range(0, len(work.segments), 500):
        ids = work.segments[start : start + 500]
        deleted, _ = Segment.objects.filter(training_id=training_id, id__in=ids).delete()
        if deleted != len(ids):
            raise Overtaken
    delete_chunks(training_id, work.replaced)
    Times.objects.bulk_create(times, batch_size=500)
    Chunk.objects.bulk_create(rows, batch_size=500)
    restate.fold(training_id, work.stats)
    # Behind the row locks of fold: a rewind that came meanwhile was not considered above.
    if Rewind.objects.filter(training_id=training_id).count() != work.rewinds:
        raise Overtaken
    _add_totals(training_id, work.totals)


def _add_totals(training_id: UUID, totals: dict[tuple[UUID, int], tuple[int, int]]) -> None:
    by_writer: dict[UUID, list[int]] = {}
    for writer_id, tag in totals:
        by_writer.setdefault(writer_id, []).append(tag)
    updates: list[tuple[object, ...]] = []
    for writer_id in sorted(by_writer):
        rows = WriterTag.objects.filter(training_id=training_id, writer=writer_id)
        if len(by_writer[writer_id]) <= 2_000:
            rows = rows.filter(local_id__in=by_writer[writer_id])
        for local_id, count, checksum in rows.order_by("local_id").values_list("local_id", "count", "checksum"):
            if (writer_id, local_id) in totals:
                more, hashes = totals[(writer_id, local_id)]
                updates.append((training_id, writer_id, local_id, count + more, signed(checksum + hashes)))
    database.update_rows("scalars_writertag", ("training_id", "writer", "local_id"), ("count", "checksum"), updates)
