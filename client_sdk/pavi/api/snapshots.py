"""A checkpoint file of a training, read: what it is, and its bytes, resumed where a download broke off and checked."""

import hashlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pavi.delivery.client import Client
from pavi.exception import ApiError, PaviError, ServerUnavailable, ServerUnreachable

_PIECE = 1024 * 1024
_PAUSES = (0.2, 1.0, 3.0)  # seconds before the next try; a try that got bytes starts them again


class DownloadDamaged(PaviError):
    """The bytes that arrived are not those that were uploaded, twice in a row."""


@dataclass(frozen=True)
class Snapshot:
    """A checkpoint file.

    Attributes:
        id: UUID.
        tag: as given by the script.
        iteration: of the training.
        name: the file's name.
        size: bytes.
        sha256: of its bytes, hexadecimal.
        available: whether the bytes have arrived at the server.
    """

    id: str
    tag: str
    iteration: int
    name: str
    size: int
    sha256: str
    available: bool
    _client: Client = field(repr=False, compare=False)
    _path: str = field(repr=False, compare=False)

    def download(self, path: str | Path) -> Path:
        """Fetches the file; a download that broke off earlier goes on where it stopped.

        Args:
            path: the file to write, or an existing folder to put it in under its own name. It appears only whole.

        Returns:
            The file written.

        Raises:
            DownloadDamaged: the checksum is wrong, also when fetched anew.
            Conflict: its bytes have not arrived at the server yet.
        ServerUnreachable, ServerUnavailable: the connection broke again and again; calling again goes on.
        """
        target = Path(path)
        if target.is_dir():
            target /= Path(self.name.replace("\\", "/")).name or self.id
        partial = target.with_name(f".{target.name}.{self.sha256[:16]}.part")
        for attempt in (partial, partial.with_suffix(f".{os.getpid()}.part")):
            self._fetch(attempt)
            if _sha256(attempt) == self.sha256:
                attempt.replace(target)
                return target
            attempt.unlink()
        raise DownloadDamaged(
            f"{self.name} arrived damaged twice; try again, and if it stays so, ask the server's admin"
        )

    def _fetch(self, partial: Path) -> None:
        pauses = iter(_PAUSES)
        while (start := partial.stat().st_size if partial.exists() else 0) < self.size or not partial.exists():
            try:
                self._fetch_from(partial, start)
                if partial.exists() and partial.stat().st_size <= start < self.size:
                    raise ServerUnreachable(f"{self._client.server} sent nothing of {self.name}")
            except (ServerUnreachable, ServerUnavailable):
                if partial.exists() and partial.stat().st_size > start:
                    pauses = iter(_PAUSES)
                pause = next(pauses, None)
                if pause is None:
                    raise
                time.sleep(pause)

    def _fetch_from(self, partial: Path, start: int) -> None:
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if start:
            headers |= {"Range": f"bytes={start}-", "If-Range": f'"{self.sha256}"'}
        path = f"{self._path}/{quote(self.id, safe='')}/file"
        try:
            with (
                self._client.stream(path, headers=headers) as response,
                # 200 in spite of a range: all bytes come, from the first.
                partial.open("ab" if response.status_code == 206 else "wb") as file,
            ):
                for piece in response.iter_content(_PIECE):
                    file.write(piece)
        except ApiError as error:
            if error.status != 416:
                raise
            partial.unlink()  # longer than the file: it was something else


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_snapshot(client: Client, path: str, data: dict[str, Any]) -> Snapshot:
    """A snapshot out of the server's JSON; ``path`` is that of its training's snapshots."""
    return Snapshot(
        id=str(data["id"]),
        tag=str(data["tag"]),
        iteration=int(data["iteration"]),
        name=str(data["name"]),
        size=int(data["size"]),
        sha256=str(data["sha256"]),
        available=not data.get("pending", False),
        _client=client,
        _path=path,
    )
