"""The hot path: a dict of values becomes slots in the mapped journal, in a few microseconds, from any thread.

Owns tags, plans, the step counter and what was dropped. Does not send, and does not know what a training is.
"""

import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from time import time as wall_time
from typing import Any

from pavi.journal.writer import JournalWriter
from pavi.protocol import MAX_TAGS, POINT, SLOT_BYTES, pack_event, pack_tag, tag_problem
from pavi.tracking.notices import Notices
from pavi.tracking.values import HIGHEST_STEP, LOWEST_STEP, PLAIN, NotANumber, as_float, as_step, flatten, is_shown

__all__ = ["Recorder"]

# A slot, packed as three items instead of five: ids and kinds are prepared, step and time are packed once a call.
_HEAD = struct.Struct("<II")
_WHEN = struct.Struct("<qd")
_SLOT_FORMAT = "8s16sd"
_MOST_PLANS = 256
_MOST_OWED = 1000


class _Plan:
    """How one set of tags is packed. ``items`` is filled anew for each call, under the recorder's lock."""

    __slots__ = ("count", "items", "layout")

    def __init__(self, ids: Iterable[int]) -> None:
        heads = [_HEAD.pack(number, POINT) for number in ids]
        self.count = len(heads)
        self.items: list[Any] = [part for head in heads for part in (head, b"", 0.0)]
        self.layout = struct.Struct("<" + _SLOT_FORMAT * self.count)
        assert self.layout.size == self.count * SLOT_BYTES  # noqa: S101  # the wire format hangs on it


