"""Reads of snapshots: the list with the metrics at each, one for download, and the rules that are in force."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from server.accounts.principal import Principal
from server.scalars import moments
from server.trainings import access, metrics
from server.trainings.errors import NoSuchSnapshot, SnapshotPending
from server.trainings.models import Project, Snapshot, SnapshotRules, Training
from server.trainings.selectors import progress, projects

Mode = Literal["min", "max"]


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A checkpoint. ``pending``: its bytes have not arrived yet; ``metrics``: last value at its iteration by tag."""

    id: UUID
    tag: str
    iteration: int
    name: str
    size: int
    sha256: str
    created_at: datetime
    pending: bool
    pinned: bool
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeepBest:
    """Snapshots of the ``count`` iterations at which a metric was best."""

    metric: str
    mode: Mode
    count: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What to keep: of the iterations saved last, and of the best. Both None: everything. What either rule keeps stays.

    ``inherited``: a training's are those of its project.
    """

    keep_last: int | None
    keep_best: KeepBest | None
    inherited: bool = False


def snapshots(*, viewer: Principal, ref: str) -> list[SnapshotRow]:
    """A training's snapshots, by iteration, with the metrics at each.

    Raises:
        NoSuchTraining
    """
    found = access.find_training(viewer=viewer, ref=ref)
    rows = list(found.snapshots.order_by("iteration", "created_at", "id"))
    return [_row(row, values) for row, values in zip(rows, values_at(found, rows), strict=True)]


def snapshot_for_download(*, viewer: Principal, ref: str, snapshot_id: UUID) -> SnapshotRow:
    """A snapshot whose bytes are there, without its metrics.

    Raises:
        NoSuchTraining, NoSuchSnapshot
        SnapshotPending: the bytes have not arrived.
    """
    found = access.find_training(viewer=viewer, ref=ref)
    snapshot = Snapshot.objects.filter(training=found, id=snapshot_id).first()
    if snapshot is None:
        raise NoSuchSnapshot("This training has no such snapshot.")
    if not snapshot.held:
        raise SnapshotPending("The bytes of this snapshot have not arrived yet. Is its sender still running?")
    return _row(snapshot, {})


def snapshot(*, viewer: Principal, ref: str, snapshot_id: UUID) -> SnapshotRow:
    """One snapshot with its metrics.

    Raises:
        NoSuchTraining, NoSuchSnapshot
    """
    found = access.find_training(viewer=viewer, ref=ref)
    row = Snapshot.objects.filter(training=found, id=snapshot_id).first()
    if row is None:
        raise NoSuchSnapshot("This training has no such snapshot.")
    return _row(row, values_at(found, [row])[0])


def training_rules(*, viewer: Principal, ref: str) -> Rules:
    """The rules in force for a training: its own, else its project's.

    Raises:
        NoSuchTraining
    """
    return rules_of(access.find_training(viewer=viewer, ref=ref))


def project_rules(*, viewer: Principal, project_id: UUID) -> Rules:
    """The rules for trainings of a project that have none of their own.

    Raises:
        NoSuchProject
    """
    return rules_of_project(projects.find_project(viewer=viewer, project_id=project_id))


def rules_of(training: Training) -> Rules:
    """`training_rules` for one that was found already."""
    own = SnapshotRules.objects.filter(training=training).first()
    shared = own or SnapshotRules.objects.filter(project=training.project_id).first()
    return _rules(shared, inherited=own is None)


def rules_of_project(project: Project) -> Rules:
    """`project_rules` for one that was found already."""
    return _rules(SnapshotRules.objects.filter(project=project).first())


def values_at(
    training: Training, snapshots: Sequence[Snapshot], tags: Sequence[str] | None = None
) -> list[dict[str, float]]:
    """The last value of each series at or before each snapshot's iteration, but not those of the machine.

    Where the training's total counts epochs, so do the iterations of its snapshots and the steps of evaluations (as
    OpenMMLab's hooks write them). Series whose steps go beyond the total count iterations: of them it is the last
    value before the snapshot was taken.
    """
    epochs = training.progress_total if training.progress_unit == "epoch" else None

    def by_time(tag: str, last_step: int) -> bool:
        return epochs is not None and last_step > epochs and not tag.startswith(progress.EVALUATION)

    return moments.values_at(
        training.id,
        [moments.Moment(snapshot.iteration, snapshot.created_at.timestamp()) for snapshot in snapshots],
        tags=tags,
        without=progress.OWN,
        by_time=by_time,
    )


def _rules(row: SnapshotRules | None, *, inherited: bool = False) -> Rules:
    if row is None:
        return Rules(None, None, inherited)
    best = KeepBest(row.best_metric, cast(Mode, row.best_mode), row.best_count) if row.best_metric else None
    return Rules(row.keep_last, best, inherited)


def _row(row: Snapshot, values: dict[str, float]) -> SnapshotRow:
    return SnapshotRow(
        row.id,
        row.tag,
        row.iteration,
        row.name,
        row.size,
        row.sha256,
        row.created_at,
        pending=not row.held,
        pinned=row.pinned,
        metrics={tag: metrics.number(value) for tag, value in sorted(values.items())},
    )
