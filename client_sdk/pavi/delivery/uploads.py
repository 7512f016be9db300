"""Sends the files beside a journal as blobs: in parts, going on where an earlier attempt stopped, deleted when safe.

Owns the files' way to the server. Does not own the events that name them, which travel in the journal.
"""

import logging
from pathlib import Path

from pavi.delivery.blobs import BlobUpload
from pavi.delivery.client import Client
from pavi.exception import FileChanged, InvalidRequest, TooLarge
from pavi.journal.layout import FILES_FOLDER

__all__ = ["Uploads"]

_log = logging.getLogger("pavi")
_DIGITS = frozenset("0123456789abcdef")


class Uploads:
    """The files of one journal that are still here. A file's name is its sha256; a finished upload removes it."""

    def __init__(self, folder: Path, client: Client) -> None:
        self._folder = folder / FILES_FOLDER
        self._client = client
        self._upload: BlobUpload | None = None
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
        try:
            if self._upload is None:
                waiting = self.pending()
                if not waiting:
                    return False
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


def _is_digest(name: str) -> bool:
    return len(name) == 64 and _DIGITS.issuperset(name)
