"""Reading stored bytes block by block; a read of the whole object proves the digest before it gives out the end."""

import hashlib
import logging
from types import TracebackType
from typing import Self

from server.blobs import metrics
from server.blobs.errors import CorruptBlob
from server.blobs.storage import Reader
from server.blobs.storage.interface import BLOCK_BYTES

_log = logging.getLogger("pavi.blobs")


class BlobStream:
    """An iterator over bytes ``[start, stop)`` in blocks. Close it, or use it as a context manager.

    Raises:
        CorruptBlob: while iterating: the bytes are fewer than recorded or, when the whole object is read, do not
            have their digest. The last block is then never given out, so a receiver cannot take the rest for whole.
    """

    def __init__(self, reader: Reader, *, sha256: str, size: int, start: int, stop: int) -> None:
        self._reader = reader
        self._sha256 = sha256
        self._left = stop - start
        self._digest = hashlib.sha256() if (start, stop) == (0, size) else None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if not self._left:
            raise StopIteration
        block = self._reader.read(min(BLOCK_BYTES, self._left))
        if not block:
            self._fail(f"{self._left} bytes are missing at its end")
        self._left -= len(block)
        if self._digest is not None:
            self._digest.update(block)
            if not self._left and self._digest.hexdigest() != self._sha256:
                self._fail(f"its bytes have the digest {self._digest.hexdigest()}")
        metrics.SERVED_BYTES.inc(len(block))
        return block

    def close(self) -> None:
        """Closes the object underneath."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fail(self, how: str) -> None:
        metrics.CORRUPT.inc()
        _log.error("blob %s is damaged: %s; restore it from a backup", self._sha256, how)
        raise CorruptBlob("The stored bytes are damaged. The server's owner has to restore them.", sha256=self._sha256)
