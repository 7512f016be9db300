"""The kinds of media: how each may be carried, and whether an event of one can be used. `docs/media.md` gives their
shapes; here only what readers rely on is checked. Knows no table."""

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

import msgspec

from pavi.protocol import MAX_MEDIA_BODY_BYTES, MediaKind, tag_problem

KINDS: tuple[str, ...] = get_args(MediaKind)
MAX_META_BYTES = 16 * 1024
MAX_INDEX = 9_999
MAX_NAME_CHARS = 300
_SHA256 = re.compile(r"[0-9a-f]{64}")

# What browsers show without running anything. No SVG, no HTML: both are programs.
_IMAGES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
_MOVING = frozenset({"image/apng", "image/gif", "image/png", "image/webp", "video/mp4", "video/webm", "video/ogg"})
_SOUNDS = frozenset(
    f"audio/{name}" for name in ("wav", "x-wav", "mpeg", "mp4", "aac", "ogg", "opus", "flac", "x-flac", "webm")
)
_JSON = frozenset({"application/json"})
MEDIA_TYPES: Mapping[str, frozenset[str]] = {
    "image": _IMAGES | {"image/apng"},
    "figure": _IMAGES,
    "video": _MOVING,
    "audio": _SOUNDS,
    "histogram": _JSON,
    "text": _JSON | {"text/markdown", "text/plain"},
    "table": _JSON,
    "pr_curve": _JSON,
    "graph": _JSON,
    "embedding": _JSON,
    "mesh": _JSON,
    "tensor": frozenset({"application/octet-stream"}),
    "trace": _JSON | {"application/gzip"},
    "layout": _JSON,
}
"""The types that a kind's file may have; files are served as the type that they came with."""


def check_event(body: dict[str, Any]) -> str | None:
    """Why a media event cannot be used, as a message that names the field; None when it can."""
    kind, tag = body.get("kind"), body.get("tag")
    if kind not in KINDS:
        return f"'kind' must be one of {', '.join(KINDS)}"
    if not isinstance(tag, str):
        return "'tag' must be a text"
    problem = tag_problem(tag)
    if problem is not None:
        return f"'tag' {problem}"
    if not _whole(body.get("step"), -(1 << 63), (1 << 63) - 1):
        return "'step' must be a whole number of 64 bits"
    if not _whole(body.get("index", 0), 0, MAX_INDEX):
        return f"'index' must be a whole number from 0 to {MAX_INDEX}"
    if not _number(body.get("time", 0)):
        return "'time' must be a number of seconds"
    name = body.get("name", "")
    if not isinstance(name, str) or len(name) > MAX_NAME_CHARS:
        return f"'name' must be a text of at most {MAX_NAME_CHARS} characters"
    return _meta_problem(body.get("meta", {})) or _content_problem(str(kind), body)


def encoded(value: Any) -> str:
    """A JSON value as it is stored: compact, keys in their order."""
    return msgspec.json.encode(value).decode()


def _meta_problem(meta: Any) -> str | None:
    if not isinstance(meta, dict):
        return "'meta' must be an object"
    return _size_problem("meta", meta, MAX_META_BYTES)


def _size_problem(field: str, value: Any, limit: int) -> str | None:
    try:
        size = len(msgspec.json.encode(value))
    except RecursionError:
        return f"'{field}' is nested too deeply"
    return f"'{field}' has {size} bytes as JSON, more than {limit}" if size > limit else None


def _content_problem(kind: str, body: dict[str, Any]) -> str | None:
    """Either a body or a file, of a form that the kind has."""
    has_body, has_file = body.get("body") is not None, body.get("sha256") is not None
    if has_body and has_file:
        return "'body' and 'sha256' exclude each other"
    if has_body:
        shape = _SHAPES.get(kind)
        if shape is None:
            return f"'body' cannot hold a thing of kind {kind}: send its file as 'sha256'"
        content = body["body"]
        if not isinstance(content, dict):
            return "'body' must be an object"
        too_large = _size_problem("body", content, MAX_MEDIA_BODY_BYTES)
        return f"{too_large}; send it as a file" if too_large else shape(content)
    if not has_file:
        return "'body' or 'sha256' is missing"
    if not isinstance(body["sha256"], str) or not _SHA256.fullmatch(body["sha256"]):
        return "'sha256' must be 64 hexadecimal digits"
    if not _whole(body.get("size", 0), 0, (1 << 63) - 1):
        return "'size' must be a number of bytes"
    if body.get("media_type") not in MEDIA_TYPES[kind]:
        return f"'media_type' of kind {kind} must be one of {', '.join(sorted(MEDIA_TYPES[kind]))}"
    return None


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _lists(body: dict[str, Any], *names: str) -> str | None:
    for name in names:
        if not isinstance(body.get(name), list):
            return f"'body.{name}' must be a list"
    return None


def _histogram(body: dict[str, Any]) -> str | None:
    problem = _lists(body, "edges", "counts")
    if problem is None and len(body["edges"]) != len(body["counts"]) + 1:
        return "'body.edges' must be one longer than 'body.counts'"
    return problem


def _text(body: dict[str, Any]) -> str | None:
    return None if isinstance(body.get("text"), str) else "'body.text' must be a text"


def _table(body: dict[str, Any]) -> str | None:
    problem = _lists(body, "columns", "rows")
    if problem is not None:
        return problem
    if not all(isinstance(column, dict) and isinstance(column.get("name"), str) for column in body["columns"]):
        return "'body.columns' must be objects with a 'name'"
    if not all(isinstance(row, list) and len(row) == len(body["columns"]) for row in body["rows"]):
        return "'body.rows' must be lists as long as 'body.columns'"
    return None


_CURVES = (
    "thresholds",
    "true_positives",
    "false_positives",
    "true_negatives",
    "false_negatives",
    "precision",
    "recall",
)


def _pr_curve(body: dict[str, Any]) -> str | None:
    problem = _lists(body, *_CURVES)
    if problem is None and len({len(body[name]) for name in _CURVES}) > 1:
        return f"'body' must have lists of one length: {', '.join(_CURVES)}"
    return problem


_SHAPES: dict[str, Callable[[dict[str, Any]], str | None]] = {
    "histogram": _histogram,
    "text": _text,
    "table": _table,
    "pr_curve": _pr_curve,
    "graph": lambda body: _lists(body, "nodes"),
    "embedding": lambda body: _lists(body, "points"),
    "mesh": lambda body: _lists(body, "vertices"),
    "layout": lambda _: None,
}
