"""Snapshots: checkpoint files of a training. The event and the bytes arrive in either order."""

from uuid import UUID

from django.db import transaction

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from server.blobs import errors as blob_errors
from server.blobs import selectors as blob_selectors
from server.blobs import services as blobs
from server.trainings import access
from server.trainings.errors import NoSuchSnapshot, SnapshotPinned
from server.trainings.models import Snapshot


def holder(snapshot_id: UUID) -> str:
    """The name under which a snapshot's bytes are kept from collection."""
    return f"snapshot:{snapshot_id}"


def claim_pending(*, training_id: UUID | None = None, limit: int = 1_000) -> int:
    """Holds the bytes of snapshots that waited for them; of one training, or the newest of all.

    A hash alone claims nothing: whoever sent the snapshot's event must have uploaded the bytes.

    Returns:
        How many got their bytes.
    """
    pending = Snapshot.objects.filter(held=False).order_by("-id")
    if training_id is not None:
        pending = pending.filter(training_id=training_id)
    return sum(claim(snapshot) for snapshot in pending[:limit])


def claim(snapshot: Snapshot) -> bool:
    """Holds the bytes of one snapshot when its sender has uploaded them; the size is then what was uploaded."""
    if not blob_selectors.possesses(user_id=snapshot.sender, sha256=snapshot.sha256):
        return False
    try:
        with transaction.atomic():
            info = blobs.hold(sha256=snapshot.sha256, holder=holder(snapshot.id))
            Snapshot.objects.filter(id=snapshot.id).update(held=True, fresh=True, size=info.size)
    except blob_errors.UnknownBlob:  # collected in this moment: it must be sent again
        return False
    snapshot.held, snapshot.size = True, info.size
    return True


def pin(*, actor: Principal, ref: str, snapshot_id: UUID, pinned: bool) -> None:
    """Keeps a snapshot from rules, or leaves it to them again. Needs the member's role.

    Raises:
        NoSuchTraining, ReadOnly, NoSuchSnapshot
    """
    training = access.find_training(viewer=actor, ref=ref, role=Role.MEMBER)
    # Rules look again: what is left to them may be beyond them already.
    if not Snapshot.objects.filter(training=training, id=snapshot_id).update(pinned=pinned, fresh=not pinned):
        raise NoSuchSnapshot("This training has no such snapshot.")


def delete(*, actor: Principal, ref: str, snapshot_id: UUID) -> None:
    """Forgets a snapshot; its bytes go when nobody else holds them. Needs the member's role.

    Raises:
        NoSuchTraining, ReadOnly, NoSuchSnapshot
        SnapshotPinned
    """
    training = access.find_training(viewer=actor, ref=ref, role=Role.MEMBER)
    with transaction.atomic():
        snapshot = Snapshot.objects.filter(training=training, id=snapshot_id).first()
        if snapshot is None:
            raise NoSuchSnapshot("This training has no such snapshot.")
        if not forget(snapshot.id):
            raise SnapshotPinned("This snapshot is pinned. Unpin it first.")
        accounts.record(
            actor=actor,
            action="snapshot.deleted",
            target=f"{snapshot.name} of {training.number} {training.name}",
            scope=training.project_id,
            details={"iteration": snapshot.iteration, "sha256": snapshot.sha256, "size": snapshot.size},
        )


def forget(snapshot_id: UUID) -> bool:
    """Removes a snapshot and lets go of its bytes; False when it is pinned, or gone."""
    with transaction.atomic():
        snapshot = Snapshot.objects.select_for_update().filter(id=snapshot_id, pinned=False).first()
        if snapshot is None:
            return False
        blobs.release(sha256=snapshot.sha256, holder=holder(snapshot.id))
        snapshot.delete()
    return True


def release_all(*, training_id: UUID) -> None:
    """Lets go of the bytes of a training's snapshots and forgets them. In the caller's transaction."""
    for snapshot in Snapshot.objects.filter(training_id=training_id):
        blobs.release(sha256=snapshot.sha256, holder=holder(snapshot.id))
    Snapshot.objects.filter(training_id=training_id).delete()
