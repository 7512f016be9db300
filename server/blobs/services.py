"""Writes of blobs: resumable uploads, holds that keep bytes from collection, and opening bytes for reading."""

import hashlib
import re
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from server.accounts.principal import Principal
from server.blobs import errors, metrics, receiving
from server.blobs.models import Blob, Hold, Part, Possession, Upload
from server.blobs.selectors import BlobInfo, UploadState, own_upload, possesses, stat, state_of
from server.blobs.storage import configured, new_key
from server.blobs.stream import BlobStream

PART_BYTES = 16 << 20
MAX_PART_BYTES = 128 << 20
_PARTS = 32
"""An upload has about so many parts: each costs a request and a transaction, and is what a broken connection costs."""
MAX_PARTS = 10_000  # what S3 can join
MAX_OPEN_UPLOADS = 1_000
UPLOAD_LIFETIME = timedelta(days=7)
_ANSWER_LIFETIME = timedelta(days=1)
_JOIN_LEASE = timedelta(minutes=15)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def start_upload(*, actor: Principal, sha256: str, size: int) -> UploadState:
    """Opens an upload, or finds the actor's open one of the same bytes, so that it goes on where it stopped.

    Args:
        sha256: hexadecimal, of the whole. Where it takes long to know: any digits that find this upload again, and the
            true ones for `complete_upload`.
        size: bytes of the whole.

    Returns:
        ``complete`` when the actor has sent these bytes before: nothing needs to be sent.

    Raises:
        BadDigest, BadSize, BlobTooLarge, TooManyUploads.
    """
    _check(sha256, size)
    if _possessed(actor, sha256, size):
        return UploadState(None, PART_BYTES, [], True)
    expires_at = timezone.now() + UPLOAD_LIFETIME
    same = {"user_id": actor.user_id, "sha256": sha256, "size": size, "completed_at": None}
    while True:
        upload = Upload.objects.filter(**same).first()
        if upload is None:
            if Upload.objects.filter(user_id=actor.user_id, completed_at=None).count() >= MAX_OPEN_UPLOADS:
                raise errors.TooManyUploads(
                    f"You have {MAX_OPEN_UPLOADS} uploads open. Complete some of them; "
                    f"those left alone end after {UPLOAD_LIFETIME.days} days."
                )
            defaults = {"part_size": _part_size(size), "expires_at": expires_at}
            upload, _ = Upload.objects.get_or_create(**same, defaults=defaults)
        # Collection removes what has expired; only a row that is still there at this moment can be gone on with.
        if Upload.objects.filter(id=upload.id).update(expires_at=expires_at):
            return state_of(upload)


def refresh(*, actor: Principal, sha256: str, size: int) -> bool:
    """Whether the actor has sent these bytes before and they are here; if so, they stay for another grace period.

    Raises:
        BadDigest, BadSize, BlobTooLarge.
    """
    _check(sha256, size)
    return _possessed(actor, sha256, size)


def write_part(
    *, actor: Principal, upload_id: UUID, number: int, stream: BinaryIO, length: int, sha256: str | None = None
) -> None:
    """Stores a part from a stream, in constant memory. Repeating a part replaces it.

    Args:
        number: from 1.
        length: bytes that the stream will give, as announced.
        sha256: of the part, when the sender wants it checked.

    Raises:
        UnknownUpload, Completed, BadPart, CutShort, DigestMismatch, StorageUnavailable.
    """
    upload = own_upload(viewer=actor, upload_id=upload_id)
    if upload.completed_at is not None:
        raise errors.Completed("This upload is complete; its bytes can no longer change.")
    _check_part(upload, number, length)
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise errors.BadDigest("The part's sha256 must be 64 lowercase hexadecimal digits.")
    configured().write_part(upload_id=upload.id, number=number, blocks=_checked_blocks(stream, length, sha256))
    with transaction.atomic():
        alive = Upload.objects.filter(id=upload.id).update(expires_at=timezone.now() + UPLOAD_LIFETIME)
        if not alive:
            raise errors.UnknownUpload("This upload has expired meanwhile. Start it again with POST blobs/uploads.")
        Part.objects.update_or_create(
            upload_id=upload.id, number=number, defaults={"size": length, "sha256": sha256 or ""}
        )
    metrics.RECEIVED_BYTES.inc(length)


