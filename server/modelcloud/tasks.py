"""Background work of the ModelCloud: the trash is emptied."""

from celery import shared_task

from server.modelcloud.services import trash


@shared_task(name="modelcloud.purge_trash")  # type: ignore[untyped-decorator]  # celery has no types
def purge_trash() -> int:
    """Deletes for good what has been in the trash for 30 days."""
    return trash.purge_trash()
