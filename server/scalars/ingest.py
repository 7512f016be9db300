"""The ingest endpoint: native ASGI, because it is called thousands of times a second. Owns HTTP and nothing else.

``POST /api/v1/ingest/{training}/{writer}?seq=N`` takes slots, ``POST /api/v1/ingest/{training}`` JSON columns.
"""

import asyncio
import logging
import re
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from pavi.protocol import MAX_BATCH_BYTES, SKIP_HEADER, Accepted, Pace
from server.common.errors import InvalidInput, NotFound, PaviError, Unavailable, envelope, new_request_id
from server.scalars import gate, json_columns, listeners, rewinds, services, writers
from server.scalars.admission import Admission
from server.scalars.batches import ENCODINGS, IDENTITY, Batch, decompress, parse, too_large
from server.scalars.commit import Outcome, Submission
from server.scalars.committer import Committer
from server.scalars.errors import Busy, MalformedBatch, UnknownWriter, WriterTaken

_log = logging.getLogger("pavi.scalars")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_T = TypeVar("_T")

MAX_HELD_BYTES = 96 * 1024 * 1024
"""Bodies and their slots that a process holds at once; beyond it, senders are told to wait."""

_THREADS = 2
_INLINE_BYTES = 64 * 1024  # larger bodies are read in a thread, so that small ones need not wait for them
_SEQ = re.compile(rb"(?:^|&)seq=(\d{1,18})(?:&|$)")
_SKIP = SKIP_HEADER.lower().encode()
_PREFIX = "/api/v1/ingest/"
_encode = msgspec.json.encode


class IngestEndpoint:
    """An ASGI application. `start` before the first request, `stop` after the last."""

    def __init__(self) -> None:
        self._known = writers.WriterCache()
        self._admission = Admission()
        self._committer = Committer(self._known)
        self._threads: ThreadPoolExecutor | None = None
        self._held = 0

    async def start(self) -> None:
        """Starts the committer and the threads that may ask the database."""
        self._threads = ThreadPoolExecutor(_THREADS, "pavi-scalars-ingest")
        self._committer.start()

    async def stop(self) -> None:
        """Stores what waits and ends the threads."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._committer.stop)
        if self._threads is not None:
            everyone = threading.Barrier(_THREADS)  # so that each thread closes the connection that is its own
            closing = [loop.run_in_executor(self._threads, _close_connection, everyone) for _ in range(_THREADS)]
            await asyncio.gather(*closing)
            self._threads.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self._answer(scope, receive)
        except PaviError as error:
            await _send_error(send, error)
            return
        except (OperationalError, InterfaceError) as error:
            _log.error("database unavailable: %s", error)
            await _send_error(send, Unavailable("The database does not answer. Send the batch again."))
            return
        except _Disconnected:
            return
        except Exception:  # noqa: BLE001  # the last resort: nothing may end the process, and the client gets the envelope
            _log.exception("ingest failed")
            await _send_error(send, PaviError("The server failed to store this batch. The log tells why."))
            return
        await send({"type": "http.response.start", "status": 200, "headers": [_JSON, _length(body)]})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        if scope["method"] != "POST":
            error = PaviError("Batches are sent with POST.", code="common.method_not_allowed")
            error.status = 405  # type: ignore[misc]  # one instance differs from its class
            raise error
        training_id, writer_id = _ids(scope["path"])
        headers = dict(scope["headers"])
        authorization = headers.get(b"authorization", b"")
        principal = self._admission.remembered(authorization, training_id)
        if principal is None:
            principal = await self._in_thread(partial(self._admission.admit, authorization, training_id))
        encoding = ENCODINGS.get(headers.get(b"content-encoding", b"").lower())
        if encoding is None:
            raise InvalidInput("Content-Encoding may be identity, deflate or gzip.", code="scalars.unknown_encoding")
        held: list[int] = []
        try:
            body = await self._read(headers, receive, held)
            post = _Post(training_id, principal.user_id, headers, scope["query_string"], body, encoding)
            if writer_id is None:
                outcome = await self._store_json(post)
            else:
                outcome = await self._store_slots(post, writer_id, held)
        finally:
            self._held -= sum(held)
        return self._accepted(training_id, outcome)

    async def _store_slots(self, post: "_Post", writer_id: UUID, held: list[int]) -> Outcome:
        match = _SEQ.search(post.query)
        if match is None:
            raise InvalidInput("?seq= must say at which slot of the journal the batch starts.", code="scalars.no_seq")
        seq = int(match.group(1))
        known = self._known.get(writer_id)
        if known is None:
            known = await self._in_thread(partial(writers.load, writer_id))
            if known is not None:
                self._known.put(known)
        if known is None or known.training_id != post.training_id:
            raise UnknownWriter(
                "This writer was never opened for this training. Open it first: PUT /api/v1/writers/{writer}."
            )
        skip = _skip(post.headers, post.body)
        read = partial(_read_batch, post, writer_id, seq)
        batch = read() if len(post.body) <= _INLINE_BYTES else await self._in_thread(read)
        self._hold(len(batch.data), held)
        if batch.events:
            await self._in_thread(partial(_check_events, batch, seq))
        submission = Submission(post.training_id, writer_id, seq, batch, post.body, post.encoding, post.sender, skip)
        return await self._committer.submit(submission, asyncio.get_running_loop())

    async def _store_json(self, post: "_Post") -> Outcome:
        key = post.headers.get(b"idempotency-key")
        try:
            writer_id = UUID(key.decode("ascii")) if key is not None else uuid4()
        except ValueError:
            raise InvalidInput("Idempotency-Key must be a UUID.", code="scalars.bad_key") from None
        batch = await self._in_thread(partial(_read_json, post, writer_id))
        if not batch.slots:
            return Outcome(0)
        owner = await self._in_thread(
            partial(services.open_anonymous_writer, training_id=post.training_id, writer_id=writer_id)
        )
        if owner != post.training_id:
            raise WriterTaken("This Idempotency-Key was used for another training. Choose a new one.")
        submission = Submission(post.training_id, writer_id, 0, batch, batch.data, IDENTITY, post.sender)
        return await self._committer.submit(submission, asyncio.get_running_loop())

    async def _read(self, headers: dict[bytes, bytes], receive: Receive, held: list[int]) -> bytes:
        declared = headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > MAX_BATCH_BYTES:
            raise too_large()
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Disconnected
            piece = message.get("body", b"")
            if piece:
                size += len(piece)
                if size > MAX_BATCH_BYTES:
                    raise too_large()
                self._hold(len(piece), held)
                pieces.append(piece)
            if not message.get("more_body"):
                return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _hold(self, size: int, held: list[int]) -> None:
        if self._held + size > MAX_HELD_BYTES:
            raise Busy("The server holds as many batches as it can. Try again shortly.", retry_after=1.0)
        self._held += size
        held.append(size)

    def _accepted(self, training_id: UUID, outcome: Outcome) -> bytes:
        watched = listeners.watched(training_id)
        load = max(self._committer.load, self._held / MAX_HELD_BYTES)
        interval = 0.5 if watched else 2.0
        if load > 0.25:
            interval = max(interval, 20.0 * load)
        answer = Accepted(watermark=outcome.watermark, pace=Pace(interval=interval, watched=watched))
        if outcome.refused:
            answer["refused"] = list(outcome.refused)
        return _encode(answer)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_connection, work)


@dataclass(frozen=True, slots=True)
class _Post:
    """A request that was admitted. ``sender`` is the id of the user whose token it bears."""

    training_id: UUID
    sender: int
    headers: dict[bytes, bytes]
    query: bytes
    body: bytes
    encoding: int


class _Disconnected(Exception):
    """The client went away before its batch was complete."""


def _close_connection(everyone: threading.Barrier) -> None:
    everyone.wait(10)
    connection.close()


def _with_connection(work: Callable[[], _T]) -> _T:
    """Runs work that may use this thread's database connection; a dead one is replaced once."""
    try:
        return work()
    except (OperationalError, InterfaceError):
        connection.close()
        return work()
    except DatabaseError:
        connection.close()
        raise


