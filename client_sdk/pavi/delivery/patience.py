"""How long a person or a script waits for a server that is away: pauses that grow, told once, and then the error."""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from pavi.exception import ServerUnavailable, ServerUnreachable, TooManyRequests

__all__ = ["PAUSES", "Patience", "patiently"]

T = TypeVar("T")

PAUSES = (0.3, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before the next try: half a minute in all, which a server that starts again takes at most."""
_LONGEST_S = 60.0
_TRANSIENT = (ServerUnreachable, ServerUnavailable, TooManyRequests)

_log = logging.getLogger("pavi")


class Patience:
    """The pauses of one undertaking. What gets on (`renew`) starts them again."""

    def __init__(self) -> None:
        self._pauses = PAUSES
        self._tried = 0

    def renew(self) -> None:
        """Says that something was achieved."""
        self._tried = 0

    def wait(self, error: Exception) -> None:
        """Waits before the next try, if ``error`` may pass by itself and patience is left; raises it otherwise."""
        if not isinstance(error, _TRANSIENT) or self._tried >= len(self._pauses):
            raise error
        pause = self._pauses[self._tried] * random.uniform(0.8, 1.2)  # noqa: S311  # so that ranks do not come together
        asked = getattr(error, "retry_after", None)
        if asked is not None:
            pause = min(_LONGEST_S, max(pause, float(asked)))
        self._tried += 1
        level = logging.WARNING if pause > 1 else logging.DEBUG
        _log.log(level, "%s; trying again in %.0f s", error, pause)
        time.sleep(pause)


def patiently(call: Callable[[], T]) -> T:
    """Repeats a call that may be repeated, until it answers, fails for good, or patience ends."""
    patience = Patience()
    while True:
        try:
            return call()
        except _TRANSIENT as error:
            patience.wait(error)
