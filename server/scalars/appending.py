"""Adds to a writer that keeps no journal: makes the records that it would have written, and stores them as a batch.

Owns the records' making. That nobody else writes as this writer meanwhile is for the caller to see to.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pavi.protocol import Refused, pack_event, pack_point, pack_tag
from server.common.errors import PaviError
from server.scalars import gate, writers
from server.scalars.batches import IDENTITY, parse
from server.scalars.commit import GroupCommit, Submission
from server.scalars.errors import MalformedBatch, UnknownWriter


def append(
    training_id: UUID,
    writer_id: UUID,
    sender: int,
    points: Sequence[tuple[str, int, float, float]],
    events: Sequence[dict[str, Any]],
    time: float,
) -> tuple[Refused, ...]:
    """See `services.append`."""
    known = writers.load(writer_id)
    if known is None or known.training_id != training_id:
        raise UnknownWriter("This writer was never opened for this training.")
    data = b"".join([*_points(known, points, time), *_events(events, time)])
    if not data:
        return ()
    batch = parse(data, writer_id=writer_id, first_slot=known.watermark, sender=sender)
    cache = writers.WriterCache()
    cache.put(known)
    submission = Submission(training_id, writer_id, known.watermark, batch, data, IDENTITY, sender)
    (outcome,) = GroupCommit(cache).store([submission])
    if isinstance(outcome, PaviError):
        raise outcome
    return outcome.refused


def _points(known: writers.KnownWriter, points: Sequence[tuple[str, int, float, float]], time: float) -> list[bytes]:
    ids = {name: local_id for local_id, name in known.tags.items()}
    # Also refused tags have an id; one that is refused again merely gets another.
    free = max([*known.tags, *known.refused], default=-1) + 1
    records = []
    for tag, step, moment, value in points:
        if tag not in ids:
            ids[tag] = free
            records.append(pack_tag(free, tag, time))
            free += 1
        records.append(pack_point(ids[tag], step, moment, value))
    return records


def _events(events: Sequence[dict[str, Any]], time: float) -> list[bytes]:
    records = []
    for event in events:
        problem = gate.current().check_event(event)
        if problem is not None:
            raise MalformedBatch(f"The event {event.get('type')!r:.40} cannot be used: {problem}.")
        try:
            records.append(pack_event(event, time))
        except ValueError as error:
            raise MalformedBatch(f"This cannot be stored: {error}.") from None
    return records