def complete_upload(*, actor: Principal, upload_id: UUID, sha256: str | None = None) -> UploadState:
    """Joins the parts, checks size and sha256 of the whole, publishes the bytes. Repeating it is harmless.

    Args:
        sha256: of the whole, when the upload was started under another name because it was not known yet.

    Raises:
        UnknownUpload, BadDigest.
        Incomplete: parts are missing; ``details["missing"]`` lists the first of them.
        Joining: an earlier request is at it.
        DigestMismatch: the upload stays open; ``details["parts"]`` tells each part's sha256, so that the wrong ones
            can be sent again.
    """
    upload = own_upload(viewer=actor, upload_id=upload_id)
    if upload.completed_at is not None:
        return state_of(upload)
    digest = upload.sha256 if sha256 is None else sha256
    if not _SHA256.fullmatch(digest):
        raise errors.BadDigest("sha256 must be 64 lowercase hexadecimal digits.")
    numbers = _all_parts(upload)
    _lease(upload)
    key = new_key(digest)
    try:
        configured().assemble(upload_id=upload.id, numbers=numbers, key=key, sha256=digest, size=upload.size)
        new = _publish(upload, digest, key)
    except errors.DigestMismatch as mismatch:
        metrics.REFUSED.inc()
        mismatch.details["parts"] = {
            number: configured().part_digest(upload_id=upload.id, number=number) for number in numbers
        }
        raise
    except errors.BytesMissing:
        upload.parts.all().delete()
        raise errors.Incomplete("The stored parts are gone. Send all of them again.", missing=[]) from None
    finally:
        Upload.objects.filter(id=upload.id).update(joining_until=None)
    (metrics.PUBLISHED if new else metrics.DEDUPLICATED).inc()
    if not new:
        configured().delete(key)
    configured().delete_upload(upload.id)
    return UploadState(upload.id, upload.part_size, [], True)


def hold(*, sha256: str, holder: str) -> BlobInfo:
    """Keeps bytes from collection until `release`. Joins the caller's transaction; repeating it is harmless.

    Args:
        holder: who needs them, such as ``snapshot:<id>``.

    Raises:
        UnknownBlob: they are not stored.
    """
    with transaction.atomic():
        # Locks the row and moves it out of the collector's reach in one statement: see `collection`.
        if not _refresh(sha256):
            raise errors.UnknownBlob("These bytes are not stored here. Upload them first.", sha256=sha256)
        Hold.objects.get_or_create(blob_id=sha256, holder=holder)
        return BlobInfo(sha256, Blob.objects.get(sha256=sha256).size)


def release(*, sha256: str, holder: str) -> None:
    """Lets go of bytes; when nobody holds them they are collected. What is not held is no failure."""
    Hold.objects.filter(blob_id=sha256, holder=holder).delete()


def hold_all(*, sha256s: Collection[str], holder: str) -> dict[str, int]:
    """Holds many for one holder, as `hold` does one, in four statements. Joins the caller's transaction.

    Returns:
        The sizes of those that are stored; the others are left out.
    """
    with transaction.atomic():
        # In one order for everybody who locks several: no deadlocks.
        rows = Blob.objects.select_for_update().filter(sha256__in=list(sha256s)).order_by("sha256")
        sizes = dict(rows.values_list("sha256", "size"))
        Blob.objects.filter(sha256__in=list(sizes)).update(fresh_at=timezone.now())
        Hold.objects.bulk_create([Hold(blob_id=sha256, holder=holder) for sha256 in sizes], ignore_conflicts=True)
    return sizes


def release_all(*, sha256s: Collection[str], holder: str) -> None:
    """Lets go of many for one holder, as `release` does of one."""
    Hold.objects.filter(blob_id__in=list(sha256s), holder=holder).delete()


def open(*, sha256: str, start: int = 0, stop: int | None = None) -> BlobStream:  # noqa: A001  # services.open reads well
    """Opens bytes ``[start, stop)`` for reading in blocks; the caller closes the stream.

    Raises:
        UnknownBlob, BytesMissing, StorageUnavailable.
        ValueError: the range is not inside the bytes.
    """
    blob = Blob.objects.filter(sha256=sha256).first()
    if blob is None:
        raise errors.UnknownBlob("These bytes are not stored here.", sha256=sha256)
    end = blob.size if stop is None else stop
    if not 0 <= start <= end <= blob.size:
        raise ValueError(f"bytes {start}…{end} are not inside 0…{blob.size}")
    reader = configured().open(blob.key, start=start, stop=end)
    return BlobStream(reader, sha256=sha256, size=blob.size, start=start, stop=end)


