"""Many threads, and one thread that interrupts itself."""

import itertools
import signal
import threading
import time
from pathlib import Path

import pavi
from tests.client_sdk.scripts import only_journal, series


def test_threads_lose_nothing(training: pavi.Training, tmp_path: Path) -> None:
    def work(number: int) -> None:
        for step in range(2_000):
            training.log({f"t{number}/a": step, f"t{number}/b": -step}, step)

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = series(only_journal(tmp_path))
    for number in range(6):
        assert found[f"t{number}/a"] == [(step, float(step)) for step in range(2_000)]
        assert found[f"t{number}/b"] == [(step, float(-step)) for step in range(2_000)]


def test_signal_handler_that_logs_in_the_middle_of_logging(training: pavi.Training, tmp_path: Path) -> None:
    numbers = itertools.count()

    def handler(*_: object) -> None:
        number = next(numbers)  # a handler is interrupted by the next signal, too
        training.log({"signal": number}, number)

    previous = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
    count, end = 0, time.monotonic() + 1.0
    try:
        while time.monotonic() < end:
            training.log({"loop": count}, count)
            count += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    training.log({"loop": count}, count)
    found = series(only_journal(tmp_path))
    assert found["loop"] == [(step, float(step)) for step in range(count + 1)]
    fired = next(numbers)
    assert sorted(found["signal"]) == [(step, float(step)) for step in range(fired)]
    assert fired > 100
