"""A recorder that records nothing: for ``PAVI_MODE=disabled`` and for ranks that leave the logging to rank 0."""

from collections.abc import Mapping
from typing import Any

from pavi.journal.writer import JournalWriter

__all__ = ["Silence"]


class Silence:
    """The calls of a `Recorder`, for next to nothing."""

    journal: JournalWriter | None = None
    next_step = 0

    def log(
        self, values: Mapping[Any, Any], step: Any = None, time: float | None = None, *, count: bool = True
    ) -> None:
        """Nothing."""

    def open(self) -> None:
        """No journal."""

    def lose(self, points: int, reason: str) -> None:
        """Nothing."""

    def event(self, event: Mapping[str, Any], time: float | None = None, *, last: bool = False) -> None:
        """Nothing."""

    def tend(self) -> None:
        """Nothing."""

    def close(self, event: Mapping[str, Any] | None = None) -> None:
        """Nothing."""

    def forked(self) -> None:
        """Nothing."""
