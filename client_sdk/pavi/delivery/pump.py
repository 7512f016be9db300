"""The one daemon thread of a process that sends its journals, keeps their room ready, and never troubles the loop.

Owns patience: pace, backoff, heartbeats, waiting for a login, and what is waited for at the end. What one exchange
does is `pavi.delivery.sender`'s.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

from pavi.delivery.adoption import Adoption
from pavi.delivery.delivery import Delivery

__all__ = ["Pump", "pump"]

_log = logging.getLogger("pavi")

_TICK_S = 0.2


class Pump:
    """Drives all deliveries of this process. Every method may be called from any thread, also from a signal handler."""

    def __init__(self) -> None:
        self._begin_afresh()

    def _begin_afresh(self) -> None:
        self._pid = os.getpid()
        self._start_lock = threading.Lock()
        self._thread: threading.Thread | None = None
        # A SimpleQueue may be used from a signal handler that interrupted its own use; an Event may not.
        self._wakes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._deliveries: list[Delivery] = []
        self._chores: list[Callable[[], None]] = []
        self._adoption: Adoption | None = None
        self._search_asked = self._search_done = 0

    def add(self, delivery: Delivery) -> None:
        """Sends a journal from now on."""
        self._deliveries.append(delivery)
        self._ensure()

    def add_chore(self, chore: Callable[[], None]) -> None:
        """Calls ``chore`` several times a second, in the thread."""
        self._chores.append(chore)
        self._ensure()

    def remove_chore(self, chore: Callable[[], None]) -> None:
        """Stops calling it."""
        if chore in self._chores:
            self._chores.remove(chore)

    def adopt(self, root: Path, server: str) -> None:
        """Also sends what dead processes of this host left unsent below ``root``, in the background."""
        if self._adoption is None:
            self._adoption = Adoption(root, server)

    def adopt_now(self, folder: Path) -> None:
        """Looks below ``folder`` at once: children of a training that is about to end may just have died."""
        if self._adoption is not None:
            self._adoption.first(folder)
            self._search_asked += 1
            self.wake()

    @property
    def searching(self) -> bool:
        """Whether `adopt_now` has not been carried out yet."""
        return self._search_asked != self._search_done

    def deliveries_below(self, folder: Path) -> list[Delivery]:
        """Deliveries of journals in ``folder``, adopted ones included."""
        return [delivery for delivery in list(self._deliveries) if delivery.folder.parent == folder]

    def wake(self) -> None:
        """Something happened: look at once."""
        self._wakes.put(None)

    def forked(self) -> None:
        """In a child: the thread and the connections are the parent's."""
        self._begin_afresh()

    def _ensure(self) -> None:
        with self._start_lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="pavi-pump", daemon=True)
                self._thread.start()
        self.wake()

    def _run(self) -> None:
        while True:
            try:
                wait = self._round()
            except Exception:  # noqa: BLE001  # a guest's thread must not die, nor spin
                _log.debug("the pump stumbled", exc_info=True)
                wait = 1.0
            try:
                self._wakes.get(timeout=wait)
                while True:
                    self._wakes.get_nowait()
            except queue.Empty:
                pass

    def _round(self) -> float:
        """Everything that is due. Returns the seconds until something else is."""
        for chore in list(self._chores):
            try:
                chore()
            except Exception:  # noqa: BLE001  # one training's trouble is not the others'
                _log.debug("a chore failed", exc_info=True)
        due = time.monotonic() + _TICK_S
        for delivery in list(self._deliveries):
            if delivery.due <= time.monotonic():
                delivery.advance()
                if delivery.over:
                    self._deliveries.remove(delivery)
                    if self._adoption is not None:
                        self._adoption.settle(delivery.folder)
                    continue
            due = min(due, delivery.due)
        self._search()
        return max(0.0, due - time.monotonic())

    def _search(self) -> None:
        if self._adoption is None or self._adoption.rested:
            self._search_done = self._search_asked
            return
        # Only once something could be sent: until then, finding more to send helps nobody.
        if not any(delivery.opened for delivery in self._deliveries) and not self.searching:
            return
        asked = self._search_asked
        known = {delivery.folder for delivery in self._deliveries}
        for folder, server in self._adoption.look(known):
            self._deliveries.append(Delivery(folder, server, adopted=True))
        self._search_done = asked


pump = Pump()
"""The process's one pump."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=pump.forked)
