"""A file's bytes to the server, from a call that waits for it: hashed, sent over two connections, retried.

Owns the order of hashing and sending. The exchanges are `blobs.BlobUpload`'s.
"""

import hashlib
import logging
import os
import threading
from pathlib import Path

from pavi.delivery.blobs import BlobUpload, OnProgress, Stopped, Stored, digest_of
from pavi.delivery.client import Client
from pavi.delivery.patience import Patience
from pavi.exception import ApiError, FileChanged, ServerUnreachable

__all__ = ["upload_file"]

_log = logging.getLogger("pavi")
_PARALLEL_BYTES = 64 * 1024 * 1024
_LARGE_BYTES = 256 * 1024 * 1024
_SAMPLE = 64 * 1024


def upload_file(path: Path, client: Client, on_progress: OnProgress | None = None) -> Stored:
    """Brings a file's bytes to the server in constant memory. What is there already is not sent again.

    Args:
        path: the file; of a symlink, what it points to.
        client: who sends.
        on_progress: see `OnProgress`. For a large file it is called by several threads.

    Raises:
        OSError: it cannot be read.
        FileChanged: it changed meanwhile.
        ServerUnreachable: no answer for half a minute. Calling again goes on where this stopped.
        ApiError: refused.
    """
    hashing = _Hashing(path, on_progress)
    if hashing.size < _LARGE_BYTES:
        hashing.run()
        name = hashing.result()
    else:
        # Hashing a large file first would cost a third of the time; its upload begins under a name of its own.
        name = _name(path)
        hashing.start()
    upload = BlobUpload(path, name, hashing.size, client, on_progress, sha256=hashing.result)
    if hashing.is_alive():
        threading.Thread(target=_stop_if_known, args=[hashing, upload, client.another()], daemon=True).start()
    # A second connection sends while the server finishes what came over the first.
    beside = [client.another()] if hashing.size > _PARALLEL_BYTES else []
    try:
        _send(upload, beside)
    except Stopped:
        pass  # the server has these bytes
    finally:
        for connection in beside:
            connection.close()
    return Stored(hashing.result(), hashing.size)


def _send(upload: BlobUpload, beside: list[Client]) -> None:
    patience = Patience()
    while True:
        before = upload.missing
        try:
            if upload.step(beside):
                return
            patience.renew()
        except (ServerUnreachable, ApiError) as error:
            if upload.missing < before or getattr(error, "code", "") == "blobs.joining":
                patience.renew()  # something arrived, or an earlier request of ours is at work
            patience.wait(error)


class _Hashing(threading.Thread):
    """The sha256 of a file, here (`run`) or beside (`start`)."""

    def __init__(self, path: Path, on_progress: OnProgress | None) -> None:
        super().__init__(name="pavi-upload-hash", daemon=True)
        self.size = path.stat().st_size
        self._path = path
        self._on_progress = on_progress
        self._sha256 = ""
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            with self._path.open("rb", buffering=0) as file:
                self._sha256, size = digest_of(file, self._tell)
            if size != self.size:
                raise FileChanged(f"{self._path} changed while it was read; upload it again.")
        except Exception as error:  # noqa: BLE001  # `result` raises it
            self._error = error

    def result(self) -> str:
        """Waits for the digest.

        Raises:
            OSError, FileChanged: there is none.
        """
        if self.is_alive():
            self.join()
        if self._error is not None:
            raise self._error
        return self._sha256

    def _tell(self, done: int) -> None:
        if self._on_progress is not None:
            self._on_progress("reading", done, self.size)


def _stop_if_known(hashing: _Hashing, upload: BlobUpload, client: Client) -> None:
    """Ends an upload when it turns out that the server has the bytes."""
    try:
        known = client.get("blobs/uploads", {"sha256": hashing.result(), "size": hashing.size})
        if known["complete"]:
            upload.stop()
    except Exception as error:  # noqa: BLE001  # they are sent, then; what is wrong shows there
        _log.debug("whether %s is known cannot be told: %s", upload.path, error)
    finally:
        client.close()


def _name(path: Path) -> str:
    """Digits that find the upload of this file again, as long as nobody touches it."""
    with path.open("rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        head = file.read(_SAMPLE)
        file.seek(max(0, found.st_size - _SAMPLE))
        facts = f"pavi:{found.st_size}:{found.st_mtime_ns}:".encode() + head + file.read(_SAMPLE)
    return hashlib.sha256(facts).hexdigest()
