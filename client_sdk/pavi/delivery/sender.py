"""Sends one journal: a machine that does one exchange a call, so that a thread, a command or a test can drive it.

Owns position, cutting, and what happens to records that the server refuses. Has no thread, no clock and no patience:
trouble that only time mends is raised to whoever drives.
"""

import logging
import zlib
from typing import cast

from pavi.delivery.client import Client
from pavi.delivery.receipt import Receipt, write_receipt
from pavi.delivery.uploads import Uploads
from pavi.exception import Conflict, InvalidRequest, NotFound, TooLarge
from pavi.journal.reader import DEFAULT_BATCH_BYTES, Batch, Journal
from pavi.protocol import (
    JOURNAL_MEDIA_TYPE,
    MAX_BATCH_BYTES,
    SKIP_HEADER,
    SLOT_BYTES,
    Accepted,
    Opened,
    OpenedTraining,
    Pace,
)

__all__ = ["Sender"]

_log = logging.getLogger("pavi")
_COMPRESSION = 1
_MOST_REFUSALS = 32
"""Records refused in a row, none accepted between, before the server is taken to be the problem and not the records."""


class Sender:
    """One journal on its way to one server. One thread at a time.

    Several senders of the same journal, in whatever processes, do no harm: the server's watermark decides.

    Attributes:
        opened: the training as the server knows it; None until `open`.
        watermark: slots of the journal that are durable on the server.
        pace: how the server wants to be written to.
        refused_slots: slots that the server did not take and that were skipped.
        lost_slots: slots that the journal had lost and that were skipped.
        refused_tags: tag → why the server did not take it.
    """

    def __init__(self, journal: Journal, client: Client, *, batch_bytes: int = DEFAULT_BATCH_BYTES) -> None:
        self.journal = journal
        self.client = client
        self.opened: OpenedTraining | None = None
        self.watermark = 0
        self.pace: Pace = {"interval": 2.0, "watched": False}
        self.refused_slots = 0
        self.lost_slots = 0
        self.refused_tags: dict[str, str] = {}
        self.uploads = Uploads(journal.folder, client)
        self._largest = min(batch_bytes, MAX_BATCH_BYTES // 2)
        self._batch_bytes = self._largest
        self._refusals = 0
        self._reopened = False

    @property
    def pending(self) -> int:
        """Committed slots that the server does not have yet."""
        return self.journal.committed - self.watermark

    @property
    def behind(self) -> bool:
        """Whether a whole batch and more waits."""
        return self.pending * SLOT_BYTES >= self._batch_bytes

    @property
    def complete(self) -> bool:
        """Whether the server has everything that is in the journal and beside it, as of now."""
        return self.opened is not None and self.pending <= 0 and not self.uploads.pending()

    def open(self) -> OpenedTraining:
        """Tells the server who writes, and learns where to go on. Repeating it is harmless.

        Raises:
            ServerUnreachable, ApiError: as the client.
        """
        answer = cast(Opened, self.client.put(f"writers/{self.journal.writer}", dict(self.journal.opening)))
        self.opened = answer["training"]
        self.watermark = answer["watermark"]
        self.pace = answer["pace"]
        self.save()
        return self.opened

    def send_batch(self) -> bool:
        """One exchange for the next batch. False when nothing waits.

        Raises:
            ServerUnreachable, ApiError: as the client; nothing is lost, the next call tries the same again.
        """
        batch = self.journal.batch(self.watermark, self._batch_bytes)
        if batch is None:
            return False
        if batch.data is None:
            self._skip(batch.start, batch.slots)
            self.lost_slots += batch.slots
            _log.warning("%r has lost %d slots (its machine died?); the rest is sent.", self.journal, batch.slots)
            return True
        try:
            self._post(batch.start, zlib.compress(batch.data, _COMPRESSION))
        except Conflict as error:
            self._recut(error)
        except NotFound as error:
            self._reopen(error)
        except (InvalidRequest, TooLarge) as error:
            self._narrow(batch, error)
        else:
            self._refusals = 0
            self._batch_bytes = min(self._batch_bytes * 2, self._largest)
        return True

    def heartbeat(self) -> None:
        """Tells the server that the training is alive. Raises as `send_batch`."""
        try:
            self._post(self.watermark, b"")
        except Conflict as error:
            self._recut(error)
        except NotFound as error:
            self._reopen(error)

    def save(self) -> None:
        """Writes the receipt beside the journal."""
        write_receipt(self.journal.folder, Receipt(self.client.server, self.opened, self.watermark))

    def _post(self, start: int, body: bytes, skip: int = 0) -> None:
        if self.opened is None:
            raise RuntimeError("open() comes first")
        headers = {"Content-Type": JOURNAL_MEDIA_TYPE}
        if body:
            headers["Content-Encoding"] = "deflate"
        if skip:
            headers[SKIP_HEADER] = str(skip)
        path = f"ingest/{self.opened['id']}/{self.journal.writer}"
        answer = cast(Accepted, self.client.send("POST", path, params={"seq": start}, data=body, headers=headers))
        self.watermark = answer["watermark"]
        self.pace = answer["pace"]
        self._reopened = False
        for refused in answer.get("refused", ()):
            if refused["tag"] not in self.refused_tags:
                self.refused_tags[refused["tag"]] = refused["message"]
                _log.warning("the server does not take the tag %r: %s", refused["tag"][:80], refused["message"])

    def _skip(self, start: int, slots: int) -> None:
        try:
            self._post(start, b"", skip=slots)
        except Conflict as error:
            self._recut(error)

    def _reopen(self, error: NotFound) -> None:
        """The server has forgotten the writer. When it is the training that is gone, opening says so."""
        if self._reopened:
            raise error  # opening did not help
        self.open()
        self._reopened = True

    def _recut(self, error: Conflict) -> None:
        """The server has less than we thought (it was restored from a backup): go on from what it has."""
        watermark = error.details.get("watermark")
        if not isinstance(watermark, int) or watermark == self.watermark:
            raise error
        self.watermark = watermark

    def _narrow(self, batch: Batch, error: InvalidRequest | TooLarge) -> None:
        """Something in the batch is refused: halve until it stands alone, skip exactly that, and go on."""
        bad = self.journal.first_unusable(batch)
        if bad is not None and bad[0] > batch.start:
            self._batch_bytes = (bad[0] - batch.start) * SLOT_BYTES  # first what stands before it
        elif bad is not None:
            self._skip(batch.start, bad[1])
            self.lost_slots += bad[1]
            _log.warning("%r has lost what %d slots refer to; the rest is sent.", self.journal, bad[1])
        elif self.journal.batch(batch.start, SLOT_BYTES) == batch:
            self._refuse(batch, error)
        else:
            self._batch_bytes = max(batch.slots // 2, 1) * SLOT_BYTES

    def _refuse(self, batch: Batch, error: InvalidRequest | TooLarge) -> None:
        self._refusals += 1
        if self._refusals > _MOST_REFUSALS:
            raise error
        if self.refused_slots == 0:
            _log.warning("the server refused a record and it is skipped: %s", error)
        self._skip(batch.start, batch.slots)
        self.refused_slots += batch.slots
