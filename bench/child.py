"""The work itself, as a child process: one task with one tool, under that tool's own interpreter.

Standard library only, because it runs in the peers' environments too; the tool is reached through its adapter in
`bench.peers`. Takes one JSON argument, writes one JSON file. Measures; judges nothing.
"""

import importlib
import json
import mmap
import random
import resource
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

Values = dict[str, float]


class Session(NamedTuple):
    """An open run of a tool. ``log`` is the tool's own bound method wherever its signature allows."""

    log: Callable[[Values, int], object]
    finish: Callable[[], object]
    flush: Callable[[], object] | None = None
    """Returns when everything logged is where it is going, or False when it is not; None when there is no such call."""


class Adapter(Protocol):
    """What a file in `bench.peers` defines."""

    NAME: str

    def start(self, folder: Path, name: str) -> Session:
        """Imports the tool and opens a run that keeps its data in ``folder``."""

    def read_back(self, folder: Path, tag: str) -> list[int]:
        """The steps of every point of ``tag`` that the tool finds in ``folder``, repeats included."""


def scalars(count: int = 10) -> list[Values]:
    """A thousand dicts of ``count`` single-precision values, made before the clock starts.

    Values that single precision can hold are what training loops log; it matters to whatever compresses them.
    """
    chance = random.Random(7)
    names = [f"train/metric_{index}" for index in range(count)]
    single = struct.Struct("<f")
    return [{name: single.unpack(single.pack(chance.gauss(0.0, 1.0)))[0] for name in names} for _ in range(1000)]


def log_calls(
    adapter: Adapter, folder: Path, *, calls: int, warm_up: int, names: int, limit_s: float = 60.0
) -> dict[str, Any]:
    """Times each of ``calls`` log calls of ``names`` scalars, one straight after the other.

    Stops early after ``limit_s``: some tools would take minutes.
    """
    batches = scalars(names) if names <= 100 else [dict(batch) for batch in scalars(names)[:4]]
    started = time.perf_counter()
    session = adapter.start(folder, f"calls-{names}")
    start_s = time.perf_counter() - started
    log, clock, count = session.log, time.perf_counter_ns, len(batches)
    before = clock()
    log(batches[0], 0)
    first_ns = clock() - before
    for step in range(1, warm_up):
        log(batches[step % count], step)
    samples = [0] * calls
    began, done = time.perf_counter(), 0
    latest = clock() + int(limit_s * 1e9)
    for index in range(calls):
        values, step = batches[index % count], warm_up + index
        before = clock()
        if before > latest:
            break
        log(values, step)
        samples[index] = clock() - before
        done += 1
    ended = time.perf_counter()
    session.finish()
    return {
        "samples_ns": samples[:done],
        "logged": warm_up + done,
        "points_per_s": names * done / (time.perf_counter() - began),
        "first_ns": first_ns,
        "start_s": start_s,
        "finish_s": time.perf_counter() - ended,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6,
    }


def _work(rounds: int) -> int:
    """A step of pure Python, the harshest there is: it holds the interpreter's lock, so our threads cannot hide."""
    total = 0
    for value in range(rounds):
        total += value & 7
    return total


def _rounds_for(seconds: float) -> int:
    rounds = 10_000
    best = min(_time_work(rounds) for _ in range(20))
    return max(1, int(rounds * seconds / best))


def _time_work(rounds: int) -> float:
    before = time.perf_counter()
    _work(rounds)
    return time.perf_counter() - before


