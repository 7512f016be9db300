"""Who wants to hear of stored points, after their commit. Owns no transport: `server.live` registers a listener.

Listeners are called from one thread of their own, so that a slow one never holds up ingest; what waits for them
is bounded, and what is dropped is counted.
"""

import logging
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import numpy as np
import numpy.typing as npt

_log = logging.getLogger("pavi.scalars")
_MAX_WAITING = 1_000


@dataclass(frozen=True, slots=True)
class SeriesPoints:
    """Points of one series of one batch, in journal order."""

    tag: str
    rank: int
    steps: npt.NDArray[np.int64]
    times: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stored:
    """A batch that is durable now."""

    training_id: UUID
    series: tuple[SeriesPoints, ...]
    events: tuple[str, ...]
    """Types of the events that the batch carried, in order."""


class Listener(Protocol):
    """Called from any thread."""

    def watched(self, training_id: UUID) -> bool:
        """Whether anybody looks at the training right now. Asked for every batch: answer from memory."""

    def stored(self, batches: Sequence[Stored]) -> None:
        """Batches of watched trainings became durable. A failure is logged and forgotten."""


_listeners: list[Listener] = []
_waiting: queue.Queue[list[Stored]] = queue.Queue(_MAX_WAITING)
_thread: threading.Thread | None = None
_start = threading.Lock()
dropped = 0
"""Groups that were not told because listeners were too slow."""


def register(listener: Listener) -> None:
    """Adds a listener for the life of the process."""
    _listeners.append(listener)


def unregister(listener: Listener) -> None:
    """Takes a listener away."""
    _listeners.remove(listener)


def watched(training_id: UUID) -> bool:
    """Whether any listener says that somebody looks at the training."""
    return any(listener.watched(training_id) for listener in _listeners)


def tell(batches: list[Stored]) -> None:
    """Hands durable batches to the listeners' thread; never waits."""
    global _thread, dropped
    if not batches or not _listeners:
        return
    if _thread is None or not _thread.is_alive():  # also after a fork
        with _start:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_run, name="pavi-scalars-listeners", daemon=True)
                _thread.start()
    try:
        _waiting.put_nowait(batches)
    except queue.Full:
        dropped += 1


def _run() -> None:
    while True:
        batches = _waiting.get()
        for listener in list(_listeners):
            try:
                listener.stored(batches)
            except Exception:  # noqa: BLE001  # a guest never breaks its host
                _log.exception("a listener failed; the points are stored all the same")
