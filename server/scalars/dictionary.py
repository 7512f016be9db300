"""A writer's dictionary as batches change it: which tags are taken, which are refused and why, and their rows.

Owns `Change`, what a group of batches does to one writer. Moves no watermark and stores no points.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from pavi.protocol import KIND_MASK, MAX_TAGS, POINT, SLOT_BYTES, Refused, tag_problem
from server.common.ids import next_id
from server.scalars.batches import Batch, point_slots
from server.scalars.errors import MalformedBatch
from server.scalars.models import NO_RANK, Series, Tag, Writer, WriterTag
from server.scalars.writers import KnownWriter

MAX_REFUSED_ROWS = 1_000
MAX_REFUSED_ANSWERED = 100
BAD_TAG, TOO_MANY_TAGS = "scalars.bad_tag", "scalars.too_many_tags"


@dataclass(slots=True)
class Change:
    """What a group does to one writer."""

    known: KnownWriter
    watermark: int
    points: int = 0
    lost: int = 0
    tags: dict[int, str] = field(default_factory=dict)
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)
    overflow: bool = False
    refused_points: int = 0

    def knows(self, local_id: int) -> bool:
        return local_id in self.tags or local_id in self.refused or self.overflow or self.known.knows(local_id)

    def name(self, local_id: int) -> str | None:
        return self.tags.get(local_id) or self.known.tags.get(local_id)

    def refusal(self, local_id: int) -> tuple[str, str]:
        found = self.refused.get(local_id) or self.known.refused.get(local_id)
        return found or (f"(tag {local_id})", TOO_MANY_TAGS)


def admit_tags(change: Change, batch: Batch) -> None:
    """Takes a batch's definitions into the change, or raises and leaves it as it was."""
    for local_id in batch.needed:
        if not change.knows(local_id):
            slots = np.frombuffer(batch.data, np.uint32).reshape(-1, SLOT_BYTES // 4)
            slot = int(np.flatnonzero((slots[:, 0] == local_id) & (slots[:, 1] & KIND_MASK == POINT))[0])
            raise MalformedBatch(
                f"The point at slot {slot} uses tag id {local_id}, which was never defined. Send its TAG record first.",
                slot=slot,
            )
    tags: dict[int, str] = {}
    refused: dict[int, tuple[str, str]] = {}
    for slot, local_id, name in batch.tags:
        before = tags.get(local_id) or change.name(local_id)
        if before is not None:
            if before != name:
                raise MalformedBatch(f"The record at slot {slot} gives tag id {local_id} a second name.", slot=slot)
        elif local_id in refused or local_id in change.refused or local_id in change.known.refused:
            continue
        elif problem := tag_problem(name):
            refused[local_id] = (f"{ascii(name)[1:-1][:150]} {problem}"[:200], BAD_TAG)
        else:
            tags[local_id] = name
    change.tags.update(tags)
    room = MAX_REFUSED_ROWS - len(change.refused) - len(change.known.refused)
    change.refused.update(list(refused.items())[: max(0, room)])
    change.overflow = change.overflow or len(refused) > room


def store_tags(changes: Sequence[Change]) -> None:
    """Makes series and dictionary rows of new tags; moves to ``refused`` what is beyond the limit."""
    for training_id in sorted({change.known.training_id for change in changes}):
        mine = [change for change in changes if change.known.training_id == training_id]
        _limit_tags(training_id, mine)
        series = _series_ids(mine)
        rows: list[WriterTag] = []
        for change in mine:
            known = change.known
            for local_id, name in change.tags.items():
                rows.append(
                    WriterTag(
                        training_id=training_id,
                        writer=known.id,
                        local_id=local_id,
                        series=series[(name, known.rank)],
                    )
                )
            for local_id, (name, code) in change.refused.items():
                rows.append(
                    WriterTag(training_id=training_id, writer=known.id, local_id=local_id, refused=code, name=name)
                )
        WriterTag.objects.bulk_create(rows, batch_size=5_000)


def _limit_tags(training_id: UUID, changes: Sequence[Change]) -> None:
    wanted = {(name, change.known.rank) for change in changes for name in change.tags.values()}
    if not wanted:
        return
    have = Series.objects.filter(training_id=training_id).count()
    if have + len(wanted) <= MAX_TAGS:
        return
    existing = set(Series.objects.filter(training_id=training_id).values_list("tag__name", "rank"))
    room = MAX_TAGS - have
    admitted = set(sorted(wanted - existing)[: max(0, room)]) | existing
    for change in changes:
        over = [local for local, name in change.tags.items() if (name, change.known.rank) not in admitted]
        for local_id in over:
            name = change.tags.pop(local_id)
            if len(change.refused) + len(change.known.refused) < MAX_REFUSED_ROWS:
                change.refused[local_id] = (ascii(name)[1:-1][:200], TOO_MANY_TAGS)
            else:
                change.overflow = True


def _series_ids(changes: Sequence[Change]) -> dict[tuple[str, int], int]:
    """Ids of the series that new tags mean, made where there are none, reduced curves beside them."""
    wanted: dict[tuple[str, int], str] = {}
    for change in changes:
        for name in change.tags.values():
            wanted.setdefault((name, change.known.rank), "")
            if change.known.rank != NO_RANK:
                reduce = "max" if change.known.rank_reduce == "max" else "mean"
                wanted[(name, NO_RANK)] = reduce
    if not wanted:
        return {}
    known = changes[0].known
    tags = _tag_ids({name for name, _ in wanted})
    found = _find_series(known.training_id, set(tags.values()))
    missing = sorted((tags[name], rank, name) for name, rank in wanted if (tags[name], rank) not in found)
    if missing:
        Series.objects.bulk_create(
            [
                Series(
                    training_id=known.training_id,
                    id=next_id(),
                    scope=known.scope,
                    tag_id=tag,
                    rank=rank,
                    reduce=wanted[(name, rank)],
                )
                for tag, rank, name in missing
            ],
            ignore_conflicts=True,  # another process made it meanwhile
            batch_size=5_000,
        )
        found = _find_series(known.training_id, set(tags.values()))
    return {(name, rank): found[(tags[name], rank)] for name, rank in wanted}


def _find_series(training_id: UUID, tags: set[int]) -> dict[tuple[int, int], int]:
    rows = Series.objects.filter(training_id=training_id).values_list("tag_id", "rank", "id")
    if len(tags) <= 2_000:
        rows = rows.filter(tag__in=tags)
    return {(tag, rank): series for tag, rank, series in rows}


def refused(change: Change, batch: Batch) -> tuple[tuple[Refused, ...], int]:
    ids, counts = np.unique(point_slots(batch.data)["tag"], return_counts=True)
    points: Counter[int] = Counter(dict(zip(ids.tolist(), counts.tolist(), strict=True)))
    listed = [local_id for local_id in points if change.name(local_id) is None]
    listed += [local_id for _, local_id, _ in batch.tags if change.name(local_id) is None and local_id not in points]
    answers = []
    for local_id in listed[:MAX_REFUSED_ANSWERED]:
        name, code = change.refusal(local_id)
        message = (
            f"The tag {name}. Its points are not stored."
            if code == BAD_TAG
            else f"A training may have {MAX_TAGS} series; {name} is beyond that and is not stored."
        )
        answers.append(Refused(tag=name, code=code, message=message, points=points[local_id]))
    return tuple(answers), sum(points[local_id] for local_id in listed)


def record_refusals(changes: Sequence[Change]) -> None:
    for change in changes:
        if change.refused_points or (change.overflow and not change.known.overflow):
            row = Writer.objects.filter(training_id=change.known.training_id, id=change.known.id)
            refused = row.values_list("refused_points", flat=True).get() + change.refused_points
            row.update(refused_points=refused, overflow=change.overflow or change.known.overflow)


def _tag_ids(names: set[str]) -> dict[str, int]:
    """The ids of these tags, made where they are new. Names are handled in sorted order: no deadlocks."""
    found = _find_tags(names)
    missing = sorted(names - found.keys())
    if missing:
        Tag.objects.bulk_create([Tag(name=name) for name in missing], ignore_conflicts=True, batch_size=5_000)
        found.update(_find_tags(set(missing)))
    return found


def _find_tags(names: set[str]) -> dict[str, int]:
    ordered = sorted(names)
    found: dict[str, int] = {}
    for start in range(0, len(ordered), 5_000):
        found.update(Tag.objects.filter(name__in=ordered[start : start + 5_000]).values_list("name", "id"))
    return found