def loop(adapter: Adapter, folder: Path, *, pairs: int, steps: int, step_s: float) -> dict[str, Any]:
    """Blocks of equal steps with and without a log call, in alternating order.

    After each block everything logged is flushed, so that no block pays for another one. ``cost`` is everything that
    the loop pays for: the wall time of the log calls, and the processor time of all other threads of the process,
    flush included (in Python they take turns with the loop). Wall times of whole blocks are kept beside it; on a
    shared machine they swing by more than what is looked for.
    """
    batches = scalars()
    session = adapter.start(folder, "loop")
    log, step = session.log, 0
    for _ in range(50):
        log(batches[step % 1000], step)
        step += 1
    _flush(session)
    rounds = _rounds_for(step_s)
    rows = []
    for pair in range(pairs):
        row: dict[str, float] = {}
        for logging in (True, False) if pair % 2 else (False, True):
            wall, others = time.perf_counter(), time.process_time() - time.thread_time()
            calls = 0
            if logging:
                for _ in range(steps):
                    _work(rounds)
                    began = time.perf_counter_ns()
                    log(batches[step % 1000], step)
                    calls += time.perf_counter_ns() - began
                    step += 1
            else:
                for _ in range(steps):
                    _work(rounds)
            kind = "with" if logging else "without"
            row[kind] = time.perf_counter() - wall
            _flush(session)
            row[f"{kind}_cost"] = calls / 1e9 + time.process_time() - time.thread_time() - others
        rows.append(row)
    session.finish()
    return {"pairs": rows, "steps": steps}


def _flush(session: Session) -> None:
    if session.flush is not None and session.flush() is False:
        raise RuntimeError("the server did not acknowledge in time what was logged")


def until_killed(adapter: Adapter, folder: Path, *, counter: str, pause_s: float) -> dict[str, Any]:
    """Logs for ever; after each call that returned, its number goes into a mapped file that outlives the process."""
    batches = scalars()
    with Path(counter).open("r+b") as file:
        returned = mmap.mmap(file.fileno(), 8)
    session = adapter.start(folder, "killed")
    log, step = session.log, 0
    while True:
        log(batches[step % 1000], step)
        step += 1
        returned[:8] = struct.pack("<q", step)
        time.sleep(pause_s)


def start_up(adapter: Adapter, folder: Path, *, calls: int, report: str, flush: bool = False) -> dict[str, Any]:
    """From nothing to a running loop and to the end; each mark is written at once, for a parent that loses patience."""
    batches = scalars()
    marks: dict[str, float] = {}

    def mark(name: str) -> None:
        marks[name] = time.perf_counter() - began
        Path(report).write_text(json.dumps(marks))

    began = time.perf_counter()
    session = adapter.start(folder, "start")
    mark("started")
    session.log(batches[0], 0)
    mark("first_log")
    if flush:
        _flush(session)
        mark("flushed")
    for step in range(1, calls):
        session.log(batches[step % 1000], step)
    mark("logged")
    session.finish()
    mark("finished")
    return dict(marks)


def read(adapter: Adapter, folder: Path, *, tag: str, recover: bool = False) -> dict[str, Any]:
    """What the tool itself reads back, and how long it took, in a process that has not written.

    With ``recover``, first does what the tool's documents ask for after a crash (an adapter's ``recover``).
    """
    if recover and hasattr(adapter, "recover"):
        adapter.recover(folder)
    before = time.perf_counter()
    steps = adapter.read_back(folder, tag)
    return {"seconds": time.perf_counter() - before, "points": len(steps), "distinct": len(set(steps))}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "log_calls": log_calls,
    "loop": loop,
    "until_killed": until_killed,
    "start_up": start_up,
    "read": read,
}


def main() -> None:
    """``child.py '{"tool": …, "task": …, "folder": …, "out": …, "arguments": {…}}'``."""
    # Last on the path, so that nothing here can hide what the tool imports; and this file once, under one name.
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    sys.modules["bench.child"] = sys.modules["__main__"]
    order = json.loads(sys.argv[1])
    adapter: Any = importlib.import_module(f"bench.peers.{order['tool']}")
    result = TASKS[order["task"]](adapter, Path(order["folder"]), **order["arguments"])
    Path(order["out"]).write_text(json.dumps(result))


if __name__ == "__main__":
    main()
