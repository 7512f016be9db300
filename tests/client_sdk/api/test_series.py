"""Every point of a series comes back, bit for bit and in step order."""

import math
import random
import struct

import numpy as np
import pytest

from pavi.exception import NotFound
from tests.client_sdk.people import Person


def test_complete_and_in_step_order(person: Person) -> None:
    points = [(step, 1e9 + step / 7, math.sin(step / 100)) for step in range(20_000)]
    writer = person.training()
    for start in range(0, len(points), 7_000):
        writer.points("train/loss", points[start : start + 7_000])
    steps, times, values = person.api.training(writer.training["id"]).series("train/loss").numpy()
    assert (steps.dtype, times.dtype, values.dtype) == (np.int64, np.float64, np.float64)
    assert steps.tolist() == [point[0] for point in points]
    assert times.tolist() == [point[1] for point in points]
    assert values.tolist() == [point[2] for point in points]


def test_late_repeated_and_negative_steps(person: Person) -> None:
    points = [(step, 1e9 + index, float(index)) for index, step in enumerate([5, -3, 5, 0, 2**40, -3, 1])]
    random.Random(0).shuffle(points)
    writer = person.training()
    for point in points:
        writer.points("a", [point])
    steps, times, values = person.api.training(writer.training["id"]).series("a").numpy()
    expected = sorted(points, key=lambda point: point[0])  # stable: of one step in the order received
    assert list(zip(steps.tolist(), times.tolist(), values.tolist(), strict=True)) == expected


def test_every_float_keeps_its_bits(person: Person) -> None:
    values = [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308, 0.1]
    writer = person.training()
    writer.points("odd", [(step, 1e9, value) for step, value in enumerate(values)])
    series = person.api.training(writer.training["id"]).series("odd")
    assert series.numpy()[2].tobytes() == struct.pack("<7d", *values)
    assert [struct.pack("<d", point.value) for point in series.points()] == [struct.pack("<d", v) for v in values]


def test_figures(person: Person) -> None:
    writer = person.training()
    writer.points("a", [(1, 1e9, 3.0), (2, 1e9 + 1, 1.0), (4, 1e9 + 2, 2.0)])
    writer.points("b/c d (e)", [(0, 1e9, 0.5)])
    training = person.api.training(writer.training["id"])
    assert [series.tag for series in training.series()] == ["a", "b/c d (e)"]
    series = training.series("a")
    assert (series.count, len(series), series.rank) == (3, 3, None)
    assert (series.first_step, series.last_step) == (1, 4)
    assert (series.last_value, series.min, series.max) == (2.0, 1.0, 3.0)
    assert training.series("b/c d (e)").points() == [(0, 1e9, 0.5)]


def test_the_newest_points(person: Person) -> None:
    writer = person.training()
    writer.points("a", [(step, 1e9 + step, step * 2.0) for step in range(10)])
    series = person.api.training(writer.training["id"]).series("a")
    assert series.latest() == [(9, 1e9 + 9, 18.0)]
    assert [point.step for point in series.latest(3)] == [9, 8, 7]
    assert len(series.latest(100)) == 10
    with pytest.raises(ValueError, match="n=0"):
        series.latest(0)


def test_a_frame(person: Person) -> None:
    writer = person.training()
    writer.points("a", [(1, 1_700_000_000.5, 3.0), (2, 1_700_000_001.5, math.nan)])
    frame = person.api.training(writer.training["id"]).series("a").frame()
    assert list(frame.columns) == ["step", "time", "value"]
    assert frame["step"].tolist() == [1, 2]
    assert str(frame["time"][0]) == "2023-11-14 22:13:20.500000+00:00"
    assert math.isnan(frame["value"][1])


def test_ranks(person: Person) -> None:
    training = None
    for rank in range(2):
        writer = person.training(training=training, rank=rank, world_size=2, rank_reduce="mean")
        training = writer.training["id"]
        writer.points("loss", [(step, 1e9 + step, float(rank)) for step in range(3)])
    found = person.api.training(training)
    assert found.series("loss", rank=1).numpy()[2].tolist() == [1.0, 1.0, 1.0]
    assert found.series("loss", rank=0).numpy()[2].tolist() == [0.0, 0.0, 0.0]
    assert found.series("loss").numpy()[2].tolist() == [0.5, 0.5, 0.5]


def test_a_series_that_is_not_there(person: Person) -> None:
    writer = person.training()
    writer.points("train/loss", [(0, 1e9, 1.0)])
    training = person.api.training(writer.training["id"])
    with pytest.raises(NotFound, match="it has train/loss"):
        training.series("val/loss")
    with pytest.raises(NotFound, match="rank 3"):
        training.series("train/loss", rank=3)


def test_a_training_without_points(person: Person) -> None:
    training = person.api.training(person.training().training["id"])
    assert training.series() == []
    with pytest.raises(NotFound, match="none yet"):
        training.series("a")


def test_a_strangers_question_finds_nothing(person: Person, stranger: Person) -> None:
    writer = person.training()
    writer.points("a", [(0, 1e9, 1.0)])
    series = person.api.training(writer.training["id"]).series("a")
    for path in ("scalars/series", "scalars/points", "scalars/latest"):
        with pytest.raises(NotFound):
            stranger.api.client.get(path, {"training": series.training_id, "tag": "a", "n": 1})
