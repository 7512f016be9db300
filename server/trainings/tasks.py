"""Background work of trainings: bytes that arrived late find their snapshots, rules decide which stay, and the trash is
emptied."""

from celery import shared_task

from server.trainings.services import lifecycle, snapshot_rules, snapshots


@shared_task(name="trainings.hold_snapshots")  # type: ignore[untyped-decorator]  # celery has no types
def hold_snapshots() -> int:
    """Holds the bytes of snapshots that waited for them, long before collection could take them; then applies rules
    wherever bytes have come."""
    held = snapshots.claim_pending()
    snapshot_rules.apply_due()
    return held


@shared_task(name="trainings.purge_trash")  # type: ignore[untyped-decorator]
def purge_trash() -> int:
    """Deletes for good what has been in the trash for 30 days."""
    return lifecycle.purge_trash()