@lru_cache(maxsize=10_000)  # a writer sends to one path, thousands of times
def _ids(path: str) -> tuple[UUID, UUID | None]:
    parts = path[len(_PREFIX) :].split("/")
    try:
        if len(parts) in (1, 2):
            return UUID(parts[0]), UUID(parts[1]) if len(parts) == 2 else None
    except ValueError:
        pass
    raise NotFound("There is nothing here. Batches go to /api/v1/ingest/{training}/{writer}, both UUIDs.")


def _skip(headers: dict[bytes, bytes], body: bytes) -> int:
    raw = headers.get(_SKIP)
    if raw is None:
        return 0
    if body or not raw.isdigit() or not 0 < int(raw) < 1 << 40:
        raise InvalidInput(
            f"{SKIP_HEADER} takes a number of slots, and its batch has no body.", code="scalars.bad_skip"
        )
    return int(raw)


def _read_batch(post: _Post, writer_id: UUID, seq: int) -> Batch:
    if not post.body:
        return Batch(b"", 0, 0, frozenset())
    return parse(decompress(post.body, post.encoding), writer_id=writer_id, first_slot=seq, sender=post.sender)


def _read_json(post: _Post, writer_id: UUID) -> Batch:
    return json_columns.read(decompress(post.body, post.encoding), writer_id=writer_id, sender=post.sender)


def _check_events(batch: Batch, seq: int) -> None:
    for event in batch.events:
        problem = rewinds.problem(event.body) if event.body["type"] == "rewind" else None
        problem = problem or gate.current().check_event(event.body)
        if problem is not None:
            slot = event.slot - seq
            raise MalformedBatch(
                f"The event {event.body['type']!r:.40} at slot {slot} cannot be used: {problem}.", slot=slot
            )


_JSON = (b"content-type", b"application/json")


def _length(body: bytes) -> tuple[bytes, bytes]:
    return (b"content-length", str(len(body)).encode())


async def _send_error(send: Send, error: PaviError) -> None:
    request_id = new_request_id()
    body = _encode(envelope(error, request_id))
    headers = [_JSON, _length(body), (b"x-request-id", request_id.encode())]
    if isinstance(error, Unavailable):
        headers.append((b"retry-after", f"{error.retry_after:g}".encode()))
    if error.status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="pavi"'))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
