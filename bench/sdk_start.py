"""How long a training waits for us when it starts: with a server, with a dead one, and with one that never answers."""

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import children, figures, journals
from bench.children import ChildFailed
from bench.context import Context, Measured, pick
from tests import services

_CALLS = 1000


def run(context: Context) -> Measured:
    """The dead server's points are synced to the live one afterwards, and counted.

    One training ends in order, which takes as long as it waits for the server; the others are killed when they have
    logged everything.
    """
    live = [_live(context, f"live-{number}") for number in range(pick(8, 4))]
    dead: list[dict[str, Any]] = []
    lost = 0
    with silent_server() as silent:
        for number in range(pick(3, 1)):
            for kind, server in (("refused", f"http://127.0.0.1:{services.free_port()}"), ("silent", silent)):
                folder = context.folder / f"{kind}-{number}"
                marks = _dead(context, folder, server, in_order=number == 0 and kind == "refused")
                dead.append({"kind": kind, **marks})
                journals.sync(context.platform, folder / "journals")
                missing, twice = journals.lost_and_doubled(
                    journals.arrived(context.platform, folder / "journals"), _CALLS
                )
                lost += missing + twice
    waits = [marks["first_log"] for marks in dead]
    return Measured(
        {
            "first_point": figures.of([marks["flushed"] for marks in live[1:]]),  # the first one warms the disk up
            "dead_server.start": figures.of(waits, judge=1.0, note="connection refused, and a server that is silent"),
            "dead_server.lost": figures.single(
                lost, n=len(dead), note=f"of {len(dead) * _CALLS * len(journals.TAGS):,} points"
            ),
        },
        {"dead": dead, "live": live},
    )


def _live(context: Context, name: str) -> dict[str, float]:
    folder = context.folder / name
    report = folder / "marks.json"
    children.run(context.pavi(), "start_up", folder, calls=1, report=str(report), flush=True)
    return read_marks(report)


def _dead(context: Context, folder: Path, server: str, *, in_order: bool) -> dict[str, float]:
    report = folder / "marks.json"
    process, _, printed = children.spawn(
        context.pavi(PAVI_SERVER=server), "start_up", folder, calls=_CALLS, report=str(report)
    )
    return wait_for_mark(process, report, "finished" if in_order else "logged", printed, patience_s=60.0)


def wait_for_mark(
    process: subprocess.Popen[bytes], report: Path, mark: str, printed: Path, *, patience_s: float
) -> dict[str, float]:
    """Waits until a start_up child has reached a mark, kills it, and returns its marks.

    Raises:
        TimeoutError: it had not after ``patience_s``.
        ChildFailed: it ended before; the message is the last line that it printed.
    """
    deadline = time.monotonic() + patience_s
    try:
        while True:
            ended = process.poll() is not None
            if mark in (marks := read_marks(report)):
                return marks
            if ended:
                lines = [line.strip() for line in printed.read_text(errors="replace").splitlines() if line.strip()]
                raise ChildFailed(lines[-1] if lines else "no message")
            if time.monotonic() > deadline:
                raise TimeoutError(f"no mark {mark!r} after {patience_s:g} s")
            time.sleep(0.01)
    finally:
        process.kill()
        process.wait()


def read_marks(report: Path) -> dict[str, float]:
    """The marks that a start_up child has reached; none when it was ended before the first."""
    try:
        marks: dict[str, float] = json.loads(report.read_text())
    except (FileNotFoundError, json.JSONDecodeError):  # not there yet, or being written
        return {}
    return marks


@contextlib.contextmanager
def silent_server() -> Iterator[str]:
    """An address where connections are taken and nothing is ever answered."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
