"""config and summary."""

import argparse
import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pavi
from pavi.tracking.notices import PaviWarning
from tests.client_sdk.scripts import events, only_journal


@dataclasses.dataclass
class Options:
    lr: float
    path: Path


def test_any_shape_of_config(begin: Callable[..., pavi.Training], tmp_path: Path) -> None:
    config = {
        "lr": np.float32(0.5),
        "nested": {"nan": math.nan, 3: (1, 2)},
        "path": Path("/data"),
        "inner": Options(0.1, Path("x")),
        "space": argparse.Namespace(a=1),
        "array": np.arange(3),
        "large": np.zeros(10_000),
        "function": math.sqrt,
        "odd": object,
        "set": {1},
        "none": None,
    }
    begin(config=config)
    assert only_journal(tmp_path).opening["config"] == {
        "lr": 0.5,
        "nested": {"nan": "NaN", "3": [1, 2]},
        "path": "/data",
        "inner": {"lr": 0.1, "path": "x"},
        "space": {"a": 1},
        "array": [0, 1, 2],
        "large": "ndarray of shape (10000,)",
        "function": "sqrt",
        "odd": "object",
        "set": [1],
        "none": None,
    }


@pytest.mark.parametrize("config", [argparse.Namespace(lr=1), Options(1, Path("x")), {"lr": 1}])
def test_config_of_several_types(begin: Callable[..., pavi.Training], config: Any, tmp_path: Path) -> None:
    assert begin(config=config).config.lr == 1
    assert only_journal(tmp_path).opening["config"]["lr"] == 1


def test_config_without_keys_is_refused_at_once(begin: Callable[..., pavi.Training]) -> None:
    with pytest.raises(TypeError, match="config"):
        begin(config=[1, 2])


def test_changes_become_events(begin: Callable[..., pavi.Training], tmp_path: Path) -> None:
    training = begin(config={"a": {"b": 1, "c": 2}})
    training.config["a"] = {"b": 3}
    training.config.update(x=1, y=[2])
    training.config.z = 4
    training.summary["best"] = np.float64(0.5)
    assert dict(training.config) == {"a": {"b": 3, "c": 2}, "x": 1, "y": [2], "z": 4}
    assert events(only_journal(tmp_path), "config") == [
        {"type": "config", "config": {"a": {"b": 3}}},
        {"type": "config", "config": {"x": 1, "y": [2]}},
        {"type": "config", "config": {"z": 4}},
    ]
    assert events(only_journal(tmp_path), "summary") == [{"type": "summary", "summary": {"best": 0.5}}]
    with pytest.raises(TypeError, match="cannot be removed"):
        del training.config["x"]
    with pytest.raises(AttributeError):
        _ = training.config.nothing


def test_config_too_large_for_an_event_is_said(begin: Callable[..., pavi.Training], tmp_path: Path) -> None:
    with pytest.warns(PaviWarning, match="left out"):
        begin(config={"text": "x" * 5_000_000}, name="kept")
    assert only_journal(tmp_path).opening["name"] == "kept"
