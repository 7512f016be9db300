"""One WebSocket: what it subscribes to, what waits for it, and that it is neither waited for nor trusted for ever."""

import asyncio
import fnmatch
import logging
import random
import re
from collections.abc import Coroutine, Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error as DatabaseError
from prometheus_client import Counter, Gauge

from server.accounts.principal import Principal
from server.live import hub, messages
from server.live.authentication import authenticate, credentials_of, readable
from server.live.buffer import Buffer
from server.live.messages import News, Subscribe

SEND_INTERVAL_S = 0.25
SEND_TIMEOUT_S = 10.0
"""How long a page may not read before it is sent away."""
RECHECK_S = 25.0
_MESSAGES_PER_S = 10.0
_MESSAGES_AT_ONCE = 100.0

_log = logging.getLogger("pavi.live")
_open = Gauge("pavi_live_connections", "Open WebSockets.")
_too_slow = Counter("pavi_live_too_slow", "Connections closed because they did not read.")


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Implements `hub.Watcher`."""

    # The hub brings news; without this, Channels would listen on Redis too, and fall over when it goes.
    channel_layer_alias = "none"

    async def connect(self) -> None:
        self._subscriptions: dict[str, _Subscription] = {}
        self._joined: set[UUID] = set()
        self._buffer = Buffer()
        self._urgent: list[dict[str, Any]] = []
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._allowance = _MESSAGES_AT_ONCE
        self._counted_at = asyncio.get_running_loop().time()
        self._credentials = credentials_of(self.scope)
        principal = await authenticate(self._credentials)
        if principal is None:
            await self.close()  # before accepting: the handshake answers 403
            return
        self._principal: Principal = principal
        await self.accept()
        _open.inc()
        self._spawn(self._write())
        self._spawn(self._recheck())

    async def disconnect(self, code: int) -> None:  # noqa: ARG002  # named by Channels
        if not hasattr(self, "_principal"):
            return
        _open.dec()
        self._forget()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:  # noqa: ARG002
        if not self._may_speak() or text_data is None or len(text_data) > messages.MAX_MESSAGE_BYTES:
            self._leave(messages.CLOSE_MISBEHAVED)
            return
        try:
            request = messages.parse_request(text_data)
        except messages.BadRequest as problem:
            self._say_error(None, "live.bad_message", f"This message cannot be used: {problem}")
            return
        if isinstance(request, Subscribe):
            await self._subscribe(request)
        else:
            self._subscriptions.pop(request.id, None)
            self._drop_unneeded()

    # What the hub says.

    def news(self, training_id: UUID, news: News) -> None:
        if news.lost:
            self._buffer.add_refetch(training_id)
        elif news.series:
            wanted = [columns for columns in news.series if self._wants(training_id, columns["tag"])]
            if wanted:
                self._buffer.add_points(training_id, wanted)
        if news.what:
            self._buffer.add_change(training_id, news.what)
        self._wake.set()

    def paused(self) -> None:
        self._say({"type": "paused"})

    def resumed(self) -> None:
        self._say({"type": "resumed"})

    # What the page says.

    async def _subscribe(self, request: Subscribe) -> None:
        asked = set(request.trainings)
        if request.id not in self._subscriptions and len(self._subscriptions) >= messages.MAX_SUBSCRIPTIONS:
            self._say_error(request.id, "live.too_many", f"At most {messages.MAX_SUBSCRIPTIONS} subscriptions a page.")
            return
        if len(self._joined | asked) > messages.MAX_TRAININGS:
            self._say_error(request.id, "live.too_many", f"At most {messages.MAX_TRAININGS} trainings a page.")
            return
        try:
            allowed = await readable(self._principal, asked)
        except DatabaseError:
            self._say_error(request.id, "live.unavailable", "The database does not answer. Subscribe again later.")
            return
        if not allowed:
            self._say_error(request.id, "live.not_found", "There are no such trainings, or they are not yours to see.")
            return
        self._subscriptions[request.id] = _Subscription(frozenset(allowed), request.tags)
        self._drop_unneeded()
        self._joined |= allowed
        missing = sorted(map(str, asked - allowed))
        self._spawn(self._join(request.id, allowed, missing))

    async def _join(self, subscription_id: str, trainings: frozenset[UUID], missing: list[str]) -> None:
        shared = hub.current()
        await shared.join(self, trainings)
        self._say({"type": "subscribed", "id": subscription_id, "missing": missing})
        if shared.is_paused:
            self.paused()

    def _wants(self, training_id: UUID, tag: str) -> bool:
        return any(subscription.wants(training_id, tag) for subscription in self._subscriptions.values())

    def _drop_unneeded(self) -> None:
        needed = {training_id for each in self._subscriptions.values() for training_id in each.trainings}
        self._leave_trainings(self._joined - needed)

    def _leave_trainings(self, trainings: Iterable[UUID]) -> None:
        gone = set(trainings)
        hub.current().leave(self, gone)
        self._joined -= gone
        for training_id in gone:
            self._buffer.discard(training_id)

    def _may_speak(self) -> bool:
        """A bucket of messages that refills with time."""
        now = asyncio.get_running_loop().time()
        self._allowance = min(_MESSAGES_AT_ONCE, self._allowance + (now - self._counted_at) * _MESSAGES_PER_S)
        self._counted_at = now
        self._allowance -= 1
        return self._allowance >= 0

    # What goes out.

    def _say(self, message: dict[str, Any]) -> None:
        self._urgent.append(message)
        self._wake.set()

    def _say_error(self, subscription_id: str | None, code: str, message: str) -> None:
        self._say({"type": "error", "id": subscription_id, "code": code, "message": message})

    async def _write(self) -> None:
        """Sends what waits, a few times a second; while the page does not read, the buffer merges and forgets."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            waiting, self._urgent = self._urgent + self._buffer.drain(), []
            for message in waiting:
                try:
                    await asyncio.wait_for(self.send(text_data=messages.dump(message)), SEND_TIMEOUT_S)
                except TimeoutError:
                    _too_slow.inc()
                    self._leave(messages.CLOSE_TOO_SLOW)
                    return
            await asyncio.sleep(SEND_INTERVAL_S)

    async def _recheck(self) -> None:
        """Notices within half a minute that a session ended, a token was revoked, or access was taken away."""
        while True:
            await asyncio.sleep(RECHECK_S * random.uniform(0.8, 1.2))  # noqa: S311  # spreads load, guards nothing
            try:
                principal = await authenticate(self._credentials)
                allowed = await readable(principal, frozenset(self._joined)) if principal is not None else frozenset()
            except DatabaseError:
                continue  # nothing can be stored and told meanwhile either
            if principal is None:
                self._leave(messages.CLOSE_SIGNED_OUT)
                return
            gone = self._joined - allowed
            self._subscriptions = {
                name: _Subscription(each.trainings - gone, each.tags) for name, each in self._subscriptions.items()
            }
            self._leave_trainings(gone)
            for training_id in gone:
                self._say({"type": "gone", "training": str(training_id)})

    def _leave(self, code: int) -> None:
        """Ends the connection with a code, from now on costing nothing. A page that does not read gets the code when
        it does; one that never will is dropped by the server's keep-alive."""
        self._forget()
        self._spawn(self.close(code=code))

    def _forget(self) -> None:
        self._leave_trainings(self._joined)
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._guard(work), name="pavi-live-connection")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (OSError, RuntimeError) as error:  # the servers' ways to say that the connection is gone
            _log.debug("a connection ended: %s", error)


class _Subscription:
    """Trainings and the tags of them that are wanted."""

    def __init__(self, trainings: frozenset[UUID], tags: tuple[str, ...]) -> None:
        self.trainings = trainings
        self.tags = tags
        self._pattern = re.compile("|".join(fnmatch.translate(tag) for tag in tags)) if tags else None
        self._matches = lru_cache(maxsize=4096)(self._match)

    def wants(self, training_id: UUID, tag: str) -> bool:
        return training_id in self.trainings and self._matches(tag)

    def _match(self, tag: str) -> bool:
        return tag in self.tags or (self._pattern is not None and self._pattern.match(tag) is not None)
