"""A training as lists and pages show it, and how rows of the database become one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from server.scalars.selectors import PageStats
from server.trainings import status
from server.trainings.models import Training
from server.trainings.selectors import progress
from server.trainings.selectors.progress import Progress


@dataclass(frozen=True, slots=True)
class ProjectRef:
    """The project of a training. ``path`` (``owner/name``) means the same to everybody."""

    id: UUID
    name: str
    owner: str

    @property
    def path(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One line of the table. ``duration`` in seconds; ``columns`` holds what was asked for beside the fields."""

    id: UUID
    number: int
    name: str
    project: ProjectRef
    user: str
    model: str
    host: str
    status: str
    reason: str
    exit_code: int | None
    tags: list[str]
    progress: Progress
    created_at: datetime
    started_at: datetime
    finished_at: datetime | None
    heartbeat_at: datetime
    duration: float
    archived: bool
    deleted_at: datetime | None
    lost_points: int
    console_lines: int
    columns: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{settings.PUBLIC_URL}/trainings/{self.number}"


def build(
    trainings: Sequence[Training],
    columns: dict[UUID, dict[str, Any]] | None = None,
    stats: PageStats | None = None,
) -> list[TrainingRow]:
    """Rows for trainings whose project, its owner, owner and tags were fetched along.

    Args:
        trainings: in the order of the rows.
        columns: values that were asked for beside the fields.
        stats: of these trainings' series, where the caller has asked something of them already.
    """
    now = timezone.now()
    reached = progress.of(trainings, stats or PageStats([training.id for training in trainings]))
    rows = []
    for training in trainings:
        end = training.finished_at or training.heartbeat_at
        rows.append(
            TrainingRow(
                id=training.id,
                number=training.number,
                name=training.name,
                project=ProjectRef(training.project_id, training.project.name, training.project.owner.username),
                user=training.owner.username,
                model=training.model,
                host=training.host,
                status=status.shown(training.status, training.heartbeat_at, now),
                reason=training.reason,
                exit_code=training.exit_code,
                tags=sorted(tag.name for tag in training.tags.all()),
                progress=reached[training.id],
                created_at=training.created_at,
                started_at=training.started_at,
                finished_at=training.finished_at,
                heartbeat_at=training.heartbeat_at,
                duration=(end - training.started_at).total_seconds(),
                archived=training.archived_at is not None,
                deleted_at=training.deleted_at,
                lost_points=training.lost_points,
                console_lines=training.console_lines,
                columns=(columns or {}).get(training.id, {}),
            )
        )
    return rows


def fetch(ids: Sequence[UUID]) -> list[Training]:
    """Trainings with all that `build` needs, in the order of ``ids``."""
    found = (
        Training.objects.filter(id__in=ids).select_related("project__owner", "owner").prefetch_related("tags").in_bulk()
    )
    return [found[training_id] for training_id in ids if training_id in found]
