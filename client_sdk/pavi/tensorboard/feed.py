"""Sends the slots of one event file from where the server's watermark stands, bytes that events name first.

Owns batches and what happens when one is refused. Position is what the server says; on
disk are only bytes that wait for the next batch.
"""

import hashlib
import logging
import shutil
import tempfile
import weakref
import zlib
from pathlib import Path
from typing import Any
from uuid import UUID

from pavi.delivery.client import Client
from pavi.delivery.patience import patiently
from pavi.delivery.uploads import Uploads
from pavi.exception import Conflict, InvalidRequest, TooLarge
from pavi.journal.layout import FILES_FOLDER
from pavi.protocol import JOURNAL_MEDIA_TYPE, SKIP_HEADER, SLOT_BYTES, iter_records
from pavi.tensorboard.slots import Piece

__all__ = ["Feed", "Moved"]

_log = logging.getLogger("pavi")
_BATCH_BYTES = 2 * 1024 * 1024
_COMPRESSION = 1


class Moved(Exception):
    """The server stands elsewhere than we thought (it was restored from a backup): read the file again."""


class Feed:
    """A writer's way to the server.

    Args:
        client: who sends.
        writer: its id.
        opening: who it is (`pavi.protocol.OpenEvent`).

    Attributes:
        training: as the server knows it.
        sent_points, sent_events: what was new to the server.
        refused: slots that the server did not take, by reason.
    """

    def __init__(self, client: Client, writer: UUID, opening: dict[str, Any]) -> None:
        self._client = client
        self._writer = writer
        answer = patiently(lambda: client.put(f"writers/{writer}", opening))
        self.training: dict[str, Any] = answer["training"]
        self.sent_points = 0
        self.sent_events = 0
        self.refused: dict[str, int] = {}
        self._watermark: int = answer["watermark"]
        self._position = 0
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._kept: set[str] = set()
        self._folder: Path | None = None
        self._uploads: Uploads | None = None

    @property
    def watermark(self) -> int:
        """Slots that are durable on the server."""
        return self._watermark

    def push(self, piece: Piece) -> None:
        """Takes the next slots; those that the server has are passed over.

        Raises:
            Moved: see there.
            ServerUnreachable, ApiError: as the client, after some patience. Nothing is lost: read the file again.
        """
        known = self._watermark - self._position - self._waiting_bytes // SLOT_BYTES
        if known >= piece.slots:
            self._position += piece.slots
            return
        if known > 0:  # only runs of points are ever divided
            self._position += known
            piece = Piece(piece.data[known * SLOT_BYTES :], points=piece.points - known)
        if piece.file is not None:
            self._keep(piece.file)
        self.sent_points += piece.points
        self.sent_events += piece.events
        view = memoryview(piece.data)
        while view:
            room = max(_BATCH_BYTES - self._waiting_bytes, SLOT_BYTES)
            # An event is never divided.
            part = view if not piece.points else view[: room // SLOT_BYTES * SLOT_BYTES]
            self._waiting.append(bytes(part))
            self._waiting_bytes += len(part)
            view = view[len(part) :]
            if self._waiting_bytes >= _BATCH_BYTES:
                self.flush()

    def flush(self) -> None:
        """Sends what waits. Raises as `push`."""
        if not self._waiting:
            return
        data = b"".join(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        self._upload()
        self._send(data)

    def _send(self, data: bytes) -> None:
        try:
            self._post(zlib.compress(data, _COMPRESSION), len(data) // SLOT_BYTES)
        except (InvalidRequest, TooLarge):
            records = list(iter_records(data))
            for record in records:
                self._send_one(data[record.slot * SLOT_BYTES : (record.slot + record.slots) * SLOT_BYTES])

    def _send_one(self, data: bytes) -> None:
        """A single record of a batch that was refused: sent, or stepped over."""
        slots = len(data) // SLOT_BYTES
        try:
            self._post(zlib.compress(data, _COMPRESSION), slots)
        except (InvalidRequest, TooLarge) as error:
            _log.debug("a record was refused: %s", error)
            self.refused[str(error)[:200]] = self.refused.get(str(error)[:200], 0) + 1
            self._post(b"", slots, skip=True)

    def _post(self, body: bytes, slots: int, *, skip: bool = False) -> None:
        headers = {"Content-Type": JOURNAL_MEDIA_TYPE}
        if skip:
            headers[SKIP_HEADER] = str(slots)
        elif body:
            headers["Content-Encoding"] = "deflate"
        path = f"ingest/{self.training['id']}/{self._writer}"
        params = {"seq": self._position}
        try:
            answer = patiently(lambda: self._client.send("POST", path, params=params, data=body, headers=headers))
        except Conflict as error:
            raise Moved(str(error)) from error
        self._position += slots
        self._watermark = max(int(answer["watermark"]), self._position)
        for refused in answer.get("refused", ()):
            self.refused[refused["message"]] = self.refused.get(refused["message"], 0) + refused["points"]

    def _keep(self, data: bytes) -> None:
        """Puts bytes where `Uploads` finds them, named by their sha256."""
        digest = hashlib.sha256(data).hexdigest()
        if digest in self._kept:
            return
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="pavi-tb-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            (self._folder / FILES_FOLDER).mkdir()
            self._uploads = Uploads(self._folder, self._client)
        (self._folder / FILES_FOLDER / digest).write_bytes(data)
        self._kept.add(digest)

    def _upload(self) -> None:
        """Sends the bytes before the events that name them: an event that is durable has its bytes."""
        if self._uploads is not None:
            while patiently(self._uploads.step):
                pass
