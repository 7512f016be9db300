"""The WebSocket on a real port, a gate whose answers a test decides, and points as the series store tells of them."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
import uvicorn
from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from websockets.sync.client import ClientConnection, connect

from server.accounts import selectors, services
from server.accounts.models import User
from server.accounts.principal import Principal
from server.live.broadcast import Broadcaster
from server.live.routing import websocket_application
from server.scalars import gate
from server.scalars.listeners import SeriesPoints, Stored


@dataclass
class Allowed:
    """A gate that lets through what a test says."""

    readers: dict[UUID, set[int]] = field(default_factory=dict)

    def readable(self, *, viewer: Principal, training_ids: Collection[UUID]) -> frozenset[UUID]:
        return frozenset(each for each in training_ids if viewer.user_id in self.readers.get(each, ()))

    def new_training(self, *readers: Principal) -> UUID:
        training_id = uuid4()
        self.readers[training_id] = {reader.user_id for reader in readers}
        return training_id


class Page:
    """The browser's side of one connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, **message: Any) -> None:
        self.connection.send(json.dumps(message, default=str))

    def hear(self, kind: str, timeout: float = 15) -> dict[str, Any]:
        """The next message of that type; others before it are skipped."""
        deadline = time.monotonic() + timeout
        while True:
            message: dict[str, Any] = json.loads(self.connection.recv(timeout=max(0.01, deadline - time.monotonic())))
            if message["type"] == kind:
                return message

    def subscribe(self, *trainings: UUID, tags: Collection[str] = ("*",), name: str = "s") -> dict[str, Any]:
        self.say(type="subscribe", id=name, trainings=list(trainings), tags=list(tags))
        return self.hear("subscribed")

    def closed_with(self) -> int:
        """Reads until the server closes; its code."""
        while True:
            try:
                self.connection.recv(timeout=20)
            except Exception as error:
                received = getattr(error, "rcvd", None)
                if received is None:
                    raise
                return int(received.code)


@dataclass
class LiveServer:
    """Where the WebSocket listens."""

    port: int

    @contextmanager
    def open(
        self, path: str = "/ws/", *, buffer_bytes: int | None = None, **headers: str
    ) -> Iterator[ClientConnection]:
        line = socket.socket()
        if buffer_bytes is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        line.connect(("127.0.0.1", self.port))
        address = f"ws://127.0.0.1:{self.port}{path}"
        queue = 16 if buffer_bytes is None else 1
        with connect(address, sock=line, additional_headers=headers, max_size=None, max_queue=queue) as connection:
            yield connection


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> Allowed:
    stand_in = Allowed()
    monkeypatch.setattr(gate, "_gate", stand_in)
    return stand_in


@pytest.fixture
def ada(transactional_db: None) -> Principal:
    return selectors.principal_of(User.objects.create_user("ada", password="correct horse"))


@pytest.fixture
def server(transactional_db: None, allowed: Allowed) -> Iterator[LiveServer]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)  # connections inherit it: it fills soon
    running = uvicorn.Server(uvicorn.Config(websocket_application, lifespan="off", log_config=None))

    async def serve() -> None:
        await running.serve(sockets=[listener])
        await database_sync_to_async(connections.close_all)()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield LiveServer(listener.getsockname()[1])
    running.should_exit = True
    thread.join()


def token_of(principal: Principal) -> str:
    return services.create_token(user_id=principal.user_id, name="test").raw


@pytest.fixture
def page(server: LiveServer, ada: Principal) -> Iterator[Page]:
    """Ada's page."""
    with server.open(Authorization=f"Bearer {token_of(ada)}") as connection:
        yield Page(connection)


@pytest.fixture
def broadcaster() -> Broadcaster:
    """The ingest side, as another process has it."""
    return Broadcaster()


@pytest.fixture
def store(broadcaster: Broadcaster) -> Callable[..., None]:
    """Tells of points of a watched training: ``store(training, {"loss": [1.0]})``."""

    def tell(training_id: UUID, series: dict[str, list[float]] | None = None, events: tuple[str, ...] = ()) -> None:
        deadline = time.monotonic() + 10
        while not broadcaster.watched(training_id):
            assert time.monotonic() < deadline, "nobody is said to watch"
            time.sleep(0.02)
        columns = tuple(
            SeriesPoints(tag, -1, np.arange(len(values)), np.full(len(values), 1.5), np.array(values, dtype=float))
            for tag, values in (series or {}).items()
        )
        broadcaster.stored([Stored(training_id, columns, events)])

    return tell


@contextmanager
def browser(principal: Principal) -> Iterator[Client]:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=principal.user_id))
    yield client
