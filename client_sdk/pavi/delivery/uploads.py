"""Sends the files beside a journal as blobs, small ones together, large ones in parts; deleted when they are safe.

Owns the files' way to the server. Does not own the events that name them, which travel in the journal.
"""

import hashlib
import logging
import struct
from collections.abc import Sequence
from pathlib import Path

from pavi.delivery.blobs import BlobUpload
from pavi.delivery.client import Client
from pavi.exception import FileChanged, InvalidRequest, NotFound, TooLarge
from pavi.journal.layout import FILES_FOLDER

__all__ = ["Uploads"]

_log = logging.getLogger("pavi")
_DIGITS = frozenset("0123456789abcdef")
_SMALL_BYTES = 256 * 1024
_TOGETHER_BYTES = 4 * 1024 * 1024
_MOST_TOGETHER = 128
_HEAD = struct.Struct("<32sI")


class Uploads:
    """The files of one journal that are still here. A file's name is its sha256; a finished upload removes it."""

    def __init__(self, folder: Path, client: Client) -> None:
        self._folder = folder / FILES_FOLDER
        self._client = client
        self._upload: BlobUpload | None = None
        self._refused: set[str] = set()
        self._takes_small = True

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
        try:
            if self._upload is None:
                waiting = self.pending()
                if not waiting:
                    return False
                if self._takes_small and (small := _small(waiting)):
                    self._send_small(small)
                    return True
                path = waiting[0]
                self._upload = BlobUpload(path, path.name, path.stat().st_size, self._client)
            if self._upload.step():
                self._upload.path.unlink(missing_ok=True)
                self._upload = None
        except FileNotFoundError:  # another sender of the same journal has finished it
            self._upload = None
        except (InvalidRequest, TooLarge, FileChanged) as error:
            assert self._upload is not None  # noqa: S101  # only its steps raise these
            self._refused.add(self._upload.path.name)
            _log.warning("the file %s was refused: %s It stays where it is.", self._upload.path, error)
            self._upload = None
        return True

    def _send_small(self, paths: Sequence[Path]) -> None:
        """Many files in one exchange: a training's pictures are thousands of them."""
        files = {path: path.read_bytes() for path in paths}
        body = b"".join(_HEAD.pack(bytes.fromhex(path.name), len(data)) + data for path, data in files.items())
        headers = {"Content-Type": "application/octet-stream"}
        try:
            answer = self._client.send("POST", "blobs/small", data=body, headers=headers)
        except (NotFound, InvalidRequest, TooLarge):  # an older server, or one file that spoils it: one by one
            self._takes_small = False
            return
        stored = set(answer["stored"])
        for path, data in files.items():
            if path.name in stored:
                path.unlink(missing_ok=True)
            elif hashlib.sha256(data).hexdigest() != path.name:
                self._refused.add(path.name)
                _log.warning("the file %s is damaged and is not sent. It stays where it is.", path)


def _small(waiting: Sequence[Path]) -> list[Path]:
    """The oldest small files, as many as go together."""
    found: list[Path] = []
    room = _TOGETHER_BYTES
    for path in waiting:
        size = path.stat().st_size
        if size <= _SMALL_BYTES and size <= room:
            found.append(path)
            room -= size
            if len(found) == _MOST_TOGETHER:
                break
    return found


def _is_digest(name: str) -> bool:
    return len(name) == 64 and _DIGITS.issuperset(name)
