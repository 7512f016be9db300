"""Background work of trainings: bytes that arrived late find their snapshots, and the trash is emptied."""

from celery import shared_task

from server.trainings.services import lifecycle, snapshots


@shared_task(name="trainings.hold_snapshots")  # type: ignore[untyped-decorator]  # celery has no types
def hold_snapshots() -> int:
    """Holds the bytes of snapshots that waited for them, long before collection could take them."""
    return snapshots.claim_pending()


@shared_task(name="trainings.purge_trash")  # type: ignore[untyped-decorator]
def purge_trash() -> int:
    """Deletes for good what has been in the trash for 30 days."""
    return lifecycle.purge_trash()
