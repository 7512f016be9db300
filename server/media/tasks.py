"""Background work of media: files that arrived late find their items."""

from celery import shared_task

from server.media import services


@shared_task(name="media.hold_files")  # type: ignore[untyped-decorator]  # celery has no types
def hold_files() -> int:
    """Keeps the files of items that waited for them, long before collection could take them."""
    return services.claim_pending()
