"""One training, whole: the row, its documents and writers. Its snapshots are in `snapshots`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.accounts.principal import Principal, Role
from server.trainings import access
from server.trainings.models import Training, TrainingDetails
from server.trainings.selectors import console, rows
from server.trainings.selectors.console import Page
from server.trainings.selectors.rows import TrainingRow


@dataclass(frozen=True, slots=True)
class WriterRow:
    """A process that logs into the training."""

    id: UUID
    rank: int | None
    world_size: int | None
    host: str
    pid: int | None
    sdk: str
    python: str
    opened_at: datetime
    received_at: datetime
    finished_at: datetime | None
    lost_points: int


@dataclass(frozen=True, slots=True)
class WholeTraining:
    """Everything that this app stores of a training. ``writable``: the viewer may change it and log into it."""

    row: TrainingRow
    config: dict[str, Any]
    session_text: str | None
    summary: dict[str, Any]
    environment: dict[str, Any]
    command: str
    notes: str
    description: str
    writers: list[WriterRow]
    writable: bool


def training(*, viewer: Principal, ref: str) -> WholeTraining:
    """One training by UUID or number; members also see what is in the trash.

    Raises:
        NoSuchTraining
    """
    found = access.find_training(viewer=viewer, ref=ref, trashed=True)
    (row,) = rows.build(rows.fetch([found.id]))
    details = TrainingDetails.objects.get(training_id=found.id)
    role = access.role_in(viewer=viewer, project=found.project)
    return WholeTraining(
        row=row,
        config=details.config,
        session_text=details.session_text,
        summary=details.summary,
        environment=details.environment,
        command=details.command,
        notes=details.notes,
        description=details.description,
        writers=_writers(found),
        writable=role is not None and role.includes(Role.MEMBER),
    )


def training_id(*, viewer: Principal, ref: str) -> UUID:
    """The id of a training by UUID or number.

    Raises:
        NoSuchTraining
    """
    return access.find_training(viewer=viewer, ref=ref).id


def training_rows(*, viewer: Principal, ids: list[UUID]) -> list[TrainingRow]:
    """Rows of those of ``ids`` that the viewer may read, in that order."""
    allowed = set(access.readable_trainings(viewer=viewer, ids=ids).values_list("id", flat=True))
    return rows.build(rows.fetch([training_id for training_id in ids if training_id in allowed]))


def console_lines(
    *,
    viewer: Principal,
    ref: str,
    first: int = 0,
    limit: int = 1_000,
    stream: str | None = None,
    search: str | None = None,
) -> Page:
    """Console lines of a training; a negative ``first`` counts from the end.

    Raises:
        NoSuchTraining
    """
    found = access.find_training(viewer=viewer, ref=ref)
    if first < 0:
        first = console.tail_start(total=found.console_lines, count=-first)
    return console.lines(training_id=found.id, first=first, limit=limit, stream=stream, search=search)


def _writers(found: Training) -> list[WriterRow]:
    return [
        WriterRow(
            id=row.id,
            rank=row.rank,
            world_size=row.world_size,
            host=row.host,
            pid=row.pid,
            sdk=row.sdk,
            python=row.python,
            opened_at=row.opened_at,
            received_at=row.received_at,
            finished_at=row.finished_at,
            lost_points=row.lost_points,
        )
        for row in found.writers.order_by("opened_at")
    ]
