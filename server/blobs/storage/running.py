"""Digests of uploads, computed behind their parts as they arrive: known when the last one is here.

A digest is trusted only while every part is still the very file that was read for it. The parts are brought to the disk
on the way, so that publishing them need not wait for that either.
"""

import hashlib
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from uuid import UUID

_MOST = 1_000
_BLOCK_BYTES = 1 << 20
_log = logging.getLogger("pavi.blobs")


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
    """What was hashed so far: parts 1 to ``len(parts)``, in order. Whoever goes on holds the lock."""

    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    parts: list[Identity] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class RunningDigests:
    """The digests of open uploads, the latest thousand. Any thread may call."""

    def __init__(self) -> None:
        self._uploads: OrderedDict[UUID, _Upload] = OrderedDict()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(2, "pavi-blobs-hash")

    def arrived(self, upload_id: UUID, part: Path) -> None:
        """Goes on with an upload in the background; ``part`` is a file of its folder, named by its number."""
        self._threads.submit(self._go_on, upload_id, part.parent)
        self._threads.submit(_flush, part)

    def whole(self, upload_id: UUID, folder: Path, parts: Sequence[Identity]) -> str | None:
        """The digest of exactly these files in this order; None when the parts in ``folder`` are others."""
        upload = self._upload(upload_id)
        with upload.lock:
            _advance(upload, folder)
            return upload.digest.hexdigest() if upload.parts == list(parts) else None

    def forget(self, upload_id: UUID) -> None:
        """Drops an upload."""
        with self._lock:
            self._uploads.pop(upload_id, None)

    def _upload(self, upload_id: UUID) -> _Upload:
        with self._lock:
            upload = self._uploads.setdefault(upload_id, _Upload())
            self._uploads.move_to_end(upload_id)
            while len(self._uploads) > _MOST:
                self._uploads.popitem(last=False)
            return upload

    def _go_on(self, upload_id: UUID, folder: Path) -> None:
        upload = self._upload(upload_id)
        if not upload.lock.acquire(blocking=False):
            return  # somebody is at it; what comes too late for them is seen to by `whole`
        try:
            _advance(upload, folder)
        except OSError as error:
            _log.debug("the upload in %s is hashed when it is completed: %s", folder, error)
        finally:
            upload.lock.release()


def _advance(upload: _Upload, folder: Path) -> None:
    """Hashes the parts that follow on those that were hashed."""
    while True:
        try:
            file = (folder / str(len(upload.parts) + 1)).open("rb", buffering=0)
        except FileNotFoundError:
            return
        digest = upload.digest.copy()
        with file:
            part = Identity.of(os.fstat(file.fileno()))
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
        upload.digest = digest
        upload.parts.append(part)


def _flush(part: Path) -> None:
    try:
        descriptor = os.open(part, os.O_RDONLY)
    except FileNotFoundError:  # replaced, or published already
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        _log.debug("%s is flushed when it is published: %s", part, error)
    finally:
        os.close(descriptor)
