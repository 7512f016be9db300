"""Many small files in one request: a training's pictures must not cost three exchanges each.

Owns the frame and the transaction. A body is one entry after the other::

    32 bytes   sha256
    u32        number of bytes, little-endian
    bytes
"""

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from server.accounts.principal import Principal
from server.blobs import errors, metrics, receiving
from server.blobs.models import Blob, Possession
from server.blobs.storage import configured, new_key

MAX_BODY_BYTES = 8 << 20
MAX_FILES = 256
_HEAD = struct.Struct("<32sI")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the files: sha256 of those that are stored, and of those that arrived damaged."""

    stored: list[str]
    damaged: list[str]


def store(*, actor: Principal, stream: BinaryIO, length: int) -> Taken:
    """Stores every file whose bytes have the digest that stands before them. Repeating it is harmless.

    Args:
        stream, length: the body, at most `MAX_BODY_BYTES`.

    Raises:
        BlobTooLarge, BadPart: too many bytes or files, or a body that is no sequence of entries.
        CutShort, StorageUnavailable.
    """
    if length > MAX_BODY_BYTES:
        raise errors.BlobTooLarge(
            f"A request takes {MAX_BODY_BYTES} bytes of small files, not {length}. Send fewer at once.",
            limit=MAX_BODY_BYTES,
        )
    files, damaged = _read(b"".join(receiving.blocks(stream, length)))
    known = set(Blob.objects.filter(sha256__in=list(files)).values_list("sha256", flat=True))
    keys = {sha256: new_key(sha256) for sha256 in files if sha256 not in known}
    for sha256, key in keys.items():
        configured().write(key=key, data=files[sha256])
    for key in _publish(actor, files, keys):
        configured().delete(key)  # somebody stored the same bytes meanwhile: theirs stay
    metrics.RECEIVED_BYTES.inc(length)
    metrics.PUBLISHED.inc(len(keys))
    metrics.DEDUPLICATED.inc(len(known))
    return Taken(list(files), damaged)


def _read(body: bytes) -> tuple[dict[str, bytes], list[str]]:
    files: dict[str, bytes] = {}
    damaged: list[str] = []
    view, at = memoryview(body), 0
    while at < len(view):
        if at + _HEAD.size > len(view):
            raise errors.BadPart("The body ends inside of an entry's head: 32 bytes of sha256, 4 bytes of length.")
        digest, size = _HEAD.unpack_from(view, at)
        at += _HEAD.size
        if at + size > len(view):
            raise errors.BadPart(f"An entry announces {size} bytes, and {len(view) - at} follow.")
        data = bytes(view[at : at + size])
        at += size
        if hashlib.sha256(data).digest() == digest:
            files[digest.hex()] = data
        else:
            damaged.append(digest.hex())
        if len(files) + len(damaged) > MAX_FILES:
            raise errors.BadPart(f"A request takes {MAX_FILES} files. Send fewer at once.", files=MAX_FILES)
    return files, damaged


def _publish(actor: Principal, files: Mapping[str, bytes], keys: Mapping[str, str]) -> list[str]:
    """Makes the files known and the actor's. Returns the keys that are not needed."""
    now = timezone.now()
    with transaction.atomic():
        # Moves what is there out of the collector's reach; what the collector took since we looked must come again.
        Blob.objects.filter(sha256__in=list(files)).update(fresh_at=now)
        rows = [Blob(sha256=one, size=len(files[one]), key=key, fresh_at=now) for one, key in sorted(keys.items())]
        Blob.objects.bulk_create(rows, ignore_conflicts=True)
        found = dict(Blob.objects.filter(sha256__in=list(files)).values_list("sha256", "key"))
        if len(found) != len(files):
            raise errors.StorageUnavailable("Some of the files were collected in this moment. Send them again.")
        Possession.objects.bulk_create(
            [Possession(user_id=actor.user_id, blob_id=sha256) for sha256 in sorted(files)], ignore_conflicts=True
        )
    return [key for sha256, key in keys.items() if found[sha256] != key]
