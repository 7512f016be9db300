"""Carries out the events of a journal inside the transaction that moves its watermark; and says beforehand which
of them cannot be used. Points are not here: they go to the series store. Events of the apps above are carried out by
them (`server.trainings.extensions`), called from here."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from server.blobs.selectors import possesses
from server.common.ids import next_id
from server.scalars.gate import Event
from server.trainings import extensions, opening, totals, values
from server.trainings.models import (
    ConsoleBlock,
    Snapshot,
    Status,
    Training,
    TrainingDetails,
    TrainingWriter,
)
from server.trainings.services import entries, lifecycle, snapshots

MAX_LINE_CHARS = 100_000
MAX_DOCUMENT_LEAVES = 20_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Change:
    """A training while a batch's events are applied to it: loaded when needed, saved once at the end."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.blocks: list[ConsoleBlock] = []
        self.sections: set[str] = set()
        self._details: TrainingDetails | None = None
        self._writers: dict[UUID, TrainingWriter] = {}

    @property
    def details(self) -> TrainingDetails:
        if self._details is None:
            self._details = TrainingDetails.objects.get(training_id=self.training.id)
        return self._details

    def writer(self, writer_id: UUID) -> TrainingWriter:
        """The writer as it introduced itself; one that logs without having done so (plain HTTP) gets a row now."""
        if writer_id not in self._writers:
            self._writers[writer_id], _ = TrainingWriter.objects.get_or_create(
                id=writer_id,
                defaults={
                    "training": self.training,
                    "opened_at": self.training.heartbeat_at,
                },
            )
        return self._writers[writer_id]

    def save(self) -> None:
        """Writes everything that changed."""
        self.training.save()
        if self._details is not None:
            self._details.save()
            for section in sorted(self.sections):
                entries.replace(
                    training_id=self.training.id,
                    project_id=self.training.project_id,
                    section=section,
                    document=getattr(self._details, section),
                )
        for writer in self._writers.values():
            writer.save(update_fields=["finished_at", "lost_points"])
        ConsoleBlock.objects.bulk_create(self.blocks, batch_size=100)


def apply(*, training_id: UUID, events: Sequence[Event]) -> None:
    """Applies checked events in journal order. Must run inside a transaction."""
    known = [event for event in events if event.body.get("type") in _APPLY]
    extended = extensions.wanting(events)
    if not known and not extended:
        return
    training = Training.objects.select_for_update().filter(id=training_id).first()
    if training is None:  # purged while its batch waited
        return
    training.heartbeat_at = timezone.now()
    change = Change(training)
    for event in known:
        _APPLY[event.body["type"]](change, event)
    change.save()
    for extension, wanted in extended:
        extension.apply(training.id, wanted)


def check_event(body: dict[str, Any]) -> str | None:
    """Why an event's body cannot be used, as a message; None when it can, or when its type is unknown."""
    check = _CHECK.get(str(body.get("type")), extensions.check)
    return check(body)


def _document_problem(body: dict[str, Any]) -> str | None:
    name = body["type"]
    document = body.get(name)
    if not isinstance(document, dict):
        return f"a {name} event needs an object {name!r}"
    try:
        values.clean(document)
    except ValueError as error:
        return f"the {name} {error}"
    return None


def _details_problem(body: dict[str, Any]) -> str | None:
    for key in ("name", "notes"):
        if not isinstance(body.get(key, ""), str):
            return f"{key!r} must be a text"
    if not isinstance(body.get("tags", []), list | str):
        return "'tags' must be a list of texts"
    return None


def _console_problem(body: dict[str, Any]) -> str | None:
    if body.get("stream") not in ("stdout", "stderr"):
        return "'stream' must be stdout or stderr"
    if not isinstance(body.get("text"), str):
        return "'text' must be a text"
    first = values.whole(body.get("first_line", 0))
    return None if first is not None and first >= 0 else "'first_line' must count from 0"


def _snapshot_problem(body: dict[str, Any]) -> str | None:
    if not _SHA256.fullmatch(str(body.get("sha256", ""))):
        return "'sha256' must be 64 hexadecimal digits"
    if not isinstance(body.get("name"), str) or not body["name"].strip("\0 "):
        return "'name' must be a file name"
    if values.whole(body.get("iteration")) is None:
        return "'iteration' must be a whole number"
    size = values.whole(body.get("size"))
    return None if size is not None and size >= 0 else "'size' must be a number of bytes"


def _finish_problem(body: dict[str, Any]) -> str | None:
    return None if body.get("status") in ("finished", "crashed") else "'status' must be finished or crashed"


def _loss_problem(body: dict[str, Any]) -> str | None:
    points = values.whole(body.get("points"))
    return None if points is not None and points >= 0 else "'points' must be a count"


