"""Garbage collection: blobs that nobody holds, uploads that were left alone, files that no row knows.

It cannot race an upload or a hold. Both restart a blob's grace period (``fresh_at``) in the statement that locks its
row; the collector locks a row only while the period is over. Whoever comes second finds the row changed or gone.
The bytes go after the row's deletion is committed, under a key that no later publication uses.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError
from django.utils import timezone

from server.blobs import metrics
from server.blobs.models import Blob, Hold, Upload
from server.blobs.storage import StoredObject, configured

GRACE = timedelta(days=1)
"""How long bytes stay after their last upload or hold: time enough for the record that will hold them to arrive."""

_BATCH = 500
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_log = logging.getLogger("pavi.blobs")


@dataclass(frozen=True, slots=True)
class Collected:
    """How many things one run removed."""

    blobs: int
    uploads: int
    orphans: int


def collect(*, grace: timedelta = GRACE, orphan_grace: timedelta = GRACE) -> Collected:
    """Removes everything that is garbage for longer than the periods given. Several may run at once.

    Args:
        grace: for blobs without a holder; correct with any value.
        orphan_grace: for files without a row; must be longer than it takes to write a part or to join an upload.
    """
    now = timezone.now()
    result = Collected(
        blobs=_collect_blobs(now - grace), uploads=_collect_uploads(now), orphans=_collect_orphans(now - orphan_grace)
    )
    for kind in ("blobs", "uploads", "orphans"):
        metrics.COLLECTED.labels(kind).inc(getattr(result, kind))
    if result != Collected(0, 0, 0):
        _log.info("collected %d blobs, %d uploads, %d orphans", result.blobs, result.uploads, result.orphans)
    return result


def _collect_blobs(before: datetime) -> int:
    held = Hold.objects.filter(blob_id=OuterRef("sha256"))
    garbage = Blob.objects.filter(~Exists(held), fresh_at__lt=before)
    count = 0
    for sha256 in list(garbage.order_by("fresh_at").values_list("sha256", flat=True)):
        try:
            with transaction.atomic():
                # A locked row belongs to an upload or a hold that is just being committed: no garbage any more.
                blob = garbage.select_for_update(skip_locked=True, of=("self",)).filter(sha256=sha256).first()
                if blob is None:
                    continue
                key = blob.key
                blob.delete()
        except ProtectedError:
            continue  # held since the statement that locked it took its snapshot: deleting looks once more
        configured().delete(key)
        count += 1
    return count


def _collect_uploads(now: datetime) -> int:
    count = 0
    for upload_id in list(Upload.objects.filter(expires_at__lt=now).values_list("id", flat=True)):
        with transaction.atomic():
            expired = Upload.objects.select_for_update(skip_locked=True).filter(id=upload_id, expires_at__lt=now)
            upload = expired.first()
            if upload is None:
                continue
            upload.delete()
        configured().delete_upload(upload_id)
        count += 1
    return count


def _collect_orphans(before: datetime) -> int:
    """What a process that died left in the storage: rows are committed after the bytes and deleted before them."""
    storage = configured()
    count = storage.discard_unfinished(before=before)
    for batch in _batches(found for found in storage.objects() if found.modified < before):
        known = set(Blob.objects.filter(key__in=batch).values_list("key", flat=True))
        for key in set(batch) - known:
            storage.delete(key)
            count += 1
    for batch in _batches(found for found in storage.uploads() if found.modified < before):
        ids = {UUID(name) for name in batch if _UUID.fullmatch(name)}
        open_ids = set(Upload.objects.filter(id__in=ids, completed_at=None).values_list("id", flat=True))
        for upload_id in ids - open_ids:
            storage.delete_upload(upload_id)
            count += 1
    return count


def _batches(found: Iterable[StoredObject]) -> Iterator[list[str]]:
    names = (item.name for item in found)
    while batch := list(islice(names, _BATCH)):
        yield batch
