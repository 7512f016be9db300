"""Trainings that journal into a folder of the test and send nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pavi


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., pavi.Training]]:
    """Starts offline trainings without captures; ends those that are left."""
    started: list[pavi.Training] = []

    def start(**options: Any) -> pavi.Training:
        quiet = {"mode": "offline", "dir": tmp_path, "console": False, "system_metrics": False, "git": False}
        started.append(pavi.init(**(quiet | options)))
        return started[-1]

    yield start
    for training in started:
        training.finish()


@pytest.fixture
def training(begin: Callable[..., pavi.Training]) -> pavi.Training:
    """One of them."""
    return begin()
