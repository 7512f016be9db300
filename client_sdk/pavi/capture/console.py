"""Console output as journal events: buffers what the streams took, and emits it as blocks of lines.

Owns budgets, timing and numbering. `taps` listens, `lines` understands progress bars, the caller stores.
"""

import contextlib
import logging
import os
import queue
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Literal

from pavi.capture.lines import LineAssembler
from pavi.capture.taps import Tap, tap
from pavi.protocol import ConsoleEvent

Emit = Callable[[ConsoleEvent, float], None]
"""``emit(event, time)``: called from the capture's thread, and from the one that calls ``stop``."""

_INTERVAL = 1.0
_BLOCK = 64 * 1024
_RATE = 1024 * 1024  # characters a second that are logged for as long as a script likes …
_BURST = 4 * 1024 * 1024  # … and how far it may exceed that at once; also the most that waits in memory
_SETTLE = 5.0
_BAR = 60.0  # a long progress bar leaves its state in the log this often

_log = logging.getLogger("pavi.capture")
_active: "weakref.WeakSet[ConsoleCapture]" = weakref.WeakSet()


class ConsoleCapture:
    """Logs stdout and stderr of this process from ``start`` to ``stop``; the output itself is untouched and immediate.

    Lines are timed to the second. What comes faster than 1 MiB/s (after a burst of 4 MiB) is left out of the log, and
    the log says how much. A child made by ``fork`` writes to the console as ever, and is not captured. Any thread may
    call ``start`` and ``stop``, any number of times; several captures at once each get everything.

    Args:
        emit: takes each block. It may raise; the block is then lost, as the numbering of lines shows.
    """

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._switch = threading.RLock()  # re-entrant: a signal handler may stop what its thread is just starting
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._streams = (_Stream("stdout", self._wake), _Stream("stderr", self._wake))
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begins to listen. Does nothing when it listens already."""
        with self._switch:
            if self._thread is not None:
                return
            self._stopped = threading.Event()
            self._thread = threading.Thread(target=self._run, args=[self._stopped], name="pavi-console", daemon=True)
            self._thread.start()
            for stream, file in zip(self._streams, (sys.stdout, sys.stderr), strict=True):
                stream.open(file, self._thread.ident)
            _active.add(self)

    def stop(self, timeout: float = 5.0) -> None:
        """Stops listening and emits everything that is left, unfinished lines included.

        Args:
            timeout: seconds to wait for an ``emit`` that is under way.
        """
        with self._switch:
            thread, self._thread = self._thread, None
            if thread is None:
                return
            _active.discard(self)
            for stream in self._streams:
                stream.close()
            self._stopped.set()
            self._wake.put(None)
        if thread is not threading.current_thread():
            thread.join(timeout)
            if thread.is_alive():
                _log.debug("the last console output is not stored: storing hangs")
                return
        for stream in self._streams:
            self._emit_all(stream.drain(time.time(), final=True))

    def _run(self, stopped: threading.Event) -> None:
        next_settle, next_bar = time.monotonic() + _SETTLE, time.monotonic() + _BAR
        while not stopped.is_set():
            with contextlib.suppress(queue.Empty):
                self._wake.get(timeout=_INTERVAL)
            now = time.monotonic()
            settle, bars = now >= next_settle, now >= next_bar
            next_settle = now + _SETTLE if settle else next_settle
            next_bar = now + _BAR if bars else next_bar
            for stream in self._streams:
                self._emit_all(stream.drain(time.time(), settle=settle, bars=bars))

    def _emit_all(self, events: list[ConsoleEvent]) -> None:
        for event in events:
            try:
                self._emit(event, event["time"])
            except Exception:  # noqa: BLE001  # the caller's storage failed; the training's output must not be disturbed
                _log.debug("console lines were not stored", exc_info=True)

    def _forked(self) -> None:
        """In a forked child: the thread is gone and the buffers are the parent's business."""
        for stream in self._streams:
            stream.abandon()
        self._switch, self._wake, self._thread = threading.RLock(), queue.SimpleQueue(), None
        self._streams = (_Stream("stdout", self._wake), _Stream("stderr", self._wake))


class _Stream:
    """One stream's way from ``write`` to events. ``take`` runs in writers' threads, ``drain`` in the capture's."""

    def __init__(self, name: Literal["stdout", "stderr"], wake: queue.SimpleQueue[None]) -> None:
        self.name = name
        self._wake = wake
        self._tap: Tap | None = None
        self._own_thread: int | None = None
        self._lines = LineAssembler()
        self._next_line = 0
        # Re-entrant, because a signal handler may print while this thread holds it.
        self._lock = threading.RLock()
        self._waiting: list[str] = []
        self._size = 0
        self._allowance = float(_BURST)
        self._refilled = time.monotonic()
        self._dropped_lines = self._dropped_size = 0
        self._bars: list[str] = []

    def open(self, stream: object, own_thread: int | None) -> None:
        self._own_thread = own_thread
        self._tap = tap(stream, self.take)  # type: ignore[arg-type]  # whatever stands for a stream is tried

    def close(self) -> None:
        if self._tap is not None:
            self._tap.remove(self.take)
            self._tap = None

    def abandon(self) -> None:
        self._lock = threading.RLock()
        self.close()

    def take(self, text: str) -> None:
        """One write. What `emit` itself prints is not heard, or each block would cause the next."""
        if threading.get_ident() == self._own_thread:
            return
        size = len(text)
        with self._lock:
            now = time.monotonic()
            self._allowance = min(_BURST, self._allowance + (now - self._refilled) * _RATE)
            self._refilled = now
            if size > self._allowance or self._size + size > _BURST:
                self._dropped_lines += text.count("\n")
                self._dropped_size += size
                return
            self._allowance -= size
            self._waiting.append(text)
            self._size += size
            full = self._size >= _BLOCK > self._size - size
        if full:
            self._wake.put(None)  # unlike an Event, safe in a signal handler

    def drain(self, now: float, *, settle: bool = False, bars: bool = False, final: bool = False) -> list[ConsoleEvent]:
        """What has become loggable, as events of about 64 KiB."""
        with self._lock:
            waiting, self._waiting, self._size = self._waiting, [], 0
            dropped = (self._dropped_lines, self._dropped_size)
            self._dropped_lines = self._dropped_size = 0
        events: list[ConsoleEvent] = []
        for text in waiting:
            self._lines.feed(text)
        lines = self._lines.take()
        if settle:
            self._lines.settle()
            lines += self._lines.take()
        if final:
            lines += self._lines.close()
        elif bars:
            lines += self._bar_states()
        if dropped[1]:
            lines += self._lines.close()
            lines.append(
                f"[pavi: {dropped[0]} lines ({dropped[1]} characters) of {self.name} are missing here: "
                "they came faster than they can be logged]"
            )
        start = size = 0
        for index, line in enumerate(lines):
            size += len(line) + 1
            if size >= _BLOCK or index == len(lines) - 1:
                events.append(self._event(lines[start : index + 1], now))
                start, size = index + 1, 0
        return events

    def _bar_states(self) -> list[str]:
        state = self._lines.peek()
        changed, self._bars = state != self._bars, state
        return state if changed else []

    def _event(self, lines: list[str], now: float) -> ConsoleEvent:
        first = self._next_line
        self._next_line += len(lines)
        return ConsoleEvent(
            type="console", stream=self.name, first_line=first, lines=len(lines), time=now, text="\n".join(lines)
        )


def _after_fork() -> None:
    for capture in list(_active):
        capture._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
