"""The comparison as a table, from the data of a run (fresh, or read from results-peers.json)."""

from typing import Any

from bench import report

COLUMNS = (
    ("log_us", "log call, µs"),
    ("log_p99_us", "p99, µs"),
    ("wide_ms", "10,000 names, ms"),
    ("points_per_s", "points/s"),
    ("bytes_per_point", "bytes a point"),
    ("read_ms", "read a series, ms"),
)
"""Measures of a round, in the order of the table. All are local files but for Pavi, which also sends to its server."""


def rows(data: dict[str, Any]) -> list[list[str]]:
    """The heading and one row a tool."""
    head = ["tool", *(title for _, title in COLUMNS), "log call ÷ Pavi's", "lost by SIGKILL", "server dead at start"]
    return [head] + [_row(name, sheet, data["versions"]) for name, sheet in data["tools"].items()]


def notes(data: dict[str, Any]) -> list[str]:
    """What could not be measured, and why."""
    remarks = [
        f"{name}, {test}: {reason.splitlines()[-1].strip()}"
        for name, sheet in data["tools"].items()
        for test, reason in sheet["failures"].items()
    ]
    return remarks + [f"{name} was not installed: {reason}" for name, reason in data["not_installed"].items()]


def _row(name: str, sheet: dict[str, Any], versions: dict[str, str]) -> list[str]:
    cells = [f"{name} {versions.get(name, '')}".strip()]
    for key, _ in COLUMNS:
        figure = sheet["figures"].get(key)
        cells.append("–" if figure is None else report.number(figure["value"]))
    ratio = sheet["ratio_to_pavi"].get("log_us")
    cells.append("–" if ratio is None else report.number(ratio))
    killed, dead = sheet["killed"], sheet["dead_server"]
    cells.append(f"{100 * killed['lost'] / killed['calls_returned']:.1f} %" if killed["calls_returned"] else "–")
    cells.append(f"{dead['start_s']:.2f} s" if dead["start_s"] is not None else dead["note"] or "–")
    return cells
