"""What a process prints arrives as numbered blocks of lines, and the printing itself is not disturbed."""

import contextlib
import io
import logging
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pavi.capture.console import ConsoleCapture
from pavi.protocol import ConsoleEvent


class Log:
    """Collects events, as a journal would."""

    def __init__(self) -> None:
        self.events: list[ConsoleEvent] = []

    def __call__(self, event: ConsoleEvent, at: float) -> None:
        assert at == event["time"]
        self.events.append(event)

    def lines(self, stream: str = "stdout") -> list[str]:
        lines: list[str] = []
        for event in self.events:
            if event["stream"] == stream:
                assert event["first_line"] == len(lines), "numbering has no gaps"
                assert event["lines"] == event["text"].count("\n") + 1
                lines += event["text"].split("\n")
        return lines


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def capture(log: Log) -> Iterator[ConsoleCapture]:
    capture = ConsoleCapture(log)
    capture.start()
    yield capture
    capture.stop()


def _wait(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_both_streams(capture: ConsoleCapture, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    before = time.time()
    capture.stop()
    capture.start()
    print("out", 1)
    print("err", file=sys.stderr)
    sys.stdout.writelines(["two\n", "three\n"])
    print("unfinished", end="")
    capture.stop()
    assert log.lines() == ["out 1", "two", "three", "unfinished"]
    assert log.lines("stderr") == ["err"]
    assert all(before <= event["time"] <= time.time() for event in log.events)
    assert capsys.readouterr() == ("out 1\ntwo\nthree\nunfinished", "err\n")


def test_lines_arrive_while_it_runs(capture: ConsoleCapture, log: Log) -> None:
    print("first")
    _wait(lambda: log.lines() == ["first"])
    print("second")
    _wait(lambda: log.lines() == ["first", "second"])


def test_a_logging_handler_made_before_is_heard(log: Log) -> None:
    handler = logging.StreamHandler()  # holds the stderr of now
    capture = ConsoleCapture(log)
    capture.start()
    handler.emit(logging.makeLogRecord({"msg": "from a logger"}))
    capture.stop()
    assert log.lines("stderr") == ["from a logger"]


def test_stop_restores_the_streams(log: Log) -> None:
    before = sys.stdout.write
    capture = ConsoleCapture(log)
    capture.start()
    assert sys.stdout.write != before
    capture.stop()
    assert sys.stdout.write == before
    assert "write" not in vars(sys.stdout)


def test_stop_leaves_a_later_wrapper_alone(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    capture = ConsoleCapture(log)
    capture.start()
    ours = stream.write

    def theirs(text: str) -> int:
        return ours(text.upper())

    stream.write = theirs  # type: ignore[method-assign]
    capture.stop()
    assert stream.write is theirs
    print("still works")
    assert log.events == []
    again = ConsoleCapture(log)
    again.start()
    print("heard")
    again.stop()
    assert log.lines() == ["heard"], "as the program wrote it"
    monkeypatch.undo()
    assert stream.detach().getvalue() == b"STILL WORKS\nHEARD\n"  # type: ignore[attr-defined]


def test_two_captures_each_get_everything() -> None:
    first, second = Log(), Log()
    outer, inner = ConsoleCapture(first), ConsoleCapture(second)
    outer.start()
    print("a")
    inner.start()
    print("b")
    outer.stop()
    print("c")
    inner.stop()
    print("d")
    assert first.lines() == ["a", "b"]
    assert second.lines() == ["b", "c"]
    assert "write" not in vars(sys.stdout)


def test_a_redirected_block_is_not_console(capture: ConsoleCapture, log: Log) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as text:
        print("elsewhere")
    print("here")
    capture.stop()
    assert text.getvalue() == "elsewhere\n"
    assert log.lines() == ["here"]


def test_threads_lose_nothing(capture: ConsoleCapture, log: Log) -> None:
    def work(name: int) -> None:
        for index in range(500):
            sys.stdout.write(f"{name}:{index}\n")

    threads = [threading.Thread(target=work, args=[name]) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    capture.stop()
    lines = log.lines()
    assert sorted(lines) == sorted(f"{name}:{index}" for name in range(4) for index in range(500))
    for name in range(4):
        assert [line for line in lines if line.startswith(f"{name}:")] == [f"{name}:{index}" for index in range(500)]


def test_an_emit_that_prints_or_fails_does_no_harm(capsys: pytest.CaptureFixture[str]) -> None:
    calls = []

    def emit(event: ConsoleEvent, at: float) -> None:
        calls.append(event)
        print("storing")
        raise OSError("disk full")

    capture = ConsoleCapture(emit)
    capture.start()
    print("one")
    _wait(lambda: calls)
    print("two")
    _wait(lambda: len(calls) == 2)
    capture.stop()
    assert [event["text"] for event in calls] == ["one", "two"]
    assert [event["first_line"] for event in calls] == [0, 1]
    assert capsys.readouterr().out == "one\nstoring\ntwo\nstoring\n"


def test_a_flood_is_bounded_and_counted(log: Log) -> None:
    with Path(os.devnull).open("w") as null, contextlib.redirect_stdout(null):
        capture = ConsoleCapture(log)
        capture.start()
        line = "x" * 999 + "\n"
        for _ in range(50):
            sys.stdout.write(line * 1000)  # 50 MB
        capture.stop()
    lines = log.lines()
    marks = [text for text in lines if text.startswith("[pavi: ")]
    missing = sum(int(mark.split()[1]) for mark in marks)
    assert marks
    assert len(lines) - len(marks) + missing == 50_000
    assert sum(map(len, lines)) < 12_000_000
    assert all(len(event["text"]) <= 80 * 1024 for event in log.events)


def test_a_progress_bar_is_one_line(capture: ConsoleCapture, log: Log) -> None:
    for percent in range(101):
        sys.stderr.write(f"\r{percent:3d}%|{'#' * (percent // 10):10s}|")
        sys.stderr.flush()
    sys.stderr.write("\n")
    capture.stop()
    assert log.lines("stderr") == ["100%|##########|"]


def test_what_the_stream_refuses_is_refused(capture: ConsoleCapture) -> None:
    with pytest.raises(TypeError):
        sys.stdout.write(b"bytes")  # type: ignore[arg-type]


@pytest.mark.parametrize("stream", [None, object()], ids=["no stream", "something else"])
def test_a_strange_stdout_is_left_alone(log: Log, monkeypatch: pytest.MonkeyPatch, stream: object) -> None:
    monkeypatch.setattr(sys, "stdout", stream)
    capture = ConsoleCapture(log)
    capture.start()
    print("stderr still is", file=sys.stderr)
    capture.stop()
    assert log.lines("stderr") == ["stderr still is"]


_SCRIPT = """
import os, signal, sys, threading, time
from pavi.capture.console import ConsoleCapture

events = []
capture = ConsoleCapture(lambda event, at: events.append(event["text"]))
capture.start()
{body}
capture.stop()
sys.stderr.write("logged " + repr("\\n".join(events)))
"""


def _run(body: str) -> tuple[str, str]:
    script = _SCRIPT.format(body=textwrap.dedent(body))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, done.stderr


def test_a_forked_child_prints_but_is_not_logged() -> None:
    out, err = _run(
        """
        print("parent", flush=True)
        pid = os.fork()
        if pid == 0:
            print("child", flush=True)
            capture.stop()
            again = ConsoleCapture(lambda event, at: events.append(event["text"]))
            again.start()
            print("child again", flush=True)
            again.stop()
            os._exit(0 if "child again" in events else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        """
    )
    assert out == "parent\nchild\nchild again\n"
    assert err == "logged 'parent'"


def test_a_fork_while_others_print_does_not_hang() -> None:
    out, _ = _run(
        """
        done = threading.Event()
        def chatter():
            while not done.is_set():
                sys.stdout.write("tick\\n")
        thread = threading.Thread(target=chatter)
        thread.start()
        for _ in range(20):
            pid = os.fork()
            if pid == 0:
                sys.stderr.write("")
                os._exit(0)
            os.waitpid(pid, 0)
        done.set()
        thread.join()
        """
    )
    assert out.startswith("tick\n")


def test_a_signal_handler_may_print_at_any_moment() -> None:
    _, err = _run(
        """
        # An unbuffered stream: Python's own buffers refuse re-entrance, which is not what is tested here.
        class Bare:
            def write(self, text):
                return len(text)

        real, sys.stdout = sys.stdout, Bare()
        other = ConsoleCapture(lambda event, at: events.append(event["text"]))
        other.start()
        signal.signal(signal.SIGALRM, lambda *_: sys.stdout.write("from the handler\\n"))
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            sys.stdout.write("line\\n")
        signal.setitimer(signal.ITIMER_REAL, 0)
        other.stop()
        sys.stdout = real
        """
    )
    assert "from the handler" in err
