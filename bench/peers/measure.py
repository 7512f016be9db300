"""The same work for Pavi and every peer: log calls, wide calls, size, reading back, SIGKILL, a dead server."""

import random
import statistics
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import children, figures, sdk_kill, sdk_start
from bench.children import ChildFailed, Tool
from bench.context import pick

CALLS = 10_000
PATIENCE_S = 15.0
"""How long a start with a dead server may take before it is ended and called too long."""

TAG = "train/metric_3"


@dataclass(slots=True)
class Sheet:
    """What one tool did, round by round. Keys of ``failures`` are the names of the tests that it could not do."""

    rounds: list[dict[str, float]] = field(default_factory=list)
    lost: int = 0
    killed_points: int = 0
    dead_start: float | None = None
    dead_note: str = ""
    failures: dict[str, str] = field(default_factory=dict)

    def figure(self, key: str) -> figures.Figure | None:
        """A measure over the rounds; None when it was never taken."""
        samples = [each[key] for each in self.rounds if key in each]
        return figures.of(samples) if samples else None

    def ratio(self, other: "Sheet", key: str) -> float | None:
        """The median over rounds of this tool's measure by the other's in the same round."""
        pairs = [
            (mine[key], theirs[key])
            for mine, theirs in zip(self.rounds, other.rounds, strict=False)
            if mine.get(key) is not None and theirs.get(key)
        ]
        return statistics.median(mine / theirs for mine, theirs in pairs) if pairs else None


def one_round(tool: Tool, folder: Path, sheet: Sheet) -> None:
    """10 scalars a call, then their size at rest and the time to read one series back; then 10,000 names a call."""
    measures: dict[str, float] = {}
    try:
        result = children.run(
            tool, "log_calls", folder / "calls", calls=CALLS, warm_up=100, names=10, limit_s=pick(10.0, 3.0)
        )
        of_calls = figures.of([sample / 1e3 for sample in result["samples_ns"]])
        measures["log_us"], measures["log_p99_us"] = of_calls.median, of_calls.p99 or of_calls.high
        measures["points_per_s"], measures["start_s"] = result["points_per_s"], result["start_s"]
        measures["bytes_per_point"] = _size(folder / "calls") / (result["logged"] * 10)
        read = children.run(tool, "read", folder / "calls", tag=TAG)
        measures["read_ms"] = read["seconds"] * 1e3
        if read["points"] != result["logged"]:
            sheet.failures["read_back"] = f"{read['points']} of {result['logged']} points"
    except ChildFailed as error:
        sheet.failures["log_call"] = str(error)
    try:
        result = children.run(
            tool, "log_calls", folder / "wide", calls=20, warm_up=1, names=10_000, limit_s=pick(6.0, 3.0)
        )
        measures["wide_ms"] = figures.of([sample / 1e6 for sample in result["samples_ns"]]).median
    except ChildFailed as error:
        sheet.failures["wide_call"] = str(error)
    sheet.rounds.append(measures)


def kills(tool: Tool, folder: Path, sheet: Sheet, *, count: int) -> None:
    """SIGKILL at random; what the tool then finds of one series, of the calls that had returned."""
    chance = random.Random(2)
    for number in range(count):
        try:
            returned = sdk_kill.kill_at_random(tool, folder / str(number), chance=chance)
            found = children.run(tool, "read", folder / str(number), tag=TAG, recover=True)
        except ChildFailed as error:
            sheet.failures["kill"] = str(error)
            return
        sheet.killed_points += returned
        sheet.lost += max(0, returned - found["distinct"])


def dead_server(tool: Tool, folder: Path, url: str, sheet: Sheet) -> None:
    """Time from the import to the first log call that returned, with nobody listening at the server's address."""
    adapter: Any = import_module(f"bench.peers.{tool.name}")
    template: dict[str, str] | None = getattr(adapter, "SERVER", None)
    if template is None:
        sheet.dead_note = "local only"
        return
    environment = {name: value.replace("{url}", url) for name, value in template.items()}
    tool = Tool(tool.name, tool.python, {**tool.environment, **environment})
    report = folder / "marks.json"
    process, _, printed = children.spawn(tool, "start_up", folder, calls=100, report=str(report))
    try:
        marks = sdk_start.wait_for_mark(process, report, "first_log", printed, patience_s=PATIENCE_S)
    except ChildFailed as error:
        sheet.dead_note = f"raised: {str(error)[:100]}"
    except TimeoutError:
        sheet.dead_note = f"not started after {PATIENCE_S:g} s"
    else:
        sheet.dead_start = marks["first_log"]


def _size(folder: Path) -> int:
    """Bytes of everything the tool wrote, without its home folder and our own result files."""
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_relative_to(folder / "home") and not path.name.startswith("result-")
    )
