"""How the SDK speaks to a training script without ever stopping it: each trouble once, and errors kept inside.

Owns the guard around public calls and the wording's way out (Python warnings from the caller's thread, the ``pavi``
logger from ours). Does not decide what is a trouble.
"""

import functools
import logging
import sys
import warnings
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from pavi.exception import PointsDropped

__all__ = ["Notices", "PaviWarning", "guarded", "log", "say"]

log = logging.getLogger("pavi")

P = ParamSpec("P")
T = TypeVar("T")

_MOST_KEYS = 100
"""A script that invents a new mistake every step is told about the first hundred."""


class PaviWarning(UserWarning):
    """Something that the caller gave was not used as it is. Shown once."""


def say(text: str) -> None:
    """One line for the person at the terminal."""
    try:
        print(f"pavi: {text}", file=sys.stderr, flush=True)  # noqa: T201  # this is where the SDK speaks
    except (OSError, ValueError, AttributeError):
        pass  # a closed or missing stderr is no reason to stop


class Notices:
    """Says each trouble once. One per training."""

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self._said: set[str] = set()

    def once(self, key: str, text: str) -> None:
        """Warns, the first time that ``key`` comes."""
        if key in self._said or len(self._said) >= _MOST_KEYS:
            return
        self._said.add(key)
        filename, line = _caller()
        try:
            warnings.warn_explicit(text, PaviWarning, filename, line)
        except Warning:  # somebody runs with warnings as errors: still no reason to stop a training
            log.warning("%s", text)
        except Exception:  # noqa: BLE001  # a closed stderr, or a hook of the script's: nowhere to say it
            log.debug("%s", text)

    def dropped(self, key: str, text: str) -> None:
        """Warns once that something was not logged.

        Raises:
            PointsDropped: every time, when the training is strict.
        """
        if self.strict:
            raise PointsDropped(text)
        self.once(key, text)

    def defect(self, where: str, error: BaseException) -> None:
        """A mistake of ours, kept away from the caller. Raised only when the training is strict."""
        if self.strict:
            raise error
        log.debug("%s failed", where, exc_info=error)
        self.once(f"defect:{where}:{type(error).__name__}", f"{where} failed and was skipped: {error!r}")


class _HasNotices(Protocol):
    @property
    def _notices(self) -> Notices: ...


S = TypeVar("S", bound=_HasNotices)


def guarded(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T | None]:
    """Keeps every error of a public call inside: it is said once, and the call answers None."""

    @functools.wraps(method)
    def call(self: S, *args: P.args, **keywords: P.kwargs) -> T | None:
        try:
            return method(self, *args, **keywords)
        except PointsDropped:  # only ever raised because the caller asked for it
            raise
        except Exception as error:  # noqa: BLE001  # a guest never breaks its host
            self._notices.defect(method.__name__, error)
            return None

    return cast("Callable[Concatenate[S, P], T | None]", call)


def _caller() -> tuple[str, int]:
    """Where the script called us: the first frame outside of this package."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "pavi":
        frame = frame.f_back
    return ("pavi", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)
