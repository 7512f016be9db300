"""The machine's load is sampled soon after the start and then regularly; trouble stays inside."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from pavi.capture.system import SystemMetrics

_HOST_TAGS = {
    "system/cpu.percent",
    "system/process.cpu.percent",
    "system/process.memory.mb",
    "system/memory.percent",
    "system/disk.percent",
    "system/network.sent.mb_s",
    "system/network.received.mb_s",
}


class Samples:
    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, float], float]] = []

    def __call__(self, values: dict[str, float], at: float) -> None:
        self.taken.append((values, at))


def _wait(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_samples_of_this_machine() -> None:
    samples = Samples()
    metrics = SystemMetrics(samples, interval=0.2)
    before = time.time()
    metrics.start()
    metrics.start()
    _wait(lambda: len(samples.taken) >= 2)
    metrics.stop()
    count = len(samples.taken)
    for values, at in samples.taken:
        assert values.keys() >= _HOST_TAGS
        assert all(name.startswith("system/") for name in values)
        assert 0 <= values["system/cpu.percent"] <= 100
        assert 0 <= values["system/memory.percent"] <= 100
        assert 1 < values["system/process.memory.mb"] < 1_000_000
        assert all(value >= 0 for value in values.values())
        assert before <= at <= time.time()
    assert [thread for thread in threading.enumerate() if thread.name == "pavi-system"] == []
    assert len(samples.taken) == count


def test_it_can_start_again() -> None:
    samples = Samples()
    metrics = SystemMetrics(samples, interval=0.1)
    metrics.stop()
    for _ in range(2):
        samples.taken.clear()
        metrics.start()
        _wait(lambda: samples.taken)
        metrics.stop()


def test_a_log_that_fails_does_not_end_it() -> None:
    calls: list[float] = []

    def log(values: dict[str, float], at: float) -> None:
        calls.append(at)
        raise OSError("disk full")

    metrics = SystemMetrics(log, interval=0.1)
    metrics.start()
    _wait(lambda: len(calls) >= 2)
    metrics.stop()


def test_work_shows_in_the_process_share() -> None:
    samples = Samples()
    metrics = SystemMetrics(samples, interval=0.3)
    metrics.start()
    while not samples.taken:
        sum(range(10_000))
    metrics.stop()
    assert samples.taken[0][0]["system/process.cpu.percent"] > 5


def test_without_psutil_and_nvml_it_is_silent() -> None:
    script = """
import sys, time
sys.modules["psutil"] = sys.modules["pynvml"] = None
from pavi.capture.system import SystemMetrics
from pavi.capture.environment import collect
taken = []
metrics = SystemMetrics(lambda values, at: taken.append(values), interval=0.1)
metrics.start()
time.sleep(0.5)
metrics.stop()
assert taken == [], taken
assert collect()["gpus"] == []
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, env={**os.environ}
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_importing_capture_costs_no_third_party() -> None:
    script = (
        "import sys; import pavi.capture.console, pavi.capture.system, pavi.capture.environment;"
        "sys.exit(len({'psutil', 'pynvml', 'requests', 'numpy', 'click', 'rich'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == 0