class Recorder:
    """Writes points and events of one process into one journal. Every method may be called from any thread.

    Args:
        open_journal: makes the journal, its opening event written. Called now, and again in a forked child that logs.
        notices: where troubles go.
        show: gets the values of a call that are to be looked at (tag, value), its step and its time, once its
            numbers are written and without the lock: they take long to encode.
    """

    def __init__(
        self,
        open_journal: Callable[[], JournalWriter],
        notices: Notices,
        show: Callable[[list[tuple[str, Any]], int, float], None],
    ) -> None:
        self._open_journal = open_journal
        self._notices = notices
        self._show = show
        self._next_step = 0
        self._ending = False
        self._lost: dict[str, int] = {}
        self._begin_afresh()
        self._journal: JournalWriter | None = open_journal()

    def _begin_afresh(self) -> None:
        # Re-entrant: a signal handler or a finaliser may log while this thread is in the middle of logging.
        self._lock = threading.RLock()
        self._busy = False
        self._deferred: deque[Callable[[], None]] = deque()
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._ids: dict[str, int] = {}
        self._owed: deque[tuple[bytes, bool]] = deque()
        self._closed = False

    def forked(self) -> None:
        """In a child: the journal is the parent's. The child gets its own when it first logs."""
        closed = self._closed
        self._begin_afresh()
        self._lost = {}
        self._journal = None
        self._closed = closed

    @property
    def journal(self) -> JournalWriter | None:
        """The journal of this process; None in a forked child that has not logged."""
        return self._journal

    def open(self) -> JournalWriter | None:
        """The journal of this process, made if need be; None once it is closed."""
        with self._lock:
            if self._closed:
                return None
            if self._journal is None:
                self._journal = self._open_journal()
            return self._journal

    @property
    def next_step(self) -> int:
        """The step that a call without one gets."""
        return self._next_step

    @next_step.setter
    def next_step(self, step: int) -> None:
        self._next_step = step

    def log(
        self, values: Mapping[Any, Any], step: Any = None, time: float | None = None, *, count: bool = True
    ) -> None:
        """Writes one point for each leaf of ``values``.

        Args:
            values: tag → number; nested mappings are joined with ``/``.
            step: any integer; None takes the next one.
            time: seconds since the epoch; None is now.
            count: whether the next call without a step goes on from here.

        Raises:
            PointsDropped: a value was dropped, and the training is strict.
        """
        if time is None:
            time = wall_time()
        shown: list[tuple[str, Any]] | None = None
        with self._lock:
            if self._busy and not self._ending:
                self._deferred.append(lambda: self.log(values, step, time, count=count))
                return
            self._busy = True
            try:
                if step is None:
                    step = self._next_step
                elif type(step) is not int:
                    step = self._checked_step(step)
                plan = self._plans.get(tuple(values))
                if plan is None or not self._write(plan, values.values(), step, time):
                    step, shown = self._log_slowly(values, step, time)
                if count:
                    self._next_step = step + 1
            finally:
                self._busy = False
        if self._deferred:
            self._run_deferred()
        if shown:
            self._show(shown, step, time)

    def event(self, event: Mapping[str, Any], time: float | None = None, *, last: bool = False) -> None:
        """Writes an event. Without room it waits in memory; ``last`` may use the room kept for an end."""
        record = pack_event(dict(event), wall_time() if time is None else time)
        self._alone(lambda: self._owe(record, last))

    def lose(self, points: int, reason: str) -> None:
        """Counts points that are not logged; the server is told with the next `tend`."""
        with self._lock:
            self._lost[reason] = self._lost.get(reason, 0) + points

    def tend(self) -> None:
        """What need not happen while somebody waits: room ahead of need, owed events, the tally of losses."""
        journal = self._journal
        if journal is None:
            return
        journal.prepare()
        if self._lost or self._owed:
            self._alone(self._settle)

    def close(self, event: Mapping[str, Any] | None = None) -> None:
        """Writes the tally of losses and a last event, and closes the journal. Later calls are dropped and counted."""
        with self._lock:
            self._ending = self._busy = True
            if self._closed or self._journal is None:
                return
            self._tell_losses(last=True)
            if event is not None:
                self._owe(pack_event(dict(event), wall_time()), last=True)
            self._closed = True
            self._plans.clear()
            self._journal.close()

    def _alone(self, call: Callable[[], None]) -> None:
        """Runs ``call`` under the lock, or later when this very thread is in the middle of something."""
        with self._lock:
            if self._busy and not self._ending:
                self._deferred.append(lambda: self._alone(call))
                return
            self._busy = True
            try:
                call()
            finally:
                self._busy = False
        if self._deferred:
            self._run_deferred()

    def _write(self, plan: _Plan, values: Iterable[Any], step: int, time: float) -> bool:
        """Packs one call's points. False when a value or the step does not fit a slot: nothing happened."""
        journal = self._journal
        if journal is None:
            return False
        items = plan.items
        try:
            if not PLAIN.issuperset(map(type, values)):
                values = [as_float(value) for value in values]
            items[1::3] = [_WHEN.pack(step, time)] * plan.count
            items[2::3] = values
            if not journal.pack(plan.layout, items):
                self._no_room(plan.count)
        except (NotANumber, OverflowError, struct.error):
            return False
        return True

    def _log_slowly(self, values: Mapping[Any, Any], step: int, time: float) -> tuple[int, list[tuple[str, Any]]]:
        """Everything that is not the same call again: new tags, nested dicts, values that are no numbers.
        Returns the step that was used, and the values that are to be looked at."""
        if self._closed:
            self._notices.dropped("closed", "this training has finished: what is logged after its end is dropped")
            return step, []
        step = self._checked_step(step)
        shown: list[tuple[str, Any]] = []
        tags: list[str] = []
        numbers: list[float] = []
        problems: list[tuple[str, str, str]] = []
        for tag, value in flatten(values):
            if is_shown(value):
                shown.append((tag, value))
                continue
            if (problem := self._tag_trouble(tag)) is not None:
                problems.append((tag, *problem))
                continue
            try:
                numbers.append(as_float(value))
            except NotANumber as error:
                problems.append((tag, "not a number", f"the value of {tag[:80]!r} {error}"))
            else:
                tags.append(tag)
        if tags:
            self._write_tags(tuple(tags), numbers, step, time)
        for _, reason, _ in problems:
            self._count(reason)
        for tag, reason, text in problems:
            key = reason if reason == "too many tags" else f"{reason}:{tag[:200]}"
            self._notices.dropped(key, f"{text}; it is dropped and counted")
        return step, shown

    def _write_tags(self, tags: tuple[str, ...], numbers: list[float], step: int, time: float) -> None:
        journal = self._journal
        if journal is None:
            journal = self._journal = self._open_journal()
        plan = self._plans.get(tags)
        if plan is None:
            if not self._declare(journal, tags, time):
                self._no_room(len(tags))
                return
            plan = _Plan([self._ids[tag] for tag in tags])
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            self._plans[tags] = plan
        self._write(plan, numbers, step, time)

    def _declare(self, journal: JournalWriter, tags: tuple[str, ...], time: float) -> bool:
        new = [tag for tag in dict.fromkeys(tags) if tag not in self._ids]
        if not new:
            return True
        first = len(self._ids)
        if not journal.append(b"".join(pack_tag(first + index, tag, time) for index, tag in enumerate(new))):
            return False
        self._ids.update((tag, first + index) for index, tag in enumerate(new))
        return True

    def _tag_trouble(self, tag: str) -> tuple[str, str] | None:
        if tag in self._ids:
            return None
        if (problem := tag_problem(tag)) is not None:
            return "bad tag", f"the tag {tag[:80]!r} {problem}"
        if len(self._ids) >= MAX_TAGS:
            return "too many tags", f"a training has at most {MAX_TAGS} tags, and {tag[:80]!r} is one more"
        return None

    def _checked_step(self, step: Any) -> int:
        whole = as_step(step)
        if whole is None:
            own = max(LOWEST_STEP, min(self._next_step, HIGHEST_STEP))
            self._notices.once("step", f"step={step!r} is no 64-bit whole number; {own} is used instead")
            return own
        return whole

    def _no_room(self, points: int) -> None:
        self._count("no room", points)
        journal = self._journal
        why = journal.problem.strerror if journal is not None and journal.problem is not None else "it is closed"
        self._notices.dropped(
            "room",
            f"the journal cannot grow ({why}): points are dropped and counted until it can. "
            "Free some space, or set PAVI_DIR to another disk.",
        )

    def _count(self, reason: str, points: int = 1) -> None:
        self._lost[reason] = self._lost.get(reason, 0) + points

    def _owe(self, record: bytes, last: bool) -> None:
        if self._closed:
            return
        if len(self._owed) >= _MOST_OWED:
            self._owed.popleft()
        self._owed.append((record, last))
        self._pay()

    def _pay(self) -> None:
        if self._journal is None:
            self._journal = self._open_journal()
        while self._owed and self._journal.append(self._owed[0][0], last=self._owed[0][1]):
            self._owed.popleft()
        if self._owed and self._owed[-1][1]:  # the end does not wait behind what found no room
            self._journal.append(self._owed.pop()[0], last=True)

    def _settle(self) -> None:
        self._tell_losses(last=False)
        self._pay()

    def _tell_losses(self, *, last: bool) -> None:
        if self._journal is None:
            return
        for reason in list(self._lost):
            event = {"type": "loss", "points": self._lost[reason], "reason": reason}
            if not self._journal.append(pack_event(event, wall_time()), last=last):
                return
            del self._lost[reason]

    def _run_deferred(self) -> None:
        while self._deferred:
            try:
                call = self._deferred.popleft()
            except IndexError:
                return  # another thread was faster
            call()
