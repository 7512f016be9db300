"""Writes of the series store that other apps ask for. Batches come in through `ingest`, not here."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from django.db import IntegrityError, transaction

from pavi.protocol import Refused
from server.scalars import appending, compaction
from server.scalars.errors import BadRank, UnknownWriter, WriterTaken
from server.scalars.models import MAX_RANK, NO_RANK, Chunk, Rewind, Segment, Series, Times, Writer, WriterTag


def open_writer(
    *,
    training_id: UUID,
    writer_id: UUID,
    scope: UUID,
    rank: int | None = None,
    rank_reduce: Literal["mean", "max", "all"] | None = None,
) -> int:
    """Makes a writer known; a repeat changes nothing.

    Args:
        training_id: the training that it logs into.
        writer_id: made by the client.
        scope: what roles on the training are given on.
        rank: the process's rank.
        rank_reduce: how the ranks' series become one; without it all ranks write the same series.

    Returns:
        The watermark: slots of this writer that are durable.

    Raises:
        WriterTaken: the id belongs to another training.
        BadRank: the rank is out of range.
    """
    if rank is not None and not 0 <= rank <= MAX_RANK:
        raise BadRank(f"A rank is a number from 0 to {MAX_RANK}.")
    own_rank = rank if rank is not None and rank_reduce is not None else NO_RANK
    existing = Writer.objects.filter(id=writer_id).values_list("training_id", "watermark").first()
    if existing is None:
        try:
            with transaction.atomic():
                Writer.objects.create(
                    training_id=training_id,
                    id=writer_id,
                    scope=scope,
                    rank=own_rank,
                    rank_reduce=rank_reduce or "",
                )
            return 0
        except IntegrityError:  # the same request at the same moment
            existing = Writer.objects.filter(id=writer_id).values_list("training_id", "watermark").first()
    if existing is None or existing[0] != training_id:
        raise WriterTaken("This writer id belongs to another training. A writer logs into one training only.")
    return int(existing[1])


def open_anonymous_writer(*, training_id: UUID, writer_id: UUID) -> UUID:
    """Opens a writer for one request of JSON columns; returns the training that the id belongs to.

    Raises:
        UnknownWriter: nobody ever opened a writer of this training.
    """
    owner = Writer.objects.filter(id=writer_id).values_list("training_id", flat=True).first()
    if owner is not None:
        return owner
    scope = Writer.objects.filter(training_id=training_id).values_list("scope", flat=True).first()
    if scope is None:
        raise UnknownWriter("Nobody has opened this training yet. Open it first: PUT /api/v1/writers/{writer}.")
    open_writer(training_id=training_id, writer_id=writer_id, scope=scope)
    return training_id


def append(
    *,
    training_id: UUID,
    writer_id: UUID,
    sender: int,
    points: Sequence[tuple[str, int, float, float]] = (),
    events: Sequence[dict[str, Any]] = (),
    time: float,
) -> tuple[Refused, ...]:
    """Stores points and events behind everything that a writer has stored: for writers that keep no journal, because
    they speak another protocol. Must run inside a transaction in which the caller holds a lock of the writer's own:
    of two calls at once, one would be taken for a repetition of the other.

    Args:
        training_id, writer_id: opened before.
        sender: id of the user whose writer it is.
        points: ``(tag, step, time, value)``.
        events: their bodies, as in a journal.
        time: of the events, in seconds since the epoch.

    Returns:
        The tags that were not taken, and why.

    Raises:
        UnknownWriter: nobody opened the writer for this training.
        MalformedBatch: an event cannot be used.
    """
    return appending.append(training_id, writer_id, sender, points, events, time)


def move_to_scope(*, training_id: UUID, scope: UUID) -> None:
    """Follows a training that moved to another project."""
    with transaction.atomic():
        Series.objects.filter(training_id=training_id).update(scope=scope)
        Writer.objects.filter(training_id=training_id).update(scope=scope)


def delete_training(*, training_id: UUID) -> None:
    """Removes everything stored of a training. Its writers are unknown from then on."""
    with transaction.atomic():
        for model in (Writer, Segment, Chunk, Times, Rewind, WriterTag, Series):
            model.objects.filter(training_id=training_id).delete()


def compact(training_id: UUID) -> None:
    """Turns everything received of a training into chunks, small ones merged (a training's end, and tests)."""
    compaction.compact(training_id, everything=True)
