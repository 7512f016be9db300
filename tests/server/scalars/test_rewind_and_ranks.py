"""What a resumed training hides, and what ranks make together."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from server.scalars import export, query, selectors, services, verification
from tests.server.scalars.conftest import Logger


def points(logger: Logger, tag: str, *, hidden: bool = False, rank: int | None = None) -> list[tuple[int, float]]:
    row = export.find(logger.training, tag, rank)
    assert row is not None
    stretches = list(export.SeriesSource(row, include_hidden=hidden).stretches())
    return [
        (step, value)
        for stretch in stretches
        for step, value in zip(stretch.steps.tolist(), stretch.values.tolist(), strict=True)
    ]


@pytest.mark.parametrize("compact_at", [(), (1,), (2,), (1, 2, 3)])
def test_a_rewind_hides_what_came_before_and_nothing_after(logger: Logger, compact_at: tuple[int, ...]) -> None:
    def moment(number: int) -> None:
        if number in compact_at:
            services.compact(logger.training)

    logger.log("a", [(step, 1.0, 1.0) for step in range(10)])
    moment(1)
    logger.rewind(step=4)
    moment(2)
    logger.log("a", [(step, 2.0, 2.0) for step in range(5, 8)])
    moment(3)
    expected = [(step, 1.0) for step in range(5)] + [(step, 2.0) for step in range(5, 8)]
    assert points(logger, "a") == expected
    assert len(points(logger, "a", hidden=True)) == 13
    (info,) = selectors.series([logger.training])
    assert (info.stats.count, info.stats.last_step, info.stats.maximum) == (8, 7, 2.0)
    services.compact(logger.training)
    assert selectors.series([logger.training]) == [info]
    assert points(logger, "a") == expected
    (item,) = verification.checksums(logger.training)
    assert (item.count, item.intact) == (13, True)


def test_a_rewind_and_points_of_one_batch_keep_their_order(logger: Logger) -> None:
    from pavi.protocol import pack_event

    before = logger.pack("a", [(step, 1.0, 1.0) for step in range(6)])
    after = logger.pack("a", [(3, 2.0, 2.0)])
    logger.send(before + pack_event({"type": "rewind", "step": 2}, 1.0) + after)
    services.compact(logger.training)
    assert points(logger, "a") == [(0, 1.0), (1, 1.0), (2, 1.0), (3, 2.0)]


def test_limits_by_prefix(logger: Logger) -> None:
    for tag in ("train/x", "val/x", "val/deep/x"):
        logger.log(tag, [(step, 1.0, 1.0) for step in range(10)])
    logger.rewind(step=6, steps={"val/": 2, "val/deep/": 8})
    assert [len(points(logger, tag)) for tag in ("train/x", "val/x", "val/deep/x")] == [7, 3, 9]


@pytest.mark.parametrize(("how", "expected"), [("mean", [1.0, 2.0]), ("max", [2.0, 3.0]), ("all", [1.0, 2.0])])
def test_ranks_become_one_curve(new_logger: Callable[..., Logger], how: str, expected: list[float]) -> None:
    first = new_logger(rank=0, rank_reduce=how)
    second = new_logger(first.training, rank=1, rank_reduce=how)
    for rank, logger in enumerate((first, second)):
        logger.log("loss", [(0, 1.0, 2.0 * rank), (1, 2.0, 1.0 + 2.0 * rank)])
    for _ in range(2):
        assert [value for _, value in points(first, "loss")] == expected
        assert [value for _, value in points(first, "loss", rank=1)] == [2.0, 3.0]
        answer = query.run(query.Query((first.training,), ("loss",)))
        assert [np.asarray(series["mean"]).tolist() for series in answer["series"]] == [expected]
        every = query.run(query.Query((first.training,), ("loss",), all_ranks=True))
        assert [series["rank"] for series in every["series"]] == [0, 1]
        services.compact(first.training)
    reduced = next(info for info in selectors.series([first.training]) if info.rank is None)
    assert (reduced.stats.count, reduced.stats.last_value) == (2, expected[-1])
    assert selectors.latest(training_id=first.training)["loss"].last_value == expected[-1]


def test_a_rank_that_is_nan_shows(new_logger: Callable[..., Logger]) -> None:
    first = new_logger(rank=0, rank_reduce="mean")
    second = new_logger(first.training, rank=1, rank_reduce="mean")
    first.log("loss", [(0, 1.0, 1.0)])
    second.log("loss", [(0, 1.0, math.nan)])
    assert math.isnan(points(first, "loss")[0][1])
