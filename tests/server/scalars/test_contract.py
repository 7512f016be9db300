"""What other apps build on: opening writers, metric values as a queryset, listeners."""

import threading
import uuid
from collections.abc import Callable, Sequence
from uuid import UUID

import pytest
from django.db.models import Exists, OuterRef

from server.scalars import listeners, selectors, services
from server.scalars.errors import BadRank, WriterTaken
from server.scalars.listeners import Stored
from server.scalars.models import Series, Writer
from tests.server.scalars.conftest import Logger


def test_opening_a_writer_twice_answers_its_watermark(logger: Logger, scope: UUID) -> None:
    logger.log("a", [(1, 1.0, 1.0)])
    again = services.open_writer(training_id=logger.training, writer_id=logger.writer, scope=scope)
    assert again == logger.slots
    assert selectors.find_writer(logger.writer) == logger.training
    assert selectors.find_writer(uuid.uuid4()) is None


def test_a_writer_of_another_training_is_refused(logger: Logger, scope: UUID) -> None:
    with pytest.raises(WriterTaken):
        services.open_writer(training_id=uuid.uuid4(), writer_id=logger.writer, scope=scope)
    with pytest.raises(BadRank):
        services.open_writer(training_id=logger.training, writer_id=uuid.uuid4(), scope=scope, rank=70_000)


def test_metric_values_sort_and_filter(new_logger: Callable[..., Logger], scope: UUID) -> None:
    loggers = [new_logger() for _ in range(3)]
    for index, logger in enumerate(loggers):
        logger.log("acc", [(1, 1.0, 0.9 - index * 0.1), (2, 1.0, 0.5 + index * 0.1)])
        services.compact(logger.training)
    loggers[0].log("other", [(1, 1.0, 1.0)])
    rows = selectors.metric_values([scope], tag="acc", stat="last").order_by("-value")
    assert [row["training_id"] for row in rows] == [logger.training for logger in reversed(loggers)]
    high = selectors.metric_values([scope], tag="acc", stat="max").filter(
        training_id=OuterRef("training_id"), value__gt=0.75
    )
    assert Writer.objects.filter(Exists(high)).count() == 2
    assert list(selectors.metric_values([uuid.uuid4()], tag="acc", stat="last")) == []
    services.move_to_scope(training_id=loggers[0].training, scope=uuid.uuid4())
    assert selectors.metric_values([scope], tag="acc", stat="count").count() == 2


def test_statistics_hold_no_nan(logger: Logger) -> None:
    logger.log("a", [(1, 1.0, 2.0), (2, 2.0, float("nan"))])
    services.compact(logger.training)
    row = Series.objects.get(training_id=logger.training)
    assert (row.last_value, row.min_value, row.max_value, row.count) == (None, 2.0, 2.0, 2)
    stats = selectors.latest(training_id=logger.training)["a"]
    assert stats.last_value != stats.last_value


class Ear:
    """A listener that watches one training, and fails at first."""

    def __init__(self, training: UUID) -> None:
        self._training = training
        self.heard: list[Stored] = []
        self.calls = 0
        self.told = threading.Event()

    def watched(self, training_id: UUID) -> bool:
        return training_id == self._training

    def stored(self, batches: Sequence[Stored]) -> None:
        self.calls += 1
        if self.calls == 1:
            raise RuntimeError("deaf")
        self.heard.extend(batches)
        self.told.set()


def test_listeners_hear_of_watched_trainings_and_may_fail(new_logger: Callable[..., Logger]) -> None:
    watched, other = new_logger(), new_logger()
    ear = Ear(watched.training)
    listeners.register(ear)
    try:
        assert watched.log("a", [(1, 1.0, 1.0)]).json["pace"] == {"interval": 0.5, "watched": True}
        other.log("a", [(1, 1.0, 1.0)])
        watched.log("a", [(2, 2.0, 3.0), (3, 3.0, 4.0)])
        assert ear.told.wait(10)
    finally:
        listeners.unregister(ear)
    (stored,) = ear.heard
    (points,) = stored.series
    assert (stored.training_id, points.tag, points.rank) == (watched.training, "a", -1)
    assert (points.steps.tolist(), points.values.tolist()) == ([2, 3], [3.0, 4.0])
