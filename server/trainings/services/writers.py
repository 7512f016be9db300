"""Opening a writer: which training it logs into, made or continued, in which project."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from server.accounts.principal import Principal, Role
from server.scalars import services as scalars
from server.trainings import access, errors, opening, totals, values
from server.trainings.models import (
    Number,
    Status,
    Training,
    TrainingDetails,
    TrainingTag,
    TrainingWriter,
)
from server.trainings.opening import Opening
from server.trainings.selectors.compares import find_compare
from server.trainings.services import compares, entries, projects

UNNAMED = "training"
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class OpenedWriter:
    """The training a writer logs into, and the slot up to which the server has its journal."""

    training_id: UUID
    number: int
    name: str
    project: str
    watermark: int
    warnings: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return training_url(self.number)


def training_url(number: int) -> str:
    """Where people see a training."""
    return f"{settings.PUBLIC_URL}/trainings/{number}"


def open_writer(*, actor: Principal, writer_id: UUID, body: dict[str, Any]) -> OpenedWriter:
    """Makes or continues the training that an `OpenEvent` asks for, and opens the writer in it. Idempotent.

    Raises:
        BadOpening: the event cannot be understood.
        NoSuchTraining: the training is another's, or in the trash.
        NothingToResume, TrainingExists: ``resume`` forbids what would happen.
        NoSuchProject, ReadOnly: the project is not the actor's to write.
    """
    wanted = opening.read(body)
    for _ in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return _open(actor, writer_id, wanted)
        except IntegrityError:  # another rank made the same project or training in this moment: it is there now
            continue
    with transaction.atomic():
        return _open(actor, writer_id, wanted)


def _open(actor: Principal, writer_id: UUID, wanted: Opening) -> OpenedWriter:
    writer = TrainingWriter.objects.filter(id=writer_id).first()
    if writer is not None:
        training = access.find_training(viewer=actor, ref=str(writer.training_id), role=Role.MEMBER)
        if writer.user_id != actor.user_id:
            TrainingWriter.objects.filter(id=writer_id).update(user_id=actor.user_id)
        return _opened(training, writer_id, wanted, [])
    continued = _continued(actor, wanted)
    training = continued if continued is not None else _create(actor, wanted)
    if continued is not None:
        _continue(training, wanted)
    TrainingWriter.objects.create(
        id=writer_id,
        training=training,
        user_id=actor.user_id,
        rank=wanted.rank,
        world_size=wanted.world_size,
        host=wanted.host,
        pid=wanted.pid,
        sdk=wanted.sdk,
        python=wanted.python,
        opened_at=wanted.time,
    )
    warnings = []
    if wanted.compare:
        warnings += _join_compare(actor, training, wanted.compare)
    return _opened(training, writer_id, wanted, warnings)


def _opened(training: Training, writer_id: UUID, wanted: Opening, warnings: list[str]) -> OpenedWriter:
    watermark = scalars.open_writer(
        training_id=training.id,
        writer_id=writer_id,
        scope=training.project_id,
        rank=wanted.rank,
        rank_reduce=wanted.rank_reduce,
    )
    return OpenedWriter(training.id, training.number, training.name, training.project.name, watermark, warnings)


def _continued(actor: Principal, wanted: Opening) -> Training | None:
    """The existing training to log into; None when one is to be made."""
    if wanted.continue_training:
        return access.find_training(viewer=actor, ref=wanted.continue_training, role=Role.MEMBER)
    if wanted.overwrite_last and wanted.name:
        project = projects.project_for_writing(actor=actor, name=wanted.project)
        newest = Training.objects.select_related("project").filter(project=project, name=wanted.name, deleted_at=None)
        last = newest.order_by("-created_at", "-id").first()
        if last is not None:
            return last
    if not Training.objects.filter(id=wanted.training).exists():
        if wanted.resume == "must":
            raise errors.NothingToResume(
                f"There is no training {wanted.training} to resume. Check the id, or use resume='allow'."
            )
        return None
    training = access.find_training(viewer=actor, ref=str(wanted.training), role=Role.MEMBER)
    if wanted.resume == "never" and not _another_rank(training, wanted):
        raise errors.TrainingExists(
            f"The training {training.id} exists already. Leave the id out to start a new one, or use resume='allow'."
        )
    return training


def _another_rank(training: Training, wanted: Opening) -> bool:
    """Whether this is one of several ranks that start one training together, which is no resume."""
    if wanted.rank is None:
        return False
    ranks = set(TrainingWriter.objects.filter(training=training).values_list("rank", flat=True))
    return None not in ranks and wanted.rank not in ranks


def _create(actor: Principal, wanted: Opening) -> Training:
    project = projects.project_for_writing(actor=actor, name=wanted.project)
    now = timezone.now()
    total = totals.total_of(wanted.config or {}, wanted.session_text)
    training = Training.objects.create(
        id=wanted.training,
        number=Number.objects.create().id,
        project=project,
        owner_id=actor.user_id,
        name=wanted.name or UNNAMED,
        model=wanted.model,
        host=wanted.host,
        created_at=now,
        started_at=wanted.time,
        resumed_at=wanted.time,
        heartbeat_at=now,
        progress_total=total.count if total else None,
        progress_unit=total.unit if total else "",
    )
    TrainingDetails.objects.create(
        training=training,
        config=wanted.config or {},
        session_text=wanted.session_text,
        notes=wanted.notes,
        description=wanted.description,
    )
    add_tags(training.id, wanted.tags)
    if wanted.config:
        entries.replace(training_id=training.id, project_id=project.id, section="config", document=wanted.config)
    return training


def _continue(training: Training, wanted: Opening) -> None:
    """Lays what the opening says over what is stored; what it leaves out changes nothing."""
    locked = Training.objects.select_for_update().get(id=training.id)
    details = TrainingDetails.objects.get(training_id=training.id)
    locked.heartbeat_at = timezone.now()
    locked.model = wanted.model or locked.model
    locked.host = wanted.host or locked.host
    if wanted.rank in (None, 0) and (wanted.continue_training or wanted.overwrite_last) and wanted.name:
        locked.name = training.name = wanted.name
    if resumes(locked, wanted.time):
        locked.resumed_at = max(locked.resumed_at, wanted.time)
        locked.status, locked.finished_at, locked.reason, locked.exit_code = Status.RUNNING, None, "", None
    if wanted.config:
        details.config = values.merge(details.config, wanted.config)
        entries.replace(
            training_id=training.id, project_id=training.project_id, section="config", document=details.config
        )
    details.session_text = wanted.session_text or details.session_text
    details.notes = wanted.notes or details.notes
    details.description = wanted.description or details.description
    total = totals.total_of(wanted.config or {}, wanted.session_text)
    if total is not None:
        locked.progress_total, locked.progress_unit = total.count, total.unit
    locked.save()
    details.save()
    add_tags(training.id, wanted.tags)


def resumes(training: Training, opened_at: datetime) -> bool:
    """Whether a writer that opened then goes on after the end that is stored.

    A journal of an earlier session that is sent late does not bring an ended training back.
    """
    return training.finished_at is None or opened_at > training.finished_at


def add_tags(training_id: UUID, tags: list[str]) -> None:
    """Adds tags that the training does not have yet."""
    TrainingTag.objects.bulk_create(
        [TrainingTag(training_id=training_id, name=name) for name in tags], ignore_conflicts=True
    )


def _join_compare(actor: Principal, training: Training, ref: str) -> list[str]:
    try:
        compare = find_compare(viewer=actor, ref=ref)
    except errors.NoSuchCompare:
        return [f"There is no compare {ref[:60]!r}, or it is not yours to see: the training did not join it."]
    if not compares.join(compare=compare, training=training):
        return [f"The compare {ref[:60]!r} is full: the training did not join it."]
    return []
