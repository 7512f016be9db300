"""How values become text on pages: numbers, durations, nested configs. Knows no HTML."""

import json
import math
import re
from datetime import datetime
from typing import Any

from django.utils import timezone

from server.trainings.selectors.trainings import WholeTraining

MAX_ROWS = 2_000
# ECMA-48: CSI sequences, and the two-byte ones.
_TERMINAL_CODES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def number(value: float | None) -> str:
    """Four significant digits; the whole value belongs into a title."""
    if value is None:
        return "–"
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e6):
        return f"{int(value):,}"
    if math.isnan(value) or math.isinf(value):
        return {math.inf: "∞", -math.inf: "−∞"}.get(value, "NaN")
    return f"{value:.4g}"


def duration(seconds: float | None) -> str:
    """The two largest units: ``1 h 5 min``."""
    if seconds is None or seconds < 0:
        return "–"
    left = int(seconds)
    if not left:
        return "< 1 s"
    parts: list[str] = []
    for size, name in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            break
    return " ".join(parts[:2])


def age(moment: datetime | None) -> str:
    """How long ago, in one unit: ``3 min ago``."""
    if moment is None:
        return "–"
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 10:
        return "just now"
    for size, name in _UNITS:
        if seconds >= size:
            return f"{int(seconds // size)} {name} ago"
    return "just now"


def size(count: int) -> str:
    """Bytes in binary units."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def flatten(document: Any, prefix: str = "") -> dict[str, Any]:
    """Leaves of a nested document by dotted key; empty containers are leaves."""
    if isinstance(document, dict) and document:
        leaves: dict[str, Any] = {}
        for key, value in document.items():
            leaves.update(flatten(value, f"{prefix}.{key}" if prefix else str(key)))
        return leaves
    return {prefix: document} if prefix else {}


def value_text(value: Any) -> str:
    """A leaf as people read it."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def config_rows(document: dict[str, Any]) -> list[tuple[str, str]]:
    """A nested document as lines of key and text."""
    return [(key, value_text(value)) for key, value in list(flatten(document).items())[:MAX_ROWS]]


def config_text(training: WholeTraining) -> str:
    """The config as its author wrote it, where that is known."""
    return training.session_text or ""


def plain_text(line: str) -> str:
    """A console line without the codes that colour terminals."""
    return _TERMINAL_CODES.sub("", line)
