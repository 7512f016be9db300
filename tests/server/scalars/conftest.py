"""The cast of the series store's tests: a gate in memory, an ingest endpoint that runs, trainings to log into."""

import asyncio
import json
import threading
import uuid
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from pavi.protocol import pack_event, pack_point, pack_tag
from server.accounts import services as accounts
from server.accounts.models import User
from server.accounts.principal import Principal
from server.scalars import gate, services
from server.scalars.ingest import IngestEndpoint


class MemoryGate:
    """Trainings belong to whoever made them; remembers what it was told."""

    def __init__(self) -> None:
        self.owners: dict[UUID, int] = {}
        self.viewers: dict[UUID, set[int]] = {}
        self.events: list[gate.Event] = []
        self.seen_trainings: list[UUID] = []
        self.poison: str | None = None

    def readable(self, *, viewer: Principal, training_ids: Collection[UUID]) -> frozenset[UUID]:
        return frozenset(
            one
            for one in training_ids
            if self.owners.get(one) == viewer.user_id or viewer.user_id in self.viewers.get(one, ())
        )

    def writable(self, *, viewer: Principal, training_id: UUID) -> bool:
        return self.owners.get(training_id) == viewer.user_id

    def check_event(self, body: dict[str, Any]) -> str | None:
        return "it says so itself" if body.get("bad") else None

    def apply(self, *, training_id: UUID, events: Sequence[gate.Event]) -> None:
        if self.poison is not None and any(event.body["type"] == self.poison for event in events):
            raise RuntimeError("this event cannot be carried out")
        self.events.extend(events)

    def seen(self, *, training_ids: Collection[UUID]) -> None:
        self.seen_trainings.extend(training_ids)


@pytest.fixture
def memory_gate() -> Iterator[MemoryGate]:
    """A gate of our own in place of the trainings'."""
    before = gate._gate
    ours = MemoryGate()
    gate.register(ours)
    yield ours
    gate._gate = before


@dataclass(frozen=True)
class Answer:
    """An ASGI application's answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The error's code."""
        return str(self.json["error"]["code"])


async def call(app: Any, path: str, body: bytes | list[bytes], headers: dict[str, str], query: str = "") -> Answer:
    """One POST to an ASGI application, its body in one or several messages."""
    pieces = [body] if isinstance(body, bytes) else body
    messages = [
        {"type": "http.request", "body": piece, "more_body": index + 1 < len(pieces)}
        for index, piece in enumerate(pieces)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    await app(scope, receive, send)
    return Answer(
        sent[0]["status"],
        {name.decode(): value.decode() for name, value in sent[0]["headers"]},
        b"".join(message.get("body", b"") for message in sent[1:]),
    )


@dataclass
class Logger:
    """A writer that logs into a training of its own through the running endpoint."""

    endpoint: "Endpoint"
    token: str
    owner: Principal
    training: UUID
    writer: UUID
    slots: int = 0
    tags: dict[str, int] = field(default_factory=dict)

    def post(self, body: bytes | list[bytes], *, seq: int | None = None, **headers: str) -> Answer:
        """Sends a body as it is."""
        at = self.slots if seq is None else seq
        every = {"Authorization": f"Bearer {self.token}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        path = f"/api/v1/ingest/{self.training}/{self.writer}"
        return self.endpoint.run(lambda app: call(app, path, body, every, f"seq={at}"))

    def pack(self, tag: str, points: Sequence[tuple[int, float, float]]) -> bytes:
        """Points of one series, after its definition where that is new."""
        head = b""
        if tag not in self.tags:
            self.tags[tag] = len(self.tags)
            head = pack_tag(self.tags[tag], tag, 1.0)
        return head + b"".join(pack_point(self.tags[tag], *point) for point in points)

    def send(self, data: bytes) -> Answer:
        """Sends slots at the end of the journal; they must be taken."""
        answer = self.post(data)
        assert answer.status == 200, answer.body
        self.slots += len(data) // 32
        assert answer.json["watermark"] == self.slots
        return answer

    def log(self, tag: str, points: Sequence[tuple[int, float, float]]) -> Answer:
        """Logs points of one series."""
        return self.send(self.pack(tag, points))

    def rewind(self, **limits: Any) -> Answer:
        """Hides what lies beyond the limits."""
        return self.send(pack_event({"type": "rewind", **limits}, 1.0))


class Endpoint:
    """An ingest endpoint with an event loop in a thread of its own, as in a server process."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.app = IngestEndpoint()
        self._await(self.app.start())

    def _await(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def run(self, work: Callable[[IngestEndpoint], Coroutine[Any, Any, Any]]) -> Any:
        """Runs a coroutine against the application."""
        return self._await(work(self.app))

    def stop(self) -> None:
        self._await(self.app.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def endpoint(transactional_db: None, memory_gate: MemoryGate) -> Iterator[Endpoint]:
    """The running endpoint."""
    running = Endpoint()
    yield running
    running.stop()
    connection.close()


@pytest.fixture
def scope() -> UUID:
    """A project."""
    return uuid.uuid4()


@pytest.fixture
def new_logger(endpoint: Endpoint, memory_gate: MemoryGate, scope: UUID) -> Callable[..., Logger]:
    """Makes writers: of a new training of Ada's, or of the one given."""
    user = User.objects.create_user("ada", password="correct horse")
    raw = accounts.create_token(user_id=user.id, name="t").raw
    owner = Principal(user.id, "ada")

    def make(training: UUID | None = None, *, rank: int | None = None, rank_reduce: Any = None) -> Logger:
        training = training or uuid.uuid4()
        memory_gate.owners[training] = user.id
        writer = uuid.uuid4()
        services.open_writer(training_id=training, writer_id=writer, scope=scope, rank=rank, rank_reduce=rank_reduce)
        return Logger(endpoint, raw, owner, training, writer)

    return make


@pytest.fixture
def logger(new_logger: Callable[..., Logger]) -> Logger:
    """A writer of a new training."""
    return new_logger()