def _check(sha256: str, size: int) -> None:
    if not _SHA256.fullmatch(sha256):
        raise errors.BadDigest("sha256 must be 64 lowercase hexadecimal digits.")
    if size < 0:
        raise errors.BadSize("size cannot be negative.")
    limit = min(settings.BLOB_MAX_BYTES, configured().max_bytes)
    if size > limit:
        raise errors.BlobTooLarge(f"{size} bytes are more than the {limit} that this server takes.", limit=limit)


def _possessed(actor: Principal, sha256: str, size: int) -> bool:
    if not possesses(user_id=actor.user_id, sha256=sha256) or not _refresh(sha256):
        return False
    info = stat(sha256=sha256)
    if info is not None and info.size != size:
        raise errors.BadSize(f"The bytes with this sha256 are {info.size} long, not {size}.", size=info.size)
    return info is not None


def _refresh(sha256: str) -> bool:
    """Restarts the grace period of a blob; False when it is not there."""
    return bool(Blob.objects.filter(sha256=sha256).update(fresh_at=timezone.now()))


def _part_size(size: int) -> int:
    """Bytes of a part, in whole MiB where they are more than the usual ones."""
    wanted = max(min(-(-size // _PARTS), MAX_PART_BYTES), -(-size // MAX_PARTS))
    return max(PART_BYTES, -(-wanted // (1 << 20)) << 20)


def _part_count(upload: Upload) -> int:
    return -(-upload.size // upload.part_size)


def _check_part(upload: Upload, number: int, length: int) -> None:
    count = _part_count(upload)
    if not 1 <= number <= count:
        raise errors.BadPart(f"This upload has parts 1…{count}; there is no part {number}.", parts=count)
    wanted = upload.part_size if number < count else upload.size - (count - 1) * upload.part_size
    if length != wanted:
        raise errors.BadPart(f"Part {number} must have {wanted} bytes, not {length}.", wanted=wanted)


def _checked_blocks(stream: BinaryIO, length: int, sha256: str | None) -> Iterator[bytes]:
    """The stream's blocks; raises at their end when they are not what was announced, so that nothing is kept."""
    digest = hashlib.sha256()
    for block in receiving.blocks(stream, length):
        if sha256 is not None:
            digest.update(block)
        yield block
    if sha256 is not None and digest.hexdigest() != sha256:
        raise errors.DigestMismatch("The part arrived damaged. Send it again.", sha256=digest.hexdigest())


def _all_parts(upload: Upload) -> list[int]:
    """The numbers of all parts."""
    here = set(upload.parts.values_list("number", flat=True))
    numbers = list(range(1, _part_count(upload) + 1))
    missing = [number for number in numbers if number not in here]
    if missing:
        raise errors.Incomplete(f"{len(missing)} parts are missing. Send them first.", missing=missing[:100])
    return numbers


def _lease(upload: Upload) -> None:
    now = timezone.now()
    free = Upload.objects.filter(id=upload.id).exclude(joining_until__gt=now)
    if not free.update(joining_until=now + _JOIN_LEASE):
        raise errors.Joining("The parts are being joined. Ask again in a few seconds.", retry_after=5.0)


def _publish(upload: Upload, sha256: str, key: str) -> bool:
    """Makes assembled bytes known; True when they are new, False when the row of the same bytes stays."""
    now = timezone.now()
    for attempt in range(3):
        try:
            with transaction.atomic():
                new = not _refresh(sha256)
                if new:
                    Blob.objects.create(sha256=sha256, size=upload.size, key=key, fresh_at=now)
                Possession.objects.get_or_create(user_id=upload.user_id, blob_id=sha256)
                upload.parts.all().delete()
                Upload.objects.filter(id=upload.id).update(completed_at=now, expires_at=now + _ANSWER_LIFETIME)
                return new
        except IntegrityError:
            # Somebody published the same bytes since we looked: theirs stay. Anything else fails again, and is raised.
            if attempt == 2:
                raise
    raise AssertionError("unreachable")
