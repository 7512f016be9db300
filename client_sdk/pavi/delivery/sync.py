"""Sends a journal to its end, and proves afterwards that journal and server agree, series by series.

Owns both as plain functions for the command line and for scripts; the training's own thread is `pavi.delivery.pump`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pavi.delivery.client import Client
from pavi.delivery.sender import Sender
from pavi.exception import ServerUnavailable, TooManyRequests
from pavi.journal.reader import Journal
from pavi.protocol import OpenedTraining, series_checksum

__all__ = ["Progress", "SeriesCheck", "SyncReport", "VerifyReport", "sync", "verify"]

T = TypeVar("T")

_MOST_TRIES = 8
_MOST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a `sync` is: slots of the journal, and files beside it that still wait."""

    sent: int
    total: int
    files: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a `sync` did.

    Attributes:
        training: as the server knows it.
        slots: the journal's length, all of it on the server now or told in the two counts below.
        refused_slots: slots that the server did not take.
        lost_slots: slots that the journal itself had lost.
        refused_tags: tag → why the server did not take its points.
    """

    training: OpenedTraining
    slots: int
    refused_slots: int
    lost_slots: int
    refused_tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class SeriesCheck:
    """One series of one journal, here and there. ``intact`` is the server's own check of its stored bytes."""

    tag: str
    local_count: int
    server_count: int
    local_checksum: int
    server_checksum: int
    intact: bool

    @property
    def ok(self) -> bool:
        return (
            self.intact
            and self.local_count == self.server_count
            and (self.local_count == 0 or self.local_checksum == self.server_checksum)
        )


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Whether a journal and the server agree.

    Attributes:
        training: the id that the server knows the training by.
        writer: the journal's.
        series: one check a tag, sorted by tag.
        unsent: slots that the server does not have yet.
    """

    training: str
    writer: str
    series: tuple[SeriesCheck, ...]
    unsent: int

    @property
    def ok(self) -> bool:
        return self.unsent == 0 and all(check.ok for check in self.series)


def sync(journal: Journal, client: Client, on_progress: Callable[[Progress], None] | None = None) -> SyncReport:
    """Sends everything of ``journal`` that the server does not have, files included.

    Raises:
        ServerUnreachable: no answer.
        ApiError: the server refused to open the training, or stayed overloaded.
    """
    sender = Sender(journal, client)
    opened = _patiently(sender.open)
    try:
        while True:
            if on_progress is not None:
                on_progress(Progress(sender.watermark, journal.committed, len(sender.uploads.pending())))
            if not _patiently(sender.send_batch) and not _patiently(sender.uploads.step):
                break
    finally:
        sender.save()
    return SyncReport(
        training=opened,
        slots=journal.committed,
        refused_slots=sender.refused_slots,
        lost_slots=sender.lost_slots,
        refused_tags=dict(sender.refused_tags),
    )


def verify(journal: Journal, client: Client) -> VerifyReport:
    """Compares count and checksum of every series of ``journal`` with what the server has stored of it.

    Raises:
        ServerUnreachable, ApiError: as the client.
    """
    sender = Sender(journal, client)
    opened = sender.open()
    local: dict[str, list[int]] = {}
    for tag, step, moment, value in journal.points():
        entry = local.setdefault(tag, [0, 0])
        entry[0] += 1
        entry[1] = (entry[1] + series_checksum([(step, moment, value)])) & 0xFFFF_FFFF_FFFF_FFFF
    answer = client.get("scalars/checksums", {"training": opened["id"], "writer": str(journal.writer)})
    server = {item["tag"]: item for item in answer["items"]}
    checks = []
    for tag in sorted(local.keys() | server.keys()):
        count, checksum = local.get(tag, (0, 0))
        item = server.get(tag, {"count": 0, "checksum": "0", "intact": True})
        checks.append(
            SeriesCheck(tag, count, int(item["count"]), checksum, int(item["checksum"]), bool(item["intact"]))
        )
    return VerifyReport(opened["id"], str(journal.writer), tuple(checks), sender.pending)


def _patiently(exchange: Callable[[], T]) -> T:
    """Waits as the server asks when it is overloaded or starting, a few times."""
    for attempt in range(_MOST_TRIES):
        try:
            return exchange()
        except (ServerUnavailable, TooManyRequests) as error:
            if attempt == _MOST_TRIES - 1 or error.code == "sdk.not_json":
                raise
            wait = error.retry_after if error.retry_after is not None else 0.5 * 2.0**attempt
            time.sleep(min(wait, _MOST_WAIT_S))
    raise AssertionError("unreachable")
