"""What counts as a number, and what becomes of the rest."""

import decimal
import fractions
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pavi
from pavi.tracking.notices import PaviWarning
from tests.client_sdk.scripts import events, only_journal, series
from tests.client_sdk.tracking.naming import named


class Tensor:
    """A tensor as torch makes them: on any device, with a gradient, of any number of elements."""

    def __init__(self, *elements: float, requires_grad: bool = False) -> None:
        self.elements = elements
        self.requires_grad = requires_grad
        self.shape = (len(elements),)

    def detach(self) -> "Tensor":
        return Tensor(*self.elements)

    def item(self) -> float:
        if self.requires_grad:
            warnings.warn("Converting a tensor with requires_grad=True to a scalar", UserWarning, stacklevel=1)
        if len(self.elements) != 1:
            raise RuntimeError(f"a Tensor with {len(self.elements)} elements cannot be converted to Scalar")
        return self.elements[0]

    def __float__(self) -> float:
        return self.item()


GOOD: list[tuple[Any, float]] = [
    (1, 1.0),
    (True, 1.0),
    (0.5, 0.5),
    (float("inf"), math.inf),
    (float("-inf"), -math.inf),
    (-0.0, -0.0),
    (2**80, 2.0**80),
    (np.float16(0.5), 0.5),
    (np.float32(0.1), float(np.float32(0.1))),
    (np.float64(0.1), 0.1),
    (np.int8(-3), -3.0),
    (np.uint64(2**63), 2.0**63),
    (np.bool_(True), 1.0),
    (np.array(2.5), 2.5),
    (np.array([2.5]), 2.5),
    (np.array([[7]]), 7.0),
    (Tensor(1.5), 1.5),
    (Tensor(1.5, requires_grad=True), 1.5),
    (decimal.Decimal("0.25"), 0.25),
    (fractions.Fraction(1, 4), 0.25),
]
BAD: list[Any] = [
    None,
    "1.5",
    b"1",
    "abc",
    1j,
    10**400,
    [1.0],
    (),
    object(),
    np.array([1.0, 2.0]),
    np.array([]),
    np.array("x"),
    np.datetime64("2020-01-01"),
    Tensor(1.0, 2.0),
    Tensor(),
]


@pytest.mark.parametrize(("value", "expected"), GOOD, ids=named)
def test_numbers_of_all_libraries(training: pavi.Training, value: Any, expected: float, tmp_path: Path) -> None:
    for step in range(3):  # the first call learns the tag, the second the type
        training.log({"a": value, "b": 1.0}, step)
    found = series(only_journal(tmp_path))["a"]
    assert found == [(step, expected) for step in range(3)]
    assert all(math.copysign(1, one) == math.copysign(1, expected) for _, one in found)


def test_nan_is_a_value(training: pavi.Training, tmp_path: Path) -> None:
    training.log({"a": float("nan")}, 0)
    training.log({"a": np.float32("nan")}, 1)
    assert [math.isnan(value) for _, value in series(only_journal(tmp_path))["a"]] == [True, True]


@pytest.mark.parametrize("value", BAD, ids=named)
def test_everything_else_is_counted_and_said_once(training: pavi.Training, value: Any, tmp_path: Path) -> None:
    with pytest.warns(PaviWarning, match="the value of 'a' "):
        training.log({"a": value, "b": 0}, 0)
    for step in (1, 2):  # a second warning would be an error
        training.log({"a": value, "b": step}, step)
    training.finish()
    journal = only_journal(tmp_path)
    assert series(journal) == {"b": [(0, 0.0), (1, 1.0), (2, 2.0)]}
    assert [event["points"] for event in events(journal, "loss")] == [3]


def test_strict_raises(begin: Callable[..., pavi.Training]) -> None:
    training = begin(strict=True)
    for _ in range(2):
        with pytest.raises(pavi.exception.PointsDropped, match="'a'"):
            training.log({"a": "x"})
    training.log({"a": 1})


def test_warnings_as_errors_do_not_stop_a_training(training: pavi.Training) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        training.log({"a": "x"})


@pytest.mark.parametrize("values", [None, 5, "abc", [("a", 1)], object()], ids=named)
def test_nonsense_is_survived(training: pavi.Training, values: Any, tmp_path: Path) -> None:
    with pytest.warns(PaviWarning, match="log failed and was skipped"):
        training.log(values)
    training.log({"a": 1})
    assert "a" in series(only_journal(tmp_path))


def test_nested_values_are_joined(training: pavi.Training, tmp_path: Path) -> None:
    for step in range(2):
        training.log({"train": {"loss": 1.0, "acc": {"top1": 2.0}}, "lr": 3.0, "train/loss": 4.0, 5: 6}, step)
    assert {tag: [value for _, value in points] for tag, points in series(only_journal(tmp_path)).items()} == {
        "train/loss": [1.0, 4.0, 1.0, 4.0],
        "train/acc/top1": [2.0, 2.0],
        "lr": [3.0, 3.0],
        "5": [6.0, 6.0],
    }


def test_circular_mapping_is_survived(training: pavi.Training, tmp_path: Path) -> None:
    loop: dict[str, Any] = {"a": 1}
    loop["loop"] = loop
    with pytest.warns(PaviWarning):
        training.log(loop)
    assert "a" in series(only_journal(tmp_path))
