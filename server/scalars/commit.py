"""Stores a group of batches in one transaction: watermarks, tags, segments, rewinds and events, or nothing.

Decides (`_plan`) apart from doing (`_execute`). Owns no thread and no queue: the committer calls it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic
from uuid import UUID

import numpy as np
from django.db import transaction

from pavi.protocol import SLOT_BYTES, Refused
from server.common.errors import PaviError
from server.common.ids import next_id
from server.scalars import database, gate, listeners, writers
from server.scalars.batches import IDENTITY, Batch, parse, point_slots
from server.scalars.dictionary import Change, admit_tags, record_refusals, refused, store_tags
from server.scalars.errors import Busy, Gap, UnknownWriter
from server.scalars.models import Rewind

_SEEN_EVERY_S = 3.0
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Submission:
    """A checked batch on its way. ``skip`` slots are lost ones to step over; then the batch is empty."""

    training_id: UUID
    writer_id: UUID
    seq: int
    batch: Batch
    body: bytes
    encoding: int
    sender: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A batch was stored, or had been: everything below ``watermark`` is durable."""

    watermark: int
    refused: tuple[Refused, ...] = ()
    repeated: bool = False


@dataclass(slots=True)
class _Plan:
    changes: dict[UUID, Change] = field(default_factory=dict)
    accepted: list[tuple[int, Submission]] = field(default_factory=list)
    results: dict[int, Outcome | PaviError] = field(default_factory=dict)
    heartbeats: set[UUID] = field(default_factory=set)


class _Stale(Exception):
    """These writers moved since they were last read."""

    def __init__(self, writer_ids: Iterable[UUID]) -> None:
        super().__init__()
        self.writer_ids = tuple(writer_ids)


class GroupCommit:
    """Commits groups, one at a time, from one thread.

    Args:
        known: the process's beliefs about writers, shared with the endpoint.
    """

    def __init__(self, known: writers.WriterCache) -> None:
        self._known = known
        self._seen: dict[UUID, float] = {}

    def store(self, submissions: Sequence[Submission]) -> list[Outcome | PaviError]:
        """Stores what can be stored; one result a submission, in order.

        Raises:
            Exception: whatever the database or an event's handler raised; then nothing of the group is stored.
        """
        fresh: set[UUID] = set()
        for _ in range(_ATTEMPTS):
            plan = self._plan(submissions, fresh)
            try:
                with transaction.atomic():
                    self._execute(plan)
            except _Stale as stale:
                for writer_id in stale.writer_ids:
                    self._refresh(writer_id)
                    fresh.discard(writer_id)
                continue
            self._believe(plan)
            transaction.on_commit(partial(_tell, plan))  # at once, unless the caller has a transaction of his own
            return [plan.results[index] for index in range(len(submissions))]
        raise Busy("Other processes store batches of the same writers. Try again.", retry_after=0.5)

    def _refresh(self, writer_id: UUID) -> writers.KnownWriter | None:
        known = writers.load(writer_id)
        if known is None:
            self._known.forget(writer_id)
        else:
            self._known.put(known)
        return known

    # Deciding

    def _plan(self, submissions: Sequence[Submission], fresh: set[UUID]) -> _Plan:
        plan = _Plan()
        for index, submission in enumerate(submissions):
            try:
                outcome = self._decide(plan, submission, index, fresh)
            except PaviError as error:
                plan.results[index] = error
            else:
                if outcome is not None:
                    plan.results[index] = outcome
                    plan.heartbeats.add(submission.training_id)
        return plan

    def _change(self, plan: _Plan, writer_id: UUID) -> Change:
        change = plan.changes.get(writer_id)
        if change is None:
            known = self._known.get(writer_id) or self._refresh(writer_id)
            if known is None:
                raise UnknownWriter("This writer was never opened. Open it first: PUT /api/v1/writers/{writer}.")
            change = plan.changes[writer_id] = Change(known, known.watermark)
        return change

    def _decide(self, plan: _Plan, submission: Submission, index: int, fresh: set[UUID]) -> Outcome | None:
        change = self._change(plan, submission.writer_id)
        if submission.seq > change.watermark and submission.writer_id not in fresh:
            # Perhaps another process stored what lies between.
            fresh.add(submission.writer_id)
            if change.watermark == change.known.watermark and self._refresh(submission.writer_id) is not None:
                del plan.changes[submission.writer_id]
                change = self._change(plan, submission.writer_id)
        slots = submission.batch.slots + submission.skip
        if submission.seq > change.watermark:
            raise Gap(
                f"The batch starts at slot {submission.seq}, but the server has {change.watermark}. Cut again there.",
                watermark=change.watermark,
            )
        if submission.seq + slots <= change.watermark:
            return Outcome(change.watermark, repeated=slots > 0)
        if submission.seq < change.watermark:
            submission = _trim(submission, change.watermark - submission.seq)
        admit_tags(change, submission.batch)
        change.watermark = submission.seq + submission.batch.slots + submission.skip
        change.points += submission.batch.points
        change.lost += submission.skip
        plan.accepted.append((index, submission))
        return None

    # Doing

    def _execute(self, plan: _Plan) -> None:
        changes = [change for change in plan.changes.values() if change.watermark != change.known.watermark]
        changes.sort(key=lambda change: change.known.id)  # one order for all processes: no deadlocks
        if changes:
            moves = [
                database.Move(
                    change.known.training_id,
                    change.known.id,
                    change.known.watermark,
                    change.watermark,
                    change.points,
                    change.lost,
                )
                for change in changes
            ]
            moved = database.move_watermarks(moves)
            if len(moved) != len(moves):
                raise _Stale(move.writer_id for move in moves if move.writer_id not in moved)
            store_tags([change for change in changes if change.tags or change.refused or change.overflow])
        segments: list[database.SegmentRow] = []
        rewinds: list[Rewind] = []
        for index, submission in plan.accepted:
            _lay_out(submission, segments, rewinds)
            plan.results[index] = self._outcome(plan, submission)
        database.insert_segments(segments)
        if rewinds:
            Rewind.objects.bulk_create(rewinds)
        record_refusals(changes)
        self._apply_events(plan)

    def _outcome(self, plan: _Plan, submission: Submission) -> Outcome:
        change = plan.changes[submission.writer_id]
        # A later batch of the same group may have moved the mark further; it is as durable.
        if not (change.refused or change.overflow or change.known.refused or change.known.overflow):
            return Outcome(change.watermark)
        answers, points = refused(change, submission.batch)
        change.refused_points += points
        return Outcome(change.watermark, answers)

    def _apply_events(self, plan: _Plan) -> None:
        by_training: dict[UUID, list[gate.Event]] = {}
        touched = set(plan.heartbeats)
        for _, submission in plan.accepted:
            touched.add(submission.training_id)
            if submission.batch.events:
                by_training.setdefault(submission.training_id, []).extend(submission.batch.events)
        for training_id in sorted(by_training):
            gate.current().apply(training_id=training_id, events=by_training[training_id])
        now = monotonic()
        due = {training for training in touched if now - self._seen.get(training, -_SEEN_EVERY_S) >= _SEEN_EVERY_S}
        if due:
            gate.current().seen(training_ids=due)

    def _believe(self, plan: _Plan) -> None:
        grown = False
        for change in plan.changes.values():
            known = change.known
            known.watermark = change.watermark
            grown = grown or bool(change.tags)
            known.tags.update(change.tags)
            known.refused.update(change.refused)
            known.overflow = known.overflow or change.overflow
        if grown:
            self._known.weigh()
        now = monotonic()
        if len(self._seen) > 50_000:
            self._seen.clear()
        for _, submission in plan.accepted:
            self._touch(submission.training_id, now)
        for training_id in plan.heartbeats:
            self._touch(training_id, now)

    def _touch(self, training_id: UUID, now: float) -> None:
        if now - self._seen.get(training_id, -_SEEN_EVERY_S) >= _SEEN_EVERY_S:
            self._seen[training_id] = now


