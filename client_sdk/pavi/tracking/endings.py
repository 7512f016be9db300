"""How trainings end when nobody says so: interpreter exit and its code, an exception nobody caught, SIGTERM, a fork.

Owns the process-wide hooks, installed with the first training and chained to what was there before.
"""

import atexit
import contextlib
import os
import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from pavi.delivery.pump import pump
from pavi.tracking.handover import FINISH_WAIT_S, hand_over

if TYPE_CHECKING:
    from pavi.tracking.training import Training

__all__ = ["describe", "forget", "watch"]

_SIGTERM_WAIT_S = 10.0
"""Schedulers send SIGKILL some 30 s after SIGTERM; other handlers want some of that."""

# Strong references: a training whose object the script dropped still ends with the process.
_live: "list[Training]" = []
_installed = False
_previous_term: Any = None
_previous_hook: Any = None
_previous_exit: Any = None
_exit_status: Any = None


def watch(training: "Training") -> None:
    """Ends ``training`` with the process."""
    _live.append(training)
    _install()


def forget(training: "Training") -> None:
    """It has ended."""
    if training in _live:
        _live.remove(training)


def describe(kind: type[BaseException], error: BaseException | None) -> str:
    """Why a training crashed, in one line."""
    if issubclass(kind, KeyboardInterrupt):
        return "interrupted"
    text = str(error) if error is not None else ""
    return f"{kind.__name__}: {text}"[:2000] if text else kind.__name__


def _install() -> None:
    global _installed, _previous_exit, _previous_hook, _previous_term
    if not _installed:
        _installed = True
        atexit.register(_at_exit)
        _previous_hook, sys.excepthook = sys.excepthook, _on_exception
        _previous_exit, sys.exit = sys.exit, _on_exit
    if _previous_term is None and threading.current_thread() is threading.main_thread():
        handler = signal.getsignal(signal.SIGTERM)
        # None was installed by native code that we could not chain to; who ignores SIGTERM means it.
        if handler is not None and handler is not signal.SIG_IGN:
            with contextlib.suppress(ValueError):  # a sub-interpreter
                signal.signal(signal.SIGTERM, _on_term)
                _previous_term = handler


def _on_exit(status: Any = None, /) -> NoReturn:
    """Stands for `sys.exit`: nothing that runs at exit can ask with which status, so it is remembered on the way."""
    global _exit_status
    _exit_status = status
    _previous_exit(status)
    raise SystemExit(status)  # whatever else took the place of sys.exit may return


def _at_exit() -> None:
    # At a prompt (IPython sets ps1 too) an exit is caught, and the session goes on.
    if _exit_status in (None, 0) or hasattr(sys, "ps1"):
        _end_all("finished", timeout=FINISH_WAIT_S)
        return
    code = _exit_status if isinstance(_exit_status, int) else 1  # as the interpreter does: a text is printed, and 1
    _end_all("crashed", reason=f"sys.exit({_exit_status!r:.200})", exit_code=code, timeout=FINISH_WAIT_S)


def _on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    try:
        (_previous_hook or sys.__excepthook__)(kind, error, trace)
    finally:
        _end_all("crashed", reason=describe(kind, error), exit_code=1, timeout=FINISH_WAIT_S)


def _on_term(number: int, frame: FrameType | None) -> None:
    if callable(_previous_term):
        try:
            _previous_term(number, frame)  # a handler that returns lets the training go on
        except BaseException:
            _end_terminated()
            raise
        return
    _end_terminated()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)


def _end_terminated() -> None:
    _end_all("crashed", reason="terminated (SIGTERM)", exit_code=143, timeout=_SIGTERM_WAIT_S)


def _end_all(
    status: Literal["finished", "crashed"], *, timeout: float, reason: str | None = None, exit_code: int | None = None
) -> None:
    """Ends first, waits after: everything is on disk before anybody's patience is tried."""
    ended = [training._conclude(status, reason=reason, exit_code=exit_code) for training in list(_live)]
    hand_over([one for one in ended if one is not None], timeout)


def _forked() -> None:
    for training in list(_live):
        training._forked()


if hasattr(os, "register_at_fork"):
    # Functions for the child run in the order they were registered: the pump, imported above, is fresh by then.
    os.register_at_fork(after_in_child=_forked)

_ = pump
