"""Compaction changes how points lie, never which: beside ingest, beside reads, beside itself."""

import random
import threading
from collections.abc import Callable

import numpy as np
from django.db import connection

from pavi.protocol import series_checksum
from server.scalars import compaction, export, selectors, services, tasks, verification
from server.scalars.models import Chunk, Segment, Times
from tests.server.scalars.conftest import Logger


def stored(logger: Logger) -> tuple[int, int]:
    items = verification.checksums(logger.training)
    assert all(item.intact for item in items)
    return sum(item.count for item in items), sum(item.checksum for item in items) & (2**64 - 1)


def sent(points: list[tuple[int, float, float]]) -> tuple[int, int]:
    return len(points), series_checksum(points)


def test_segments_become_chunks_and_statistics(logger: Logger) -> None:
    points = [(step, 100.0 + step, float(step % 7)) for step in range(200)]
    logger.log("a", points[:100])
    logger.log("a", points[100:])
    before = selectors.series([logger.training])
    services.compact(logger.training)
    assert Segment.objects.filter(training_id=logger.training).count() == 0
    assert selectors.series([logger.training]) == before
    assert stored(logger) == sent(points)


def test_nothing_new_costs_nothing(logger: Logger) -> None:
    logger.log("a", [(1, 1.0, 1.0)])
    services.compact(logger.training)
    assert compaction.due() == []
    assert compaction.compact(logger.training) == 0


def test_small_chunks_grow_together(logger: Logger) -> None:
    points = []
    for step in range(40):
        points.append((step, float(step), float(step)))
        logger.log("a", points[-1:])
        compaction.compact(logger.training)
    assert Chunk.objects.filter(training_id=logger.training).count() <= 8
    assert Times.objects.filter(training_id=logger.training).count() <= 8
    services.compact(logger.training)
    assert Chunk.objects.filter(training_id=logger.training).count() == 1
    assert Times.objects.filter(training_id=logger.training).count() == 1
    assert stored(logger) == sent(points)


def test_series_of_the_same_calls_share_their_times(logger: Logger) -> None:
    for start in (0, 50):
        points = [(step, 100.0 + step * 0.1, 1.0) for step in range(start, start + 50)]
        logger.send(logger.pack("a", points) + logger.pack("b", points))
        compaction.compact(logger.training)
    assert Chunk.objects.filter(training_id=logger.training).values("series").distinct().count() == 2
    services.compact(logger.training)
    assert Times.objects.filter(training_id=logger.training).count() == 1


def test_due_trainings_are_compacted_by_the_task(new_logger: Callable[..., Logger]) -> None:
    fresh, full = new_logger(), new_logger()
    fresh.log("a", [(1, 1.0, 1.0)])
    points = [(step, 1.0, 1.0) for step in range(250_000)]
    full.log("a", points)
    assert tasks.compact_due() == 1
    assert [due.training_id for due in compaction.due()] == [fresh.training]


def test_counts_and_checksums_hold_at_every_moment(new_logger: Callable[..., Logger]) -> None:
    logger = new_logger()
    done = threading.Event()
    failures: list[object] = []
    acknowledged: list[tuple[int, float, float]] = []

    def in_thread(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                while not done.is_set():
                    work()
                    done.wait(0.005)
            except BaseException as error:
                failures.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def look() -> None:
        least = len(acknowledged)
        items = verification.checksums(logger.training)
        assert all(item.intact for item in items)
        assert sum(item.count for item in items) >= least

    compacting = [in_thread(lambda: void(compaction.compact(logger.training))) for _ in range(2)]
    looking = in_thread(look)
    generator = random.Random(5)
    try:
        for turn in range(40):
            count = generator.randint(1, 200)
            points = [(turn * 10 + step, float(turn), generator.random()) for step in range(count)]
            logger.log(f"tag-{turn % 3}", points)
            acknowledged.extend(points)
    finally:
        done.set()
        for thread in [*compacting, looking]:
            thread.join()
    assert failures == []
    services.compact(logger.training)
    assert stored(logger) == sent(acknowledged)
    assert sum(info.stats.count for info in selectors.series([logger.training])) == len(acknowledged)


def void(_: object) -> None:
    """Takes a result that nobody asked for."""


def test_times_and_values_keep_every_bit(logger: Logger) -> None:
    values = [float("nan"), -0.0, float("inf"), float("-inf"), 5e-324, 1.0]
    logger.log("a", [(index, 1.0, value) for index, value in enumerate(values)])
    services.compact(logger.training)
    row = export.find(logger.training, "a", None)
    assert row is not None
    found = export.newest(row, 10)
    assert np.array_equal(found.values.view(np.uint64), np.array(values).view(np.uint64))
    (info,) = selectors.series([logger.training])
    assert (info.stats.minimum, info.stats.maximum) == (float("-inf"), float("inf"))


def test_a_deleted_training_leaves_nothing(logger: Logger) -> None:
    logger.log("a", [(1, 1.0, 1.0)])
    services.compact(logger.training)
    logger.log("a", [(2, 1.0, 1.0)])
    services.delete_training(training_id=logger.training)
    assert selectors.series([logger.training]) == []
    assert logger.post(logger.pack("a", [(3, 1.0, 1.0)])).status == 404
