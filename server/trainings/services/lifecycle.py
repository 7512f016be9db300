"""A training after it was made: names, notes and tags, the archive, the trash and its purge."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from server.scalars import services as scalars
from server.trainings import access, extensions, opening, values
from server.trainings.models import CompareMember, ConsoleBlock, Entry, Training, TrainingDetails, TrainingTag
from server.trainings.services import snapshots

TRASH_DAYS = 30
MAX_NOTES_CHARS = 1_000_000
_PURGE_ROWS = 20_000


def change_training(*, actor: Principal, ref: str, changes: dict[str, Any]) -> Training:
    """Changes name, notes, description, tags (all of them) or archived (a bool). Needs the member's role.

    Raises:
        NoSuchTraining, ReadOnly
    """
    found = access.find_training(viewer=actor, ref=ref, role=Role.MEMBER)
    with transaction.atomic():
        training = Training.objects.select_for_update().get(id=found.id)
        if "name" in changes:
            training.name = values.clean_text(changes["name"], 200)
        if "archived" in changes:
            training.archived_at = timezone.now() if changes["archived"] else None
        training.save(update_fields=["name", "archived_at"])
        texts = {
            key: values.clean_text(changes[key], MAX_NOTES_CHARS) for key in ("notes", "description") if key in changes
        }
        if texts:
            TrainingDetails.objects.filter(training_id=training.id).update(**texts)
        if "tags" in changes:
            set_tags(training.id, opening.words(changes["tags"]))
    return training


def set_tags(training_id: UUID, tags: list[str]) -> None:
    """Makes these the training's tags."""
    TrainingTag.objects.filter(training_id=training_id).exclude(name__in=tags).delete()
    TrainingTag.objects.bulk_create(
        [TrainingTag(training_id=training_id, name=name) for name in tags], ignore_conflicts=True
    )


def change_many(*, actor: Principal, refs: Sequence[str], action: str) -> int:
    """Does one thing to many trainings, all or none: ``archive``, ``unarchive``, ``delete`` or ``restore``.

    Raises:
        NoSuchTraining, ReadOnly: for the first that the actor may not change.
    """
    trashed = action == "restore"
    found = [access.find_training(viewer=actor, ref=ref, role=Role.MEMBER, trashed=trashed) for ref in refs]
    now = timezone.now()
    all_changes: dict[str, dict[str, Any]] = {
        "archive": {"archived_at": now},
        "unarchive": {"archived_at": None},
        "delete": {"deleted_at": now},
        "restore": {"deleted_at": None},
    }
    changes = all_changes[action]
    with transaction.atomic():
        Training.objects.filter(id__in=[training.id for training in found]).update(**changes)
        if action in ("delete", "restore"):
            for training in found:
                accounts.record(
                    actor=actor,
                    action=f"training.{action}d",
                    target=f"{training.number} {training.name}",
                    scope=training.project_id,
                )
    return len(found)


def purge_trash(*, older_than: timedelta = timedelta(days=TRASH_DAYS)) -> int:
    """Deletes for good what has been in the trash for so long.

    Returns:
        How many trainings went.
    """
    due = Training.objects.filter(deleted_at__lt=timezone.now() - older_than).order_by("deleted_at")
    return sum(_purge(training_id, older_than) for training_id in list(due.values_list("id", flat=True)))


def _purge(training_id: UUID, older_than: timedelta) -> bool:
    """Points first, the row last, in short transactions: what dies half-way is found again by the next purge."""
    scalars.delete_training(training_id=training_id)
    extensions.purge(training_id)
    while True:
        ids = list(ConsoleBlock.objects.filter(training_id=training_id).values_list("id", flat=True)[:_PURGE_ROWS])
        if not ids:
            break
        ConsoleBlock.objects.filter(training_id=training_id, id__in=ids).delete()
    with transaction.atomic():
        still = Training.objects.select_for_update().filter(id=training_id, deleted_at__lt=timezone.now() - older_than)
        training = still.first()
        if training is None:
            return False
        snapshots.release_all(training_id=training_id)
        Entry.objects.filter(training_id=training_id).delete()
        CompareMember.objects.filter(training_id=training_id).delete()
        training.delete()
        accounts.record(
            actor=None,
            action="training.purged",
            target=f"{training.number} {training.name}",
            scope=training.project_id,
        )
    return True
