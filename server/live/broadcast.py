"""The ingest side: gathers what was stored of watched trainings and publishes it, at most four times a second each."""

import logging
import math
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.conf import settings
from prometheus_client import Counter
from redis import Redis, RedisError

from server.live.messages import Columns, News, pack_news
from server.live.watching import WatchedTrainings
from server.scalars import listeners
from server.scalars.listeners import SeriesPoints, Stored

INTERVAL_S = 0.25
MAX_POINTS = 20_000
"""Of one training in one publication. Who logs faster than anybody can look makes pages fetch instead."""

_MAX_TRAININGS = 10_000
_TIMEOUT_S = 1.0
_log = logging.getLogger("pavi.live")
_published = Counter("pavi_live_published", "Messages published for pages that watch.")
_lost = Counter("pavi_live_publish_failures", "Messages that could not be published; pages fetch instead.")


def channel(training_id: UUID) -> str:
    """The Redis channel of a training."""
    return f"pavi:live:{training_id}"


@dataclass(slots=True)
class _Gathered:
    series: list[SeriesPoints] = field(default_factory=list)
    what: dict[str, None] = field(default_factory=dict)  # a set that keeps the order
    points: int = 0
    lost: bool = False


class Broadcaster:
    """A listener of the series store. Never waits in the caller's thread and never raises into it."""

    def __init__(self, url: str | None = None) -> None:
        self._url = url or settings.REDIS_URL
        self._watched = WatchedTrainings(self._url)
        self._dropped_before = 0
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._gathered: dict[UUID, _Gathered] = {}
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None

    def watched(self, training_id: UUID) -> bool:
        return training_id in self._watched

    def stored(self, batches: Sequence[Stored]) -> None:
        with self._wake:
            for batch in batches:
                if batch.training_id in self._watched:
                    self._gather(batch)
            if not self._gathered:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pavi-live-broadcast", daemon=True)
                self._thread.start()
            self._wake.notify()

    def _gather(self, batch: Stored) -> None:
        if batch.training_id not in self._gathered and len(self._gathered) >= _MAX_TRAININGS:
            return  # Redis hangs: the pages that watch are told to fetch when it is back
        entry = self._gathered.setdefault(batch.training_id, _Gathered())
        entry.what.update(dict.fromkeys(batch.events))
        entry.points += sum(len(points.steps) for points in batch.series)
        if entry.points > MAX_POINTS:
            entry.lost = True
            entry.series.clear()
        if not entry.lost:
            entry.series.extend(batch.series)
        if listeners.dropped != self._dropped_before:  # groups that never came here may have been of any training
            self._dropped_before = listeners.dropped
            for other in self._gathered.values():
                other.lost = True

    def _run(self) -> None:
        redis = Redis.from_url(self._url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)
        while True:
            with self._wake:
                while not self._gathered:
                    self._wake.wait()
                gathered, self._gathered = self._gathered, {}
            try:
                self._publish(redis, gathered)
            except RedisError as error:
                _lost.inc(len(gathered))
                _log.debug("could not publish: %s", error)
                self._remember_loss(gathered)
            time.sleep(INTERVAL_S)

    def _publish(self, redis: Redis, gathered: dict[UUID, _Gathered]) -> None:
        with redis.pipeline(transaction=False) as pipeline:
            for training_id, entry in gathered.items():
                news = News([_columns(points) for points in entry.series], list(entry.what), entry.lost)
                pipeline.publish(channel(training_id), pack_news(news))
            pipeline.execute()
        _published.inc(len(gathered))

    def _remember_loss(self, gathered: dict[UUID, _Gathered]) -> None:
        """What could not be published is not kept; that there was something is."""
        with self._wake:
            for training_id, entry in gathered.items():
                if len(self._gathered) < _MAX_TRAININGS:
                    kept = self._gathered.setdefault(training_id, _Gathered())
                    kept.lost = True
                    kept.series.clear()
                    kept.what.update(entry.what)


def _columns(points: SeriesPoints) -> Columns:
    return Columns(
        tag=points.tag,
        rank=points.rank,
        steps=points.steps.tolist(),
        times=_numbers(points.times),
        values=_numbers(points.values),
    )


def _numbers(column: npt.NDArray[np.float64]) -> list[float | str]:
    numbers: list[float | str] = column.tolist()
    if not np.isfinite(column).all():
        return [_word(number) for number in numbers]
    return numbers


def _word(number: float | str) -> float | str:
    if isinstance(number, str) or math.isfinite(number):
        return number
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"
