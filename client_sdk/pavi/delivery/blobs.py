"""A file's bytes on their way to the server as a blob: in parts, going on where an earlier attempt stopped.

Owns the exchanges of one upload. Does not own what the blob is for, nor what becomes of the local file.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pavi.delivery.client import Client
from pavi.exception import Conflict, FileChanged, InvalidRequest, NotFound

__all__ = ["BlobUpload", "OnProgress", "Stopped", "Stored", "digest_of"]

OnProgress = Callable[[str, int, int], object]
"""Called with what is being done (``reading``, ``sending``, ``fetching``), bytes done, and bytes in all."""

_MOST_RESTARTS = 3
_BLOCK = 1024 * 1024


class Stored(NamedTuple):
    """Bytes that the server has: their sha256 and number."""

    sha256: str
    size: int


class Stopped(Exception):
    """An upload was stopped from beside it."""


class BlobUpload:
    """The upload of one file, exchange by exchange.

    Args:
        path: the file.
        name: 64 hexadecimal digits under which the server finds the upload again: the sha256, where it is known.
        size: bytes.
        client: who sends.
        on_progress: see `OnProgress`.
        sha256: gives the sha256 of the bytes, if ``name`` is not; asked when everything was sent.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        size: int,
        client: Client,
        on_progress: OnProgress | None = None,
        *,
        sha256: Callable[[], str] | None = None,
    ) -> None:
        self.path = path
        self._name = name
        self._sha256 = sha256 or (lambda: name)
        self._stopped = threading.Event()
        self._size = size
        self._client = client
        self._on_progress = on_progress
        self._state: dict[str, Any] | None = None
        self._missing: list[int] = []
        self._restarts = 0

    @property
    def missing(self) -> int:
        """How many parts the server does not have yet, as far as is known."""
        return len(self._missing)

    def stop(self) -> None:
        """Ends the sending, from any thread: the step at work raises `Stopped`."""
        self._stopped.set()

    def step(self, beside: Sequence[Client] = ()) -> bool:
        """One exchange; with further connections ``beside`` the client's, all parts in one step.

        Returns:
            Whether the server has the bytes.

        Raises:
            FileChanged: the file is no longer what it was.
            FileNotFoundError: it is gone.
            ServerUnreachable, ApiError: as the client; the next step goes on from there.
            Stopped: `stop` was called.
        """
        if self._stopped.is_set():
            raise Stopped
        if self._state is None:
            self._begin()
        elif self._missing and beside:
            self._parts([self._client, *beside])
        elif self._missing:
            self._part(self._missing[-1])
        else:
            self._complete()
        return self._state is not None and bool(self._state["complete"])

    def _begin(self) -> None:
        state = self._client.post("blobs/uploads", {"sha256": self._name, "size": self._size})
        received = set(state["received"])
        parts = 0 if state["complete"] else -(-self._size // max(1, int(state["part_size"])))
        self._missing = [number for number in range(parts, 0, -1) if number not in received]
        self._state = state
        self._tell()

    def _part(self, number: int) -> None:
        try:
            self._send(self._client, number)
        except (NotFound, Conflict):  # expired, or finished by somebody else meanwhile
            self._again()
        else:
            self._missing.pop()
            self._tell()

    def _parts(self, connections: list[Client]) -> None:
        """Sends all missing parts, as many at a time as there are connections."""
        parts = _Parts(self._missing)

        def send(client: Client) -> None:
            try:
                while (number := parts.take()) is not None:
                    self._send(client, number)
                    parts.sent(number)
                    self._tell()
            except Exception as error:  # noqa: BLE001  # of any thread: raised below
                parts.fail(error)

        threads = [threading.Thread(target=send, args=[client], daemon=True) for client in connections[1:]]
        for thread in threads:
            thread.start()
        send(connections[0])
        for thread in threads:
            thread.join()
        error = parts.error
        if isinstance(error, NotFound | Conflict):  # expired, or finished by somebody else meanwhile
            self._again()
        elif error is not None:
            raise error

    def _send(self, client: Client, number: int) -> None:
        assert self._state is not None  # noqa: S101  # `step` begins first
        size = int(self._state["part_size"])
        start = (number - 1) * size
        with self.path.open("rb", buffering=0) as file:
            if os.fstat(file.fileno()).st_size != self._size:
                raise FileChanged(f"{self.path} changed while it was uploaded; upload it again.")
            client.send(
                "PUT",
                f"blobs/uploads/{self._state['id']}/parts/{number}",
                data=_Slice(file, start, min(size, self._size - start), self._stopped),
                headers={"Content-Type": "application/octet-stream"},
            )

    def _complete(self) -> None:
        assert self._state is not None  # noqa: S101  # `step` begins first
        sha256 = self._sha256()
        told = {"sha256": sha256} if sha256 != self._name else None
        try:
            self._state = self._client.post(f"blobs/uploads/{self._state['id']}/complete", params=told)
        except (NotFound, Conflict):
            self._again()
        except InvalidRequest as error:
            wrong = error.details.get("parts")
            if not isinstance(wrong, dict):
                raise
            if self._is_changed():
                raise FileChanged(f"{self.path} changed while it was uploaded; upload it again.") from error
            if self._restarts >= _MOST_RESTARTS:
                raise
            # Something changed the bytes on their way: all parts again.
            self._restarts += 1
            self._missing = sorted((int(number) for number in wrong), reverse=True)

    def _is_changed(self) -> bool:
        with self.path.open("rb") as file:
            return digest_of(file)[0] != self._sha256()

    def _again(self) -> None:
        self._state = None
        self._restarts += 1
        if self._restarts > _MOST_RESTARTS:
            raise InvalidRequest("the upload had to begin again too often.", code="sdk.upload_restarts")

    def _tell(self) -> None:
        if self._on_progress is not None and self._state is not None:
            part = int(self._state["part_size"])
            left = sum(min(part, self._size - (number - 1) * part) for number in self._missing)
            self._on_progress("sending", self._size - left, self._size)


def digest_of(file: BinaryIO, on_progress: Callable[[int], object] | None = None) -> tuple[str, int]:
    """sha256 and number of the bytes from here to the end."""
    digest, size = hashlib.sha256(), 0
    block = bytearray(_BLOCK)
    view = memoryview(block)
    while count := file.readinto(view):  # type: ignore[attr-defined]  # every file of ours has it
        digest.update(view[:count])
        size += count
        if on_progress is not None:
            on_progress(size)
    return digest.hexdigest(), size


class _Parts:
    """The numbers of parts that several threads share out. ``missing`` shrinks with every one that was sent."""

    def __init__(self, missing: list[int]) -> None:
        self.error: Exception | None = None
        self._missing = missing
        self._waiting = list(missing)
        self._lock = threading.Lock()

    def take(self) -> int | None:
        """The next one; None when there is none, or one has failed."""
        with self._lock:
            return self._waiting.pop() if self._waiting and self.error is None else None

    def sent(self, number: int) -> None:
        with self._lock:
            self._missing.remove(number)

    def fail(self, error: Exception) -> None:
        """Keeps the first error, and ends the sharing out."""
        with self._lock:
            self.error = self.error or error


class _Slice:
    """A range of a file as a body of known length, in constant memory.

    Iterated, not read: the HTTP stack reads files in small blocks, and sends what it iterates as it comes.
    """

    def __init__(self, file: Any, start: int, size: int, stopped: threading.Event) -> None:
        file.seek(start)
        self._file: BufferedReader = file
        self._left = size
        self._stopped = stopped

    def __len__(self) -> int:
        return self._left

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (data := self._file.read(min(_BLOCK, self._left))):
            if self._stopped.is_set():
                raise Stopped
            self._left -= len(data)
            yield data
