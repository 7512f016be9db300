"""A checkpoint file of a training, read: what it is, its bytes, and what may be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pavi.delivery.blobs import OnProgress
from pavi.delivery.client import Client
from pavi.delivery.downloads import Wanted, download_file
from pavi.exception import DownloadDamaged

__all__ = ["DownloadDamaged", "Snapshot", "read_snapshot"]


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
        pinned: whether rules never delete it.
        metrics: tag → value of each series at that iteration.
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
    pinned: bool = False
    metrics: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def download(self, path: str | Path, on_progress: OnProgress | None = None) -> Path:
        """Fetches the file; a download that broke off earlier goes on where it stopped.

        Args:
            path: the file to write, or an existing folder to put it in under its own name. It appears only whole.
            on_progress: see `pavi.delivery.blobs.OnProgress`.

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
        wanted = Wanted(f"{self._route}/file", {}, self.name, self.size, self.sha256)
        return download_file(self._client, wanted, target, on_progress)

    def pin(self, pinned: bool = True) -> "Snapshot":
        """Keeps it from the rules that delete snapshots, or (False) leaves it to them again. Returns it as it is now.

        Raises:
            Forbidden: the training may only be read.
        """
        self._client.patch(self._route, {"pinned": pinned})
        return replace(self, pinned=pinned)

    def delete(self) -> None:
        """Forgets it.

        Raises:
            Conflict: it is in use; the message says where.
            Forbidden: the training may only be read.
        """
        self._client.delete(self._route)

    @property
    def _route(self) -> str:
        return f"{self._path}/{quote(self.id, safe='')}"


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
        pinned=bool(data.get("pinned", False)),
        metrics=dict(data.get("metrics") or {}),
    )