def _trim(submission: Submission, surplus: int) -> Submission:
    """The part of a batch that the server does not have yet."""
    if submission.skip:
        return replace(submission, seq=submission.seq + surplus, skip=submission.skip - surplus)
    data = submission.batch.data[surplus * SLOT_BYTES :]
    seq = submission.seq + surplus
    batch = parse(data, writer_id=submission.writer_id, first_slot=seq, sender=submission.sender)
    return replace(submission, seq=seq, batch=batch, body=data, encoding=IDENTITY)


def _lay_out(submission: Submission, segments: list[database.SegmentRow], rewinds: list[Rewind]) -> None:
    """Rows of one batch. A rewind cuts it: points before and behind it must not share a segment."""
    cuts = [event for event in submission.batch.events if event.body.get("type") == "rewind"]
    if not cuts:
        if submission.batch.points:
            segments.append(
                database.SegmentRow(
                    submission.training_id,
                    next_id(),
                    submission.writer_id,
                    submission.batch.points,
                    submission.encoding,
                    submission.body,
                )
            )
        return
    start = 0
    for event in [*cuts, None]:
        end = submission.batch.slots if event is None else event.slot - submission.seq
        points = point_slots(submission.batch.data[start * SLOT_BYTES : end * SLOT_BYTES])
        if len(points):
            segments.append(
                database.SegmentRow(
                    submission.training_id,
                    next_id(),
                    submission.writer_id,
                    len(points),
                    IDENTITY,
                    points.tobytes(),
                )
            )
        if event is not None:
            start = end
            rewinds.append(
                Rewind(
                    training_id=submission.training_id,
                    id=next_id(),
                    step=event.body.get("step"),
                    steps=event.body.get("steps") or {},
                )
            )


def _tell(plan: _Plan) -> None:
    """Tells listeners what became durable; only for trainings that somebody watches."""
    told = []
    for _, submission in plan.accepted:
        if listeners.watched(submission.training_id):
            told.append(_stored(plan.changes[submission.writer_id].known, submission))
    listeners.tell(told)


def _stored(known: writers.KnownWriter, submission: Submission) -> listeners.Stored:
    points = point_slots(submission.batch.data)
    series = []
    for local_id in np.unique(points["tag"]).tolist():
        name = known.tags.get(local_id)
        if name is not None:
            mine = points[points["tag"] == local_id]
            series.append(
                listeners.SeriesPoints(name, known.rank, mine["step"].copy(), mine["time"].copy(), mine["value"].copy())
            )
    events = tuple(str(event.body["type"]) for event in submission.batch.events)
    return listeners.Stored(submission.training_id, tuple(series), events)
