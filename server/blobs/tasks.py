"""Background work of blobs."""

from celery import shared_task

from server.blobs import collection


@shared_task(name="blobs.collect_garbage")  # type: ignore[untyped-decorator]  # celery has no types
def collect_garbage() -> None:
    """Removes what nobody needs any more; safe to run at any time and twice."""
    collection.collect()
