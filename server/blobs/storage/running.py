"""Digests of uploads whose parts come in order to one process: known when the last part is here, without reading again.

A digest is trusted only while every part is still the very file that was written while it was computed.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Identity:
    """Which file it is. An inode's number comes again when its file is gone, but not with the time of its last byte."""

    inode: int
    size: int
    modified_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> Self:
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


@dataclass(slots=True)
class _Upload:
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    parts: list[Identity] = field(default_factory=list)


class RunningDigests:
    """The digests of open uploads, the latest thousand. Any thread may call."""

    def __init__(self) -> None:
        self._uploads: OrderedDict[UUID, _Upload] = OrderedDict()
        self._lock = threading.Lock()

    def before(self, upload_id: UUID, number: int) -> "hashlib._Hash | None":
        """The digest that goes on with part ``number`` (from 1); None when it is not the next one."""
        with self._lock:
            upload = self._uploads.get(upload_id, _Upload())
            return upload.digest.copy() if len(upload.parts) == number - 1 else None

    def after(self, upload_id: UUID, number: int, digest: "hashlib._Hash | None", part: Identity) -> None:
        """Keeps what `before` gave and the part's bytes went through; without it the upload's digest is lost."""
        with self._lock:
            upload = self._uploads.pop(upload_id, _Upload())
            if digest is None or len(upload.parts) != number - 1:
                return
            self._uploads[upload_id] = _Upload(digest, [*upload.parts, part])
            while len(self._uploads) > _MOST:
                self._uploads.popitem(last=False)

    def whole(self, upload_id: UUID, parts: Sequence[Identity]) -> str | None:
        """The digest of exactly these files in this order; None when it is not known."""
        with self._lock:
            upload = self._uploads.get(upload_id)
            if upload is None or upload.parts != list(parts):
                return None
            return upload.digest.hexdigest()

    def forget(self, upload_id: UUID) -> None:
        """Drops an upload."""
        with self._lock:
            self._uploads.pop(upload_id, None)
