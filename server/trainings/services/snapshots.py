"""Snapshots: checkpoint files of a training. The event and the bytes arrive in either order."""

from uuid import UUID

from django.db import transaction

from server.blobs import errors as blob_errors
from server.blobs import selectors as blob_selectors
from server.blobs import services as blobs
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
            Snapshot.objects.filter(id=snapshot.id).update(held=True, size=info.size)
    except blob_errors.UnknownBlob:  # collected in this moment: it must be sent again
        return False
    snapshot.held, snapshot.size = True, info.size
    return True


def release_all(*, training_id: UUID) -> None:
    """Lets go of the bytes of a training's snapshots and forgets them. In the caller's transaction."""
    for snapshot in Snapshot.objects.filter(training_id=training_id):
        blobs.release(sha256=snapshot.sha256, holder=holder(snapshot.id))
    Snapshot.objects.filter(training_id=training_id).delete()
