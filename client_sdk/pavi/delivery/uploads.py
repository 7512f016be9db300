"""Sends the files beside a journal as blobs: in parts, going on where an earlier attempt stopped, deleted when safe.

Owns the files' way to the server. Does not own the events that name them, which travel in the journal.
"""

import hashlib
import logging
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

from pavi.delivery.client import Client
from pavi.exception import Conflict, InvalidRequest, NotFound, TooLarge
from pavi.journal.layout import FILES_FOLDER

__all__ = ["Uploads"]

_log = logging.getLogger("pavi")
_DIGITS = frozenset("0123456789abcdef")
_MOST_RESTARTS = 3
_BLOCK = 64 * 1024


class Uploads:
    """The files of one journal that are still here. A file's name is its sha256; a finished upload removes it."""

    def __init__(self, folder: Path, client: Client) -> None:
        self._folder = folder / FILES_FOLDER
        self._client = client
        self._upload: _Upload | None = None
        self._refused: set[str] = set()

    def pending(self) -> list[Path]:
        """Files that wait, oldest first."""
        try:
            found = [
                path for path in self._folder.iterdir() if _is_digest(path.name) and path.name not in self._refused
            ]
            return sorted(found, key=lambda path: path.stat().st_mtime)
        except FileNotFoundError:  # the folder, or a file that another sender has just finished
            return []

    def step(self) -> bool:
        """One exchange for one file. False when nothing waits.

        Raises:
            ServerUnreachable, ApiError: as the client; the next step goes on from there.
        """
        if self._upload is None:
            waiting = self.pending()
            if not waiting:
                return False
            self._upload = _Upload(waiting[0], self._client)
        upload = self._upload
        try:
            if upload.step():
                self._upload = None
        except FileNotFoundError:  # another sender of the same journal has finished it
            self._upload = None
        except (InvalidRequest, TooLarge) as error:
            self._upload = None
            self._refused.add(upload.path.name)
            _log.warning("the file %s was refused: %s It stays where it is.", upload.path, error)
        return True


class _Upload:
    def __init__(self, path: Path, client: Client) -> None:
        self.path = path
        self._client = client
        self._size = path.stat().st_size
        self._state: dict[str, Any] | None = None
        self._missing: list[int] = []
        self._restarts = 0

    def step(self) -> bool:
        """One exchange. True when the server has the bytes and the local file is gone."""
        if self._state is None:
            self._begin()
        elif self._missing:
            self._part(self._missing[-1])
        else:
            self._complete()
        if self._state is not None and self._state["complete"]:
            self.path.unlink(missing_ok=True)
            return True
        return False

    def _begin(self) -> None:
        state = self._client.post("blobs/uploads", {"sha256": self.path.name, "size": self._size})
        received = set(state["received"])
        parts = -(-self._size // max(1, int(state["part_size"])))
        self._missing = [number for number in range(parts, 0, -1) if number not in received]
        self._state = state

    def _part(self, number: int) -> None:
        assert self._state is not None  # noqa: S101  # `step` begins first
        size = int(self._state["part_size"])
        start = (number - 1) * size
        try:
            with self.path.open("rb") as file:
                self._client.send(
                    "PUT",
                    f"blobs/uploads/{self._state['id']}/parts/{number}",
                    data=_Slice(file, start, min(size, self._size - start)),
                    headers={"Content-Type": "application/octet-stream"},
                )
        except (NotFound, Conflict):  # expired, or finished by somebody else meanwhile
            self._again()
        else:
            self._missing.pop()

    def _complete(self) -> None:
        assert self._state is not None  # noqa: S101  # `step` begins first
        try:
            self._state = self._client.post(f"blobs/uploads/{self._state['id']}/complete")
        except (NotFound, Conflict):
            self._again()
        except InvalidRequest as error:
            wrong = error.details.get("parts")
            if _sha256(self.path) != self.path.name or self._restarts >= _MOST_RESTARTS or not isinstance(wrong, dict):
                raise
            # Something changed the bytes on their way: all parts again.
            self._restarts += 1
            self._missing = sorted((int(number) for number in wrong), reverse=True)

    def _again(self) -> None:
        self._state = None
        self._restarts += 1
        if self._restarts > _MOST_RESTARTS:
            raise InvalidRequest("the upload had to begin again too often.", code="sdk.upload_restarts")


class _Slice:
    """A range of a file as a body of known length, read in constant memory."""

    def __init__(self, file: BufferedReader, start: int, size: int) -> None:
        file.seek(start)
        self._file = file
        self._left = size

    def __len__(self) -> int:
        return self._left

    def __iter__(self) -> Iterator[bytes]:
        """What makes a stream of it for requests, which then reads."""
        while data := self.read(_BLOCK):
            yield data

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data


def _is_digest(name: str) -> bool:
    return len(name) == 64 and _DIGITS.issuperset(name)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
