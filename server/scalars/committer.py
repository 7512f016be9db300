"""The one thread of a process that writes batches: whatever waits goes into one transaction (group commit).

Owns the queue, its bound and the answer to a database that is away. What a transaction does is `commit`'s.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, connection

from server.common.errors import PaviError, Unavailable
from server.scalars import metrics
from server.scalars.commit import GroupCommit, Outcome, Submission
from server.scalars.errors import Busy
from server.scalars.writers import WriterCache

_log = logging.getLogger("pavi.scalars")

MAX_WAITING_BYTES = 64 * 1024 * 1024
_GROUP_BYTES = 8 * 1024 * 1024
_GROUP_BATCHES = 1_000

Result = Outcome | PaviError | Exception


class _Waiting(NamedTuple):
    submission: Submission
    size: int
    deliver: Callable[[Result], None]


class Committer:
    """Takes batches from any thread and answers each when it is durable, or why it is not."""

    def __init__(self, known: WriterCache) -> None:
        self._group_commit = GroupCommit(known)
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._bytes = 0

    def start(self) -> None:
        """Starts the thread."""
        self._thread = threading.Thread(target=self._run, name="pavi-scalars-committer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stores what waits, then ends the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    @property
    def load(self) -> float:
        """How full the queue is, 0 to 1."""
        return self._bytes / MAX_WAITING_BYTES

    def submit(self, submission: Submission, loop: asyncio.AbstractEventLoop) -> "asyncio.Future[Outcome]":
        """Queues a batch for an event loop.

        Returns:
            A future: the outcome, or the error of this batch alone.

        Raises:
            Busy: too many bytes wait already.
        """
        future: asyncio.Future[Outcome] = loop.create_future()

        def settle(result: Result) -> None:
            if future.done():  # the client went away
                return
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

        self._put(submission, lambda result: _call_soon(loop, settle, result))
        return future

    def _put(self, submission: Submission, deliver: Callable[[Result], None]) -> None:
        size = len(submission.body) + len(submission.batch.data) + 1_000
        with self._lock:
            if self._bytes + size > MAX_WAITING_BYTES and self._bytes:
                raise Busy("Too many batches wait to be stored. Try again shortly.", retry_after=1.0)
            self._bytes += size
        self._queue.put(_Waiting(submission, size, deliver))

    def _run(self) -> None:
        stopping = False
        while not stopping:
            first = self._queue.get()
            if first is None:
                break
            group, stopping = self._gather(first)
            with metrics.GROUP_SECONDS.time():
                results = self._store([waiting.submission for waiting in group])
            _count(group, results)
            with self._lock:
                self._bytes -= sum(waiting.size for waiting in group)
            for waiting, result in zip(group, results, strict=True):
                waiting.deliver(result)
        connection.close()

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        group, size = [first], first.size
        while size < _GROUP_BYTES and len(group) < _GROUP_BATCHES:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return group, True
            group.append(waiting)
            size += waiting.size
        return group, False

    def _store(self, submissions: Sequence[Submission]) -> Sequence[Result]:
        """One transaction for all; when that fails, one for each, so that a bad batch harms nobody else's."""
        for attempt in (1, 2):  # the second on a new connection: the first may have died of old age
            try:
                return self._group_commit.store(submissions)
            except (OperationalError, InterfaceError) as error:
                connection.close()
                if attempt == 2 and _is_away(error):
                    _log.error("the database does not answer: %s", error)
                    return [_unavailable() for _ in submissions]
            except Exception as error:  # noqa: BLE001  # an event's handler may raise anything: only its own batch fails
                if len(submissions) == 1:
                    return [error]
                break
        if len(submissions) == 1:
            return [_unavailable()]
        return [self._store([submission])[0] for submission in submissions]


def _count(group: Sequence[_Waiting], results: Sequence[Result]) -> None:
    stored = [
        waiting.submission.batch.points
        for waiting, result in zip(group, results, strict=True)
        if isinstance(result, Outcome) and not result.repeated
    ]
    repeated = sum(isinstance(result, Outcome) and result.repeated for result in results)
    metrics.GROUP_BATCHES.observe(len(group))
    metrics.POINTS.inc(sum(stored))
    metrics.BATCHES.labels("stored").inc(len(stored))
    metrics.BATCHES.labels("repeated").inc(repeated)
    metrics.BATCHES.labels("failed").inc(len(results) - len(stored) - repeated)


def _is_away(error: Exception) -> bool:
    """Whether the server could not be reached, as against having refused this transaction (a deadlock, a lock)."""
    code = getattr(error.__cause__, "pgcode", None)
    return code is None or code[:2] in ("08", "57", "53")


def _unavailable() -> Unavailable:
    return Unavailable("The database does not answer. The batch was not stored; send it again.", retry_after=2.0)


def _call_soon(loop: asyncio.AbstractEventLoop, settle: Callable[[Result], None], result: Result) -> None:
    try:
        loop.call_soon_threadsafe(settle, result)
    except RuntimeError:  # the loop is closed: nobody waits for the answer any more
        pass
