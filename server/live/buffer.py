"""What waits for one connection to be sent: merged by training and series, and bounded."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from server.live.messages import Columns

MAX_POINTS = 20_000
"""Of all trainings together. Beyond it, a training's points are replaced with the advice to fetch them."""

MAX_NAMED_TAGS = 200
"""That one such advice names; more become "all"."""


@dataclass(slots=True)
class _Waiting:
    series: dict[tuple[str, int], Columns] = field(default_factory=dict)
    points: int = 0
    what: dict[str, None] = field(default_factory=dict)  # a set that keeps the order
    refetch: set[str] | None = field(default_factory=set)
    """Tags to fetch; None for all of them."""


class Buffer:
    """Used by one event loop; knows nothing of sockets."""

    def __init__(self, limit: int = MAX_POINTS) -> None:
        self._limit = limit
        self._trainings: dict[UUID, _Waiting] = {}
        self._points = 0

    def __bool__(self) -> bool:
        return bool(self._trainings)

    def add_points(self, training_id: UUID, series: Iterable[Columns]) -> None:
        """Adds points behind those that wait already."""
        waiting = self._of(training_id)
        for columns in series:
            if self._points + len(columns["steps"]) > self._limit:
                self._drop_points(waiting)
                _add_tag(waiting, columns["tag"])
                continue
            self._merge(waiting, columns)

    def add_change(self, training_id: UUID, what: Iterable[str]) -> None:
        """Adds kinds of changes, each once."""
        self._of(training_id).what.update(dict.fromkeys(what))

    def add_refetch(self, training_id: UUID) -> None:
        """Replaces whatever points wait with the advice to fetch all series."""
        waiting = self._of(training_id)
        self._drop_points(waiting)
        waiting.refetch = None

    def discard(self, training_id: UUID) -> None:
        """Forgets what waits of a training."""
        waiting = self._trainings.pop(training_id, None)
        if waiting is not None:
            self._points -= waiting.points

    def drain(self) -> list[dict[str, Any]]:
        """Takes everything out, as messages."""
        messages: list[dict[str, Any]] = []
        for training_id, waiting in self._trainings.items():
            about = {"training": str(training_id)}
            if waiting.series:
                messages.append({"type": "points", **about, "series": list(waiting.series.values())})
            if waiting.refetch is None or waiting.refetch:
                tags = None if waiting.refetch is None else sorted(waiting.refetch)
                messages.append({"type": "refetch", **about, "tags": tags})
            if waiting.what:
                messages.append({"type": "changed", **about, "what": list(waiting.what)})
        self._trainings.clear()
        self._points = 0
        return messages

    def _of(self, training_id: UUID) -> _Waiting:
        return self._trainings.setdefault(training_id, _Waiting())

    def _merge(self, waiting: _Waiting, columns: Columns) -> None:
        key = (columns["tag"], columns["rank"])
        if waiting.refetch is None or columns["tag"] in waiting.refetch:
            return  # it will be fetched, these points included
        there = waiting.series.get(key)
        if there is None:
            # Columns are shared by all connections of the process: a copy is what may grow.
            waiting.series[key] = Columns(
                tag=columns["tag"],
                rank=columns["rank"],
                steps=list(columns["steps"]),
                times=list(columns["times"]),
                values=list(columns["values"]),
            )
        else:
            there["steps"].extend(columns["steps"])
            there["times"].extend(columns["times"])
            there["values"].extend(columns["values"])
        waiting.points += len(columns["steps"])
        self._points += len(columns["steps"])

    def _drop_points(self, waiting: _Waiting) -> None:
        for tag, _ in waiting.series:
            _add_tag(waiting, tag)
        waiting.series.clear()
        self._points -= waiting.points
        waiting.points = 0


def _add_tag(waiting: _Waiting, tag: str) -> None:
    if waiting.refetch is not None:
        waiting.refetch.add(tag)
        if len(waiting.refetch) > MAX_NAMED_TAGS:
            waiting.refetch = None
