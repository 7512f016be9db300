"""What the series store asks of the app above it: who may touch which training, and what to do with events.

`scalars` knows trainings only by id, so whoever owns trainings registers one `Gate` in ``AppConfig.ready()``.
Called from the ingest endpoint's threads and from views; implementations must be thread-safe.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from server.accounts.principal import Principal


@dataclass(frozen=True, slots=True)
class Event:
    """An event record of a batch: its decoded JSON object, when the client wrote it, where it stood in the journal,
    and the id of the user whose token brought it (who may not be the one who opened the writer)."""

    writer_id: UUID
    slot: int
    time: float
    body: dict[str, Any]
    sender: int


class Gate(Protocol):
    """The training's side of ingest and reading."""

    def readable(self, *, viewer: Principal, training_ids: Collection[UUID]) -> frozenset[UUID]:
        """Those of ``training_ids`` that the viewer may read."""

    def writable(self, *, viewer: Principal, training_id: UUID) -> bool:
        """Whether the viewer may log into the training. Answers may be cached by the caller for a few seconds."""

    def check_event(self, body: dict[str, Any]) -> str | None:
        """Why an event's body cannot be used, as a message; None when it can, or when its type is unknown."""

    def apply(self, *, training_id: UUID, events: Sequence[Event]) -> None:
        """Carries out checked events, in journal order, inside the transaction that moves the watermark."""

    def seen(self, *, training_ids: Collection[UUID]) -> None:
        """Heartbeats: batches of these trainings were just stored. Called at most every few seconds a training,
        inside a transaction."""


_gate: Gate | None = None


def register(gate: Gate) -> None:
    """Makes ``gate`` the one that is asked. Called once, at start."""
    global _gate
    _gate = gate


def current() -> Gate:
    """The registered gate."""
    if _gate is None:
        raise RuntimeError("no gate is registered: is server.trainings among INSTALLED_APPS?")
    return _gate
