"""A platform that a test may break, and a training whose every point is accounted for."""

import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import pavi
from tests.platform import RunningPlatform

TRAINER = Path(__file__).with_name("trainer.py")


@dataclass
class Trainer:
    """A running training process."""

    process: subprocess.Popen[bytes]
    training_id: str
    journals: Path
    told: Path
    output: Path

    def returned(self) -> int:
        """How many `log` calls have returned so far."""
        try:
            return int(self.told.read_text()[:10] or 0)
        except FileNotFoundError:
            return 0

    def wait_until(self, count: int, timeout: float = 60) -> None:
        """Returns when at least ``count`` calls have returned."""
        deadline = time.monotonic() + timeout
        while self.returned() < count:
            assert self.process.poll() is None, f"the trainer ended: {self.output.read_text()}"
            assert time.monotonic() < deadline, f"only {self.returned()} of {count} calls after {timeout} s"
            time.sleep(0.01)

    def finish(self, timeout: float = 120) -> None:
        """Waits for a clean end."""
        assert self.process.wait(timeout) == 0, self.output.read_text()


def stored_points(platform: RunningPlatform, training_id: str, tag: str) -> tuple[np.ndarray, np.ndarray]:
    """Steps and values of a series as the server gives them."""
    steps, _, values = pavi.Api(platform.url, platform.token).training(training_id).series(tag).numpy()
    return steps, values


def assert_all_there(platform: RunningPlatform, training_id: str, count: int) -> None:
    """Exactly the points 0 … count-1 of both series: none lost, none doubled, each with its value."""
    for tag, factor in (("a", 1.0), ("b", -0.5)):
        steps, values = stored_points(platform, training_id, tag)
        expected = np.arange(count)
        lost, doubled = np.setdiff1d(expected, steps), len(steps) - len(np.unique(steps))
        assert len(lost) == 0, f"{tag}: {len(lost)} lost, first {lost[:5]}"
        assert doubled == 0, f"{tag}: {doubled} doubled"
        np.testing.assert_array_equal(steps, expected)
        np.testing.assert_array_equal(values, expected * factor)


def wait_all_there(platform: RunningPlatform, training_id: str, count: int, timeout: float = 60) -> None:
    """Waits until the server has at least ``count`` points, then compares them all."""
    deadline = time.monotonic() + timeout
    while True:
        items = platform.get("/scalars/series", training=training_id)["items"]
        if {item["tag"]: item["count"] for item in items if item["tag"] in ("a", "b")} == {"a": count, "b": count}:
            break
        if time.monotonic() > deadline:
            break
        time.sleep(0.2)
    assert_all_there(platform, training_id, count)


@pytest.fixture
def train(tmp_path: Path) -> Iterator[Callable[..., Trainer]]:
    """Starts trainer processes; ends those that are left."""
    started: list[Trainer] = []

    def start(platform: RunningPlatform, *, count: int, pause: float = 0.001, server: str | None = None) -> Trainer:
        number = len(started)
        training_id = str(uuid.uuid4())
        journals, told, output = (tmp_path / f"{name}-{number}" for name in ("journals", "told", "output"))
        environment = platform.environment(journals) | ({"PAVI_SERVER": server} if server else {})
        with output.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, str(TRAINER), training_id, str(told), str(count), str(pause)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        started.append(Trainer(process, training_id, journals, told, output))
        return started[-1]

    yield start
    for trainer in started:
        if trainer.process.poll() is None:
            trainer.process.kill()
            trainer.process.wait()


def pavi_sync(platform: RunningPlatform, journals: Path, *arguments: str) -> str:
    """`pavi sync` as a person types it; must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "pavi", "sync", str(journals), *arguments],
        env=platform.environment(journals),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
