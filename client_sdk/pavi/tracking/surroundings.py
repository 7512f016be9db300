"""Starts and stops what is captured around a training: console, system metrics, environment.

Owns the choice and the wiring into the journal. How each is captured is `pavi.capture`'s.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from pavi.tracking.notices import Notices, log
from pavi.tracking.recorder import Recorder

__all__ = ["Surroundings", "wanted"]

_METRICS_EVERY_S = 15.0
_LATER_S, _DESCRIBE_WAIT_S = 2.0, 3.0


class _Capture(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


def wanted(argument: bool, variable: str) -> bool:
    """Whether to capture something: the script's word, unless ``$variable`` switches it off."""
    return argument and os.environ.get(variable, "1").strip().lower() not in ("0", "false", "no", "off")


class Surroundings:
    """What is captured around one training, from `start` to `stop`."""

    def __init__(self, recorder: Recorder, notices: Notices, *, console: bool, system_metrics: bool, git: bool) -> None:
        self._recorder = recorder
        self._notices = notices
        self._console = wanted(console, "PAVI_CONSOLE")
        self._system = wanted(system_metrics, "PAVI_SYSTEM")
        self._git = wanted(git, "PAVI_GIT")
        self._started = time.time()
        self._captures: list[_Capture] = []
        self._later: threading.Thread | None = None
        self._hurry = threading.Event()

    def start(self) -> None:
        """Begins. What cannot be captured is left out."""
        if self._console:
            self._capture(self._capture_console)
        self._later = threading.Thread(target=self._begin_later, name="pavi-surroundings", daemon=True)
        self._later.start()

    def stop(self) -> None:
        """Stops, and writes what was captured last."""
        if self._later is not None:
            self._hurry.set()
            self._later.join(_DESCRIBE_WAIT_S)
        while self._captures:
            capture = self._captures.pop()
            try:
                capture.stop()
            except Exception as error:  # noqa: BLE001  # a guest never breaks its host
                self._notices.defect(f"{type(capture).__name__}.stop", error)

    def forked(self) -> None:
        """In a child: the captures and their threads are the parent's."""
        self._captures = []
        self._later = None

    def _begin_later(self) -> None:
        """What keeps the interpreter busy (drivers, Git, the list of packages) comes after the first points are out."""
        ended = self._hurry.wait(_LATER_S)
        if self._system and not ended:
            self._capture(self._capture_system)
        self._describe()

    def _capture(self, begin: Callable[[], _Capture]) -> None:
        try:
            capture = begin()
            capture.start()
            self._captures.append(capture)
        except Exception as error:  # noqa: BLE001  # a guest never breaks its host
            self._notices.defect(begin.__name__.lstrip("_"), error)

    def _capture_console(self) -> _Capture:
        from pavi.capture.console import ConsoleCapture

        return ConsoleCapture(self._write_event)

    def _capture_system(self) -> _Capture:
        from pavi.capture.system import SystemMetrics

        return SystemMetrics(self._write_metrics, interval=_METRICS_EVERY_S)

    def _write_event(self, event: Mapping[str, Any], moment: float) -> None:
        self._recorder.event(event, moment)

    def _write_metrics(self, values: dict[str, float], moment: float) -> None:
        self._recorder.log(values, max(0, int(moment - self._started)), moment, count=False)

    def _describe(self) -> None:
        try:
            from pavi.capture.environment import collect

            self._recorder.event({"type": "environment", "environment": collect(git=self._git)})
        except Exception:  # noqa: BLE001  # in a thread of ours, about a nicety: nobody needs to hear of it
            log.debug("the environment could not be described", exc_info=True)
