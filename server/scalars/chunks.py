"""Rows of chunks: made, replaced, and merged with their neighbours. What goes into them is `compaction`'s.

Whoever replaces chunks deletes exactly those that it read: who finds less was overtaken and rolls back.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Count

from server.common.ids import next_id
from server.scalars import bodies, codec, database, rewinds
from server.scalars.blocks import Columns, concatenate, finite_extreme
from server.scalars.models import Chunk, Times
from server.scalars.rewinds import RewindMark

CHUNK_POINTS = 1 << 17
"""Chunks are not merged beyond this many points (a single segment may make a larger one)."""

_MERGED_AT_ONCE = 800_000


@dataclass(frozen=True, slots=True)
class Tail:
    """A stored chunk that might grow."""

    id: int
    count: int


@dataclass(slots=True)
class NewChunk:
    """A chunk to be: its parts in order of receipt, the first ones perhaps read back from chunks that it replaces."""

    series: int
    id: int
    parts: list[Columns]
    count: int


class Overtaken(Exception):
    """Somebody else compacted what this round had read."""


class Encoder:
    """Makes rows of chunks; times that several of them share become one row."""

    def __init__(self, training_id: UUID) -> None:
        self._training_id = training_id
        self._known: dict[bytes, int] = {}
        self.times: list[Times] = []

    def row(self, chunk: NewChunk) -> Chunk:
        """The chunk's row; only the compressed form is kept in memory."""
        columns = concatenate(chunk.parts)
        chunk.parts = []
        return Chunk(
            training_id=self._training_id,
            series=chunk.series,
            id=chunk.id,
            count=len(columns),
            first_step=int(columns.steps[0]),
            last_step=int(columns.steps[-1]),
            min_time=finite_extreme(columns.times, smallest=True),
            max_time=finite_extreme(columns.times, smallest=False),
            distinct=columns.is_distinct(),
            times=self._shared(columns.times),
            steps=codec.encode_ints(columns.steps),
            values=codec.encode_floats(columns.values),
        )

    def _shared(self, times: codec.Floats) -> int:
        digest = hashlib.blake2b(np.ascontiguousarray(times).tobytes(), digest_size=16).digest()
        if digest not in self._known:
            self._known[digest] = next_id()
            row = Times(training_id=self._training_id, id=self._known[digest], body=codec.encode_floats(times))
            self.times.append(row)
        return self._known[digest]


def delete_chunks(training_id: UUID, keys: Sequence[tuple[int, int]]) -> None:
    """Deletes chunks by (series, id), and the times that only they had."""
    for start in range(0, len(keys), 500):
        some = set(keys[start : start + 500])
        rows = Chunk.objects.filter(
            training_id=training_id, series__in=[key[0] for key in some], id__in=[key[1] for key in some]
        )
        found = {(series, one): times for series, one, times in rows.values_list("series", "id", "times")}
        if not some <= found.keys():
            raise Overtaken
        deleted = 0
        for series, one in sorted(some):
            deleted += Chunk.objects.filter(training_id=training_id, series=series, id=one).delete()[0]
        if deleted != len(some):
            raise Overtaken
        held = {found[key] for key in some}
        still = Chunk.objects.filter(training_id=training_id, times__in=held).values_list("times", flat=True)
        Times.objects.filter(training_id=training_id, id__in=held - set(still)).delete()


def merge_small(training_id: UUID) -> None:
    """Merges neighbouring chunks of each series as far as CHUNK_POINTS allow; many series at once, so that series
    that were logged by the same calls go on sharing their times."""
    marks = rewinds.load([training_id]).get(training_id, [])
    crowded = Chunk.objects.filter(training_id=training_id).values("series").annotate(n=Count("id")).filter(n__gt=1)
    series = sorted(crowded.values_list("series", flat=True))
    for start in range(0, len(series), 500):
        keys: dict[int, list[Tail]] = {}
        rows = Chunk.objects.filter(training_id=training_id, series__in=series[start : start + 500])
        for one, chunk_id, count in rows.order_by("series", "id").values_list("series", "id", "count"):
            keys.setdefault(one, []).append(Tail(chunk_id, count))
        merges = [(one, group) for one, tails in keys.items() for group in _neighbours(tails, marks) if len(group) > 1]
        points = 0
        batch: list[tuple[int, list[Tail]]] = []
        for one, group in sorted(merges, key=lambda merge: (merge[1][-1].id, merge[0])):
            batch.append((one, group))
            points += sum(tail.count for tail in group)
            if points >= _MERGED_AT_ONCE:
                _merge(training_id, batch)
                batch, points = [], 0
        _merge(training_id, batch)


def _neighbours(tails: Sequence[Tail], marks: Sequence[RewindMark]) -> Iterator[list[Tail]]:
    """Runs of chunks in order of receipt that may become one."""
    group: list[Tail] = []
    count = 0
    for tail in tails:
        apart = group and any(group[-1].id < mark.id < tail.id for mark in marks)
        if group and (count + tail.count > CHUNK_POINTS or apart):
            yield group
            group, count = [], 0
        group.append(tail)
        count += tail.count
    if group:
        yield group


def _merge(training_id: UUID, merges: Sequence[tuple[int, list[Tail]]]) -> None:
    if not merges:
        return
    keys = [(series, tail.id) for series, group in merges for tail in group]
    encoder = Encoder(training_id)
    rows: list[Chunk] = []
    with database.snapshot():
        stored = bodies.fetch([(training_id, *key) for key in keys])
    if len(stored) != len(keys):
        return  # overtaken: the other one's chunks are as good
    for series, group in merges:
        parts = [stored.pop((series, tail.id)) for tail in group]
        rows.append(encoder.row(NewChunk(series, group[-1].id, parts, 0)))
    try:
        with transaction.atomic():
            delete_chunks(training_id, keys)
            Times.objects.bulk_create(encoder.times, batch_size=500)
            Chunk.objects.bulk_create(rows, batch_size=500)
    except Overtaken:
        pass
