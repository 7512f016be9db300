"""The pages' side of Redis: one subscription a process, shared by its connections, that heals itself."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.live.broadcast import channel
from server.live.messages import News, parse_news
from server.live.watching import POLL_S, RENEW_S, mark

_log = logging.getLogger("pavi.live")
_RETRY_S = (0.2, 0.5, 1.0, 2.0)
_TIMEOUT_S = 5.0


class Watcher(Protocol):
    """A connection. Called in the event loop; must not wait."""

    def news(self, training_id: UUID, news: News) -> None:
        """Something was stored."""

    def paused(self) -> None:
        """Redis is away: nothing will come."""

    def resumed(self) -> None:
        """Redis is back; what was stored meanwhile was not told."""


class Hub:
    """Joins watchers to trainings. All methods belong to one event loop."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._watchers: dict[UUID, set[Watcher]] = {}
        self._effective: dict[UUID, float] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.is_paused = False

    async def join(self, watcher: Watcher, trainings: Iterable[UUID]) -> None:
        """Adds a watcher; returns when ingest knows, so that every point stored from then on is told.

        Returns after half a second at the latest when Redis is away: `Watcher.resumed` will be called.
        """
        loop = asyncio.get_running_loop()
        effective = loop.time()
        for training_id in trainings:
            self._watchers.setdefault(training_id, set()).add(watcher)
            effective = max(effective, self._effective.setdefault(training_id, loop.time() + POLL_S + 0.1))
        self._changed.set()
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._run(), name="pavi-live-hub")
        await asyncio.sleep(effective - loop.time())

    def leave(self, watcher: Watcher, trainings: Iterable[UUID]) -> None:
        """Takes a watcher away; unknown ones are no failure."""
        for training_id in trainings:
            watchers = self._watchers.get(training_id)
            if watchers is not None:
                watchers.discard(watcher)
                if not watchers:
                    del self._watchers[training_id], self._effective[training_id]
        self._changed.set()

    async def _run(self) -> None:
        """Serves until nobody watches; every failure of Redis is a pause."""
        attempt = 0
        while self._watchers:
            # No retries inside the client: it would join again by itself and hide that messages were missed.
            redis: Redis = Redis.from_url(
                self._url,
                socket_timeout=_TIMEOUT_S,
                socket_connect_timeout=1.0,
                health_check_interval=5,
                retry=Retry(NoBackoff(), 0),
            )
            try:
                async with redis, redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await redis.ping()
                    attempt = 0
                    await self._serve(redis, pubsub)
            except (RedisError, OSError, TimeoutError) as error:
                if not self.is_paused:
                    _log.warning("Redis is away, live updates pause: %s", error)
                    self._tell_all(paused=True)
                await asyncio.sleep(_RETRY_S[min(attempt, len(_RETRY_S) - 1)])
                attempt += 1

    async def _serve(self, redis: Redis, pubsub: PubSub) -> None:
        joined: set[UUID] = set()
        renew_at = 0.0
        loop = asyncio.get_running_loop()
        while self._watchers:
            if self._changed.is_set() or loop.time() >= renew_at:
                self._changed.clear()
                await self._follow(pubsub, joined)
                await mark(redis, self._watchers)
                renew_at = loop.time() + RENEW_S
                if self.is_paused:
                    await asyncio.sleep(POLL_S + 0.1)  # until ingest knows again who is watched
                    self._tell_all(paused=False)
            if not joined:
                continue
            message = await pubsub.get_message(timeout=0.1)
            if message is not None and message["type"] == "message":
                self._forward(message["channel"], message["data"])

    async def _follow(self, pubsub: PubSub, joined: set[UUID]) -> None:
        """Makes the subscription the set of watched trainings."""
        wanted = set(self._watchers)
        if new := wanted - joined:
            await pubsub.subscribe(*map(channel, new))
        if old := joined - wanted:
            await pubsub.unsubscribe(*map(channel, old))
        joined.clear()
        joined.update(wanted)

    def _forward(self, raw_channel: bytes, data: bytes) -> None:
        try:
            training_id = UUID(raw_channel.decode().rpartition(":")[2])
            news = parse_news(data)
        except (ValueError, msgspec.DecodeError):
            _log.warning("a message on %r is not ours", raw_channel)
            return
        for watcher in tuple(self._watchers.get(training_id, ())):
            watcher.news(training_id, news)

    def _tell_all(self, *, paused: bool) -> None:
        self.is_paused = paused
        for watcher in {watcher for watchers in self._watchers.values() for watcher in watchers}:
            watcher.paused() if paused else watcher.resumed()


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def current() -> Hub:
    """The hub of the running event loop: one a server process."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub(settings.REDIS_URL)
    return hub
