"""Makes what clients send storable and searchable: cleaned JSON, merged configs, flattened leaves. Knows no tables."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MAX_DEPTH = 64
MAX_LEAVES = 5_000
MAX_KEY_CHARS = 300
MAX_TEXT_CHARS = 300
_EXACT = 1 << 53
_EARLIEST, _LATEST = 0.0, 7_258_118_400.0  # 1970 to 2200


@dataclass(frozen=True, slots=True)
class Leaf:
    """One flattened value. Booleans have both forms, null has neither."""

    key: str
    number: float | None
    text: str | None


def clean_text(text: str, limit: int | None = None) -> str:
    """The text without NUL (PostgreSQL has none) and lone surrogates (no encoding has them), at most ``limit`` long."""
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text if limit is None else text[:limit]


def clean(value: Any, depth: int = MAX_DEPTH) -> Any:
    """A JSON value that both databases can store. NaN and infinities become their names.

    Raises:
        ValueError: it is nested deeper than MAX_DEPTH.
    """
    if isinstance(value, str):
        return clean_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -(10**300) < value < 10**300 else clean_number(float("inf") if value > 0 else float("-inf"))
    if isinstance(value, float):
        return clean_number(value)
    if depth <= 0:
        raise ValueError(f"is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return {clean_text(str(key)): clean(inner, depth - 1) for key, inner in value.items()}
    return [clean(inner, depth - 1) for inner in value]


def clean_number(value: float) -> float | str:
    """The number, or its name where JSON has none for it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def merge(stored: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """``stored`` with ``new`` laid over it: nested objects merge, everything else replaces."""
    merged = dict(stored)
    for key, value in new.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def leaves(section: str, document: dict[str, Any]) -> list[Leaf]:
    """The document flattened, keys joined by dots behind the section: at most MAX_LEAVES, the first ones."""
    found: dict[str, Leaf] = {}
    for key, value in _walk(section, document):
        if len(key) <= MAX_KEY_CHARS and key not in found:
            found[key] = _leaf(key, value)
            if len(found) == MAX_LEAVES:
                break
    return list(found.values())


def _walk(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(f"{prefix}.{key}", inner)
        return
    yield prefix, value
    if isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for index, inner in enumerate(value):
            if isinstance(inner, dict):
                yield from _walk(f"{prefix}.{index}", inner)


def _leaf(key: str, value: Any) -> Leaf:
    if isinstance(value, bool):
        return Leaf(key, float(value), "true" if value else "false")
    if isinstance(value, int):
        return Leaf(key, float(value), None if abs(value) <= _EXACT else str(value)[:MAX_TEXT_CHARS])
    if isinstance(value, float):
        return Leaf(key, value, None)
    if value is None:
        return Leaf(key, None, None)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Leaf(key, None, text[:MAX_TEXT_CHARS])


def shown(number: float | None, text: str | None) -> Any:
    """A leaf's two columns as the JSON value that they came from (long texts cut)."""
    if number is None:
        return text
    if text in ("true", "false"):
        return text == "true"
    if text is not None and text.lstrip("-").isdigit():
        return int(text)
    return int(number) if number.is_integer() and abs(number) <= _EXACT else number


def whole(value: Any) -> int | None:
    """A 64-bit whole number from what a client sent as one (2, 2.0, "2"); None when it is none."""
    try:
        number = int(value) if not isinstance(value, str) else int(value.strip()[:20])
    except (TypeError, ValueError, OverflowError):
        return None
    return number if -(1 << 63) <= number < 1 << 63 else None


def moment(value: Any, otherwise: datetime) -> datetime:
    """A client's Unix seconds as a time; ``otherwise`` when they make no sense."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not _EARLIEST <= value < _LATEST:
        return otherwise
    return datetime.fromtimestamp(value, UTC)
