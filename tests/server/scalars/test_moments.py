"""What series showed at moments, and what a page of trainings shows."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from server.scalars import moments, selectors, services
from server.scalars.moments import Moment
from tests.server.scalars.conftest import Logger


def values(logger: Logger, steps: list[int], tag: str = "a", **more: Any) -> list[float | None]:
    found = moments.values_at(logger.training, [Moment(step, 100.0 + step) for step in steps], **more)
    return [one.get(tag) for one in found]


@pytest.mark.parametrize("timed", [False, True])
def test_values_agree_with_the_points_wherever_they_are_stored(logger: Logger, timed: bool) -> None:
    draw = random.Random(1)
    steps: list[int] = []
    for _ in range(6):
        more = sorted(draw.sample(range(2_000), 60)) if not timed else range(len(steps) * 3, len(steps) * 3 + 180, 3)
        logger.log("a", [(step, 100.0 + step, float(step)) for step in more])
        steps += more
        if draw.random() < 0.5:
            services.compact(logger.training)
    asked = draw.sample(range(-5, 2_100), 100)
    expected = [max((float(step) for step in steps if step <= one), default=None) for one in asked]
    assert values(logger, asked, by_time=lambda tag, last_step: timed) == expected


def test_of_equal_steps_the_latest_received_counts(logger: Logger) -> None:
    logger.log("a", [(1, 1.0, 1.0), (2, 1.0, 2.0)])
    services.compact(logger.training)
    logger.log("a", [(2, 1.0, 3.0)])
    assert values(logger, [2, 5]) == [3.0, 3.0]


@pytest.mark.parametrize(("how", "expected"), [("mean", [1.0, 2.0, 2.0]), ("max", [2.0, 3.0, 3.0])])
def test_ranks_are_told_as_their_one_curve(new_logger: Callable[..., Logger], how: str, expected: list[float]) -> None:
    first = new_logger(rank=0, rank_reduce=how)
    second = new_logger(first.training, rank=1, rank_reduce=how)
    for rank, logger in enumerate((first, second)):
        logger.log("a", [(0, 1.0, 2.0 * rank), (1, 2.0, 1.0 + 2.0 * rank)])
    assert values(first, [0, 1, 9]) == expected
    services.compact(first.training)
    assert values(first, [0, 1, 9]) == expected


def test_series_are_chosen_by_tag_and_the_longest_go_first_when_it_is_too_much(
    logger: Logger, monkeypatch: Any
) -> None:
    logger.log("long", [(step, 1.0, 1.0) for step in range(300)])
    logger.log("short", [(step, 1.0, 2.0) for step in range(10)])
    logger.log("system/cpu", [(0, 1.0, 3.0)])
    services.compact(logger.training)
    assert moments.values_at(logger.training, [Moment(5, 0.0)], tags=["short"]) == [{"short": 2.0}]
    assert moments.values_at(logger.training, [Moment(5, 0.0)], without="system/") == [{"short": 2.0, "long": 1.0}]
    monkeypatch.setattr(moments, "MAX_POINTS", 100)
    assert moments.values_at(logger.training, [Moment(5, 0.0)], without="system/") == [{"short": 2.0}]
    assert moments.values_at(logger.training, []) == []


def test_a_page_reads_what_is_fresh_once(new_logger: Callable[..., Logger]) -> None:
    fresh, settled, rewound, empty = (new_logger() for _ in range(4))
    for logger in (fresh, settled, rewound):
        logger.log("loss", [(step, 1.0, float(step)) for step in range(2, 10)])
        logger.log("val/acc", [(1, 1.0, 0.5)])
        services.compact(logger.training)
    fresh.log("loss", [(11, 1.0, 11.0)])
    fresh.log("new", [(40, 1.0, 1.0)])
    rewound.rewind(step=4)
    with CaptureQueriesContext(connection) as queries:
        page = selectors.PageStats([logger.training for logger in (fresh, settled, rewound, empty)])
        ranges = page.step_ranges(without="val/")
        evaluated = page.step_ranges(prefix="val/")
        latest = page.latest(tags=["loss", "new"])
    reads = [query["sql"] for query in queries if 'FROM "scalars_segment"' in query["sql"] and "body" in query["sql"]]
    assert len(reads) == 1
    assert ranges == {
        fresh.training: selectors.StepRange(2, 40),
        settled.training: selectors.StepRange(2, 9),
        rewound.training: selectors.StepRange(2, 4),
    }
    assert evaluated == dict.fromkeys((one.training for one in (fresh, settled, rewound)), selectors.StepRange(1, 1))
    shown = {one: {tag: stats.last_value for tag, stats in mine.items()} for one, mine in latest.items()}
    assert shown == {
        fresh.training: {"loss": 11.0, "new": 1.0},
        settled.training: {"loss": 9.0},
        rewound.training: {"loss": 4.0},
        empty.training: {},
    }
