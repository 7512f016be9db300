"""Which trainings somebody looks at: a sorted set in Redis whose entries run out unless they are renewed.

Pages' processes renew (`mark`); ingest processes keep a copy in memory (`WatchedTrainings`), half a second old at most.
Times are those of Redis, so that clocks of hosts need not agree.
"""

import atexit
import logging
import os
import threading
import time
from collections.abc import Collection
from typing import Any
from uuid import UUID

from redis import Redis, RedisError
from redis.asyncio import Redis as AsyncRedis

KEY = "pavi:watched"
LIFETIME_S = 20
RENEW_S = 5.0
POLL_S = 0.5
_IDLE_AFTER_S = 60.0
_TIMEOUT_S = 1.0

_MARK = """
local now = tonumber(redis.call('TIME')[1])
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[i]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
"""
_READ = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', redis.call('TIME')[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""
_log = logging.getLogger("pavi.live")


async def mark(redis: "AsyncRedis", trainings: Collection[UUID]) -> None:
    """Says that these trainings are watched for the next seconds."""
    if trainings:
        await redis.eval(_MARK, 1, KEY, LIFETIME_S, *map(str, trainings))


class WatchedTrainings:
    """The set as this process last saw it. Membership is a look into memory; a thread of its own keeps it fresh.

    The thread starts with the first question, ends when nobody has asked for a minute, and starts again after a
    fork. While Redis is away nothing counts as watched: there is nobody to push to.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._ids: frozenset[UUID] = frozenset()
        self._asked = 0.0
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._stopped = False
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self._stop)  # a daemon thread must not speak of a Redis that goes with the process

    def __contains__(self, training_id: UUID) -> bool:
        self._asked = time.monotonic()
        if self._thread is None:
            self._start()
        return training_id in self._ids

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pavi-live-watched", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        redis = Redis.from_url(self._url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)
        away = False
        try:
            while not self._stopped and time.monotonic() - self._asked < _IDLE_AFTER_S:
                try:
                    found: Any = redis.eval(_READ, 1, KEY)
                    self._ids = frozenset(UUID(raw.decode()) for raw in found)
                    away = False
                except RedisError as error:
                    self._ids = frozenset()
                    if not away and not self._stopped:
                        _log.warning("Redis is away, live updates pause: %s", error)
                    away = True
                time.sleep(POLL_S)
        finally:
            self._ids = frozenset()
            self._thread = None
            redis.close()

    def _stop(self) -> None:
        self._stopped = True

    def _forget(self) -> None:
        self._ids, self._thread, self._starting = frozenset(), None, threading.Lock()
