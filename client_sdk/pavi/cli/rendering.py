"""How values look in a terminal: tables, ages, numbers."""

import json
import math
import sys
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table

_STATUS = {"running": "green", "finished": "blue", "crashed": "red", "lost": "yellow"}


def console() -> Console:
    """Standard output. A pipe gets wide, plain lines, so that programs can cut them."""
    return Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=240)


def table(*columns: str) -> Table:
    """A table without frames; numbers' columns are written with a leading ``#``."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column.lstrip("#"), justify="right" if column.startswith("#") else "left", overflow="fold")
    return made


def print_json(value: Any) -> None:
    """One JSON document. NaN and infinities as the texts that the server uses."""
    click.echo(json.dumps(_strict(value), indent=2, ensure_ascii=False))


def coloured(status: str) -> str:
    """A status in its colour, for rich."""
    colour = _STATUS.get(status)
    return f"[{colour}]{status}[/{colour}]" if colour else status


def age(moment: str | None) -> str:
    """How long ago an ISO time was, in its largest unit."""
    if not moment:
        return ""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def short(value: float | None) -> str:
    """A number in at most six significant digits."""
    return "" if value is None else f"{value:.6g}"


def flat(value: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Leaves of a nested object as ``(dotted name, text)``."""
    rows: list[tuple[str, str]] = []
    for key, item in value.items():
        if isinstance(item, dict) and item:
            rows += flat(item, f"{prefix}{key}.")
        else:
            rows.append((f"{prefix}{key}", item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)))
    return rows


def _strict(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_strict(item) for item in value]
    return value
