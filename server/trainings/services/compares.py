"""Compares: saved, named sets of trainings with their chart settings."""

from typing import Any

from django.db import transaction

from server.accounts.principal import Principal, Role
from server.trainings import access, errors, values
from server.trainings.models import Compare, CompareMember, Training
from server.trainings.selectors.compares import find_compare

MAX_MEMBERS = 1_000
MAX_SETTINGS_LEAVES = 5_000


def create_compare(*, actor: Principal, name: str, trainings: list[str], settings: dict[str, Any]) -> int:
    """Saves a compare of trainings that the actor may read; returns its number.

    Raises:
        NoSuchTraining, BadOpening
    """
    found = [access.find_training(viewer=actor, ref=ref) for ref in trainings[:MAX_MEMBERS]]
    with transaction.atomic():
        compare = Compare.objects.create(
            owner_id=actor.user_id, name=values.clean_text(name, 200), settings=_checked_settings(settings)
        )
        _add(compare, found)
    return int(compare.number)


def change_compare(
    *, actor: Principal, ref: str, name: str | None = None, settings: dict[str, Any] | None = None
) -> None:
    """Renames a compare or replaces its settings. Only its owner may.

    Raises:
        NoSuchCompare, ReadOnly, BadOpening
    """
    compare = _own(actor, ref)
    if name is not None:
        compare.name = values.clean_text(name, 200)
    if settings is not None:
        compare.settings = _checked_settings(settings)
    compare.save(update_fields=["name", "settings"])


def delete_compare(*, actor: Principal, ref: str) -> None:
    """Removes a compare, not its trainings. Only its owner may.

    Raises:
        NoSuchCompare, ReadOnly
    """
    _own(actor, ref).delete()


def add_trainings(*, actor: Principal, ref: str, trainings: list[str]) -> None:
    """Adds trainings: its owner any that he may read, others those that they may write.

    Raises:
        NoSuchCompare, NoSuchTraining, ReadOnly
    """
    compare = find_compare(viewer=actor, ref=ref)
    needed = Role.VIEWER if compare.owner_id == actor.user_id else Role.MEMBER
    found = [access.find_training(viewer=actor, ref=training, role=needed) for training in trainings[:MAX_MEMBERS]]
    with transaction.atomic():
        _add(compare, found)


def remove_training(*, actor: Principal, ref: str, training: str) -> None:
    """Takes a training out of a compare: its owner any, others those that they may write.

    Raises:
        NoSuchCompare, NoSuchTraining, ReadOnly
    """
    compare = find_compare(viewer=actor, ref=ref)
    needed = Role.VIEWER if compare.owner_id == actor.user_id else Role.MEMBER
    found = access.find_training(viewer=actor, ref=training, role=needed)
    if not CompareMember.objects.filter(compare=compare, training=found).delete()[0]:
        raise errors.NoSuchTraining(f"The training {training[:60]!r} is not in this compare.")


def join(*, compare: Compare, training: Training) -> bool:
    """Adds a training that its writer may write; False when the compare is full. In the caller's transaction."""
    if compare.members.count() >= MAX_MEMBERS:
        return False
    CompareMember.objects.get_or_create(compare=compare, training=training)
    return True


def _own(actor: Principal, ref: str) -> Compare:
    compare = find_compare(viewer=actor, ref=ref)
    if compare.owner_id != actor.user_id:
        raise errors.ReadOnly("This compare is somebody else's. Save one of your own to change it.")
    return compare


def _add(compare: Compare, trainings: list[Training]) -> None:
    if compare.members.count() + len(trainings) > MAX_MEMBERS:
        raise errors.BadOpening(f"A compare holds at most {MAX_MEMBERS} trainings.", code="trainings.compare_full")
    CompareMember.objects.bulk_create(
        [CompareMember(compare=compare, training=training) for training in trainings], ignore_conflicts=True
    )


def _checked_settings(settings: dict[str, Any]) -> dict[str, Any]:
    try:
        cleaned: dict[str, Any] = values.clean(settings)
    except ValueError as error:
        raise errors.BadOpening(f"The settings {error}.", code="trainings.bad_settings") from None
    if len(values.leaves("settings", cleaned)) >= MAX_SETTINGS_LEAVES:
        raise errors.BadOpening("The settings have too many keys.", code="trainings.bad_settings")
    return cleaned
