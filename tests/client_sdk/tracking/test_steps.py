"""Steps of every kind, and calls without one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pavi
from pavi.tracking.notices import PaviWarning
from tests.client_sdk.scripts import events, only_journal, series
from tests.client_sdk.tracking.naming import named


def steps(root: Path, tag: str = "a") -> list[int]:
    return [step for step, _ in series(only_journal(root))[tag]]


def test_without_a_step_counts_on(training: pavi.Training, tmp_path: Path) -> None:
    training.log({"a": 1})
    training.log({"a": 1})
    training.log({"a": 1}, step=10)
    training.log({"a": 1})
    training.log({"a": 1}, step=3)
    training.log({"a": 1})
    assert steps(tmp_path) == [0, 1, 10, 11, 3, 4]


def test_negative_repeated_backwards(training: pavi.Training, tmp_path: Path) -> None:
    wanted = [5, 5, 4, -1, -(2**63), 2**63 - 1, 0]
    for step in wanted:
        training.log({"a": 1}, step)
    assert steps(tmp_path) == wanted


@pytest.mark.parametrize("step", [7.0, np.int32(7), np.float64(7), np.array(7), True + 6], ids=named)
def test_whole_numbers_of_any_type(training: pavi.Training, step: Any, tmp_path: Path) -> None:
    training.log({"a": 1}, step)
    training.log({"a": 1})
    assert steps(tmp_path) == [7, 8]


@pytest.mark.parametrize("step", [1.5, float("nan"), "3", 2**63, -(2**63) - 1, [1], object()], ids=named)
def test_other_steps_are_replaced_and_said(training: pavi.Training, step: Any, tmp_path: Path) -> None:
    training.log({"a": 1}, 4)
    with pytest.warns(PaviWarning, match="step="):
        training.log({"a": 1}, step)
    assert steps(tmp_path) == [4, 5]


def test_resume_from_a_checkpoint(begin: Callable[..., pavi.Training], tmp_path: Path) -> None:
    training = begin(resume_from_step=100)
    training.log({"a": 1})
    assert steps(tmp_path) == [101]
    assert events(only_journal(tmp_path), "rewind") == [{"type": "rewind", "step": 100}]


def test_resume_where_tags_count_differently(begin: Callable[..., pavi.Training], tmp_path: Path) -> None:
    begin(resume_from_step={"train/": 100, "val/": 3})
    assert events(only_journal(tmp_path), "rewind") == [{"type": "rewind", "steps": {"train/": 100, "val/": 3}}]


@pytest.mark.parametrize("wrong", ["x", 1.5, {"a": "b"}])
def test_nonsense_to_resume_from_is_refused_at_once(begin: Callable[..., pavi.Training], wrong: Any) -> None:
    with pytest.raises(TypeError):
        begin(resume_from_step=wrong)