def _apply_config(change: Change, event: Event) -> None:
    new = values.clean(event.body["config"])
    change.details.config = values.merge(change.details.config, new)
    change.sections.add("config")
    total = totals.total_of(new, None)
    if total is not None:
        change.training.progress_total, change.training.progress_unit = total.count, total.unit


def _apply_summary(change: Change, event: Event) -> None:
    change.details.summary = values.merge(change.details.summary, values.clean(event.body["summary"]))
    change.sections.add("summary")


def _apply_environment(change: Change, event: Event) -> None:
    """The first writer's is the training's; the youngest session replaces it, other ranks do not."""
    if change.writer(event.writer_id).rank not in (None, 0):
        return
    environment = values.clean(event.body["environment"])
    change.details.environment = environment
    command = environment.get("command")
    if isinstance(command, list):
        command = " ".join(str(word) for word in command)
    if isinstance(command, str):
        change.details.command = command
    host = environment.get("host")
    if isinstance(host, str) and host:
        change.training.host = host[:200]


def _apply_details(change: Change, event: Event) -> None:
    name = values.clean_text(event.body.get("name", ""), 200).strip()
    if name:
        change.training.name = name
    if "notes" in event.body:
        change.details.notes = values.clean_text(event.body["notes"], lifecycle.MAX_NOTES_CHARS)
    if "tags" in event.body:
        lifecycle.set_tags(change.training.id, opening.words(event.body["tags"]))


def _apply_console(change: Change, event: Event) -> None:
    """Lines are numbered over all streams in the order in which they arrive, so that a number never changes."""
    lines = [line[:MAX_LINE_CHARS] for line in values.clean_text(event.body["text"]).split("\n")]
    change.blocks.append(
        ConsoleBlock(
            training_id=change.training.id,
            id=next_id(),
            first=change.training.console_lines,
            lines=len(lines),
            writer_id=event.writer_id,
            stream=event.body["stream"],
            first_line=values.whole(event.body.get("first_line", 0)) or 0,
            time=values.moment(event.body.get("time", event.time), timezone.now()).timestamp(),
            text="\n".join(lines),
        )
    )
    change.training.console_lines += len(lines)


def _apply_snapshot(change: Change, event: Event) -> None:
    body = event.body
    snapshot, _ = Snapshot.objects.get_or_create(
        training_id=change.training.id,
        tag=values.clean_text(str(body.get("tag", "")), 200),
        iteration=values.whole(body["iteration"]) or 0,
        name=values.clean_text(body["name"], 300).rpartition("/")[2] or "snapshot",
        sha256=body["sha256"],
        defaults={
            "size": values.whole(body["size"]) or 0,
            "created_at": values.moment(event.time, timezone.now()),
            "writer": change.writer(event.writer_id),
            "sender": event.sender,
        },
    )
    if not snapshot.held:
        if snapshot.sender != event.sender and possesses(user_id=event.sender, sha256=snapshot.sha256):
            snapshot.sender = event.sender  # the journal of one user, sent again by another who has the bytes
            snapshot.save(update_fields=["sender"])
        snapshots.claim(snapshot)


def _apply_loss(change: Change, event: Event) -> None:
    points = values.whole(event.body["points"]) or 0
    change.training.lost_points += points
    change.writer(event.writer_id).lost_points += points


def _apply_finish(change: Change, event: Event) -> None:
    """A crash of any rank is the training's; its success is for rank 0 to say. What an earlier session says late,
    after the training was resumed, changes nothing."""
    training, writer = change.training, change.writer(event.writer_id)
    ended = values.moment(event.time, timezone.now())
    writer.finished_at = ended
    if ended < training.resumed_at or training.status == Status.CRASHED:
        return
    if event.body["status"] == "crashed":
        training.status = Status.CRASHED
        training.reason = values.clean_text(str(event.body.get("reason") or ""), 2000)
        code = values.whole(event.body.get("exit_code"))
        training.exit_code = code if code is not None and abs(code) < 1 << 31 else None
    elif writer.rank in (None, 0):
        training.status = Status.FINISHED
    else:
        return
    training.finished_at = ended


_CHECK: dict[str, Callable[[dict[str, Any]], str | None]] = {
    "config": _document_problem,
    "summary": _document_problem,
    "environment": _document_problem,
    "details": _details_problem,
    "console": _console_problem,
    "snapshot": _snapshot_problem,
    "finish": _finish_problem,
    "loss": _loss_problem,
}
_APPLY: dict[str, Callable[[Change, Event], None]] = {
    "config": _apply_config,
    "summary": _apply_summary,
    "environment": _apply_environment,
    "details": _apply_details,
    "console": _apply_console,
    "snapshot": _apply_snapshot,
    "finish": _apply_finish,
    "loss": _apply_loss,
}
