"""Turns what an event file holds into the slots of a writer: always the same slots for the same bytes.

A writer's position counts slots. Whoever reads a file again, on whatever machine, must come to the same positions: then
the server's watermark alone says what is new, and nothing is ever stored twice.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from pavi.protocol import (
    MAX_MEDIA_BODY_BYTES,
    NUMPY_DTYPE,
    POINT,
    SLOT_BYTES,
    pack_event,
    pack_tag,
    tag_problem,
)
from pavi.tensorboard.events import Events, Moment, Points, Restart
from pavi.tensorboard.records import Block
from pavi.tensorboard.summaries import Config, Shown

__all__ = ["READING", "Piece", "Slots"]

READING = 1
"""Which slots a file becomes. Raised when that changes: files that were brought in before become new trainings."""

_SLOT = np.dtype(NUMPY_DTYPE)
_MAX_FILE_BYTES = 256 * 1024 * 1024
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


class Piece(NamedTuple):
    """Slots that belong together. ``file`` are bytes that an event in them names by their sha256."""

    data: bytes
    points: int = 0
    events: int = 0
    file: bytes | None = None

    @property
    def slots(self) -> int:
        return len(self.data) // SLOT_BYTES


class Slots:
    """The slots of one event file, block after block.

    Attributes:
        events: the reader underneath.
    """

    def __init__(self) -> None:
        self.events = Events()
        self._ids: dict[int, int] = {}  # number of a name → tag id; -1: not taken

    def read(self, block: Block) -> Iterator[Piece]:
        """The slots of a block's records. What a tag may not be called, and what no event can hold, is skipped and
        counted in ``events.skipped``."""
        for found in self.events.read(block):
            if isinstance(found, Points):
                yield from self._points(found)
            elif isinstance(found, Restart):
                yield Piece(pack_event({"type": "rewind", "step": max(_LOWEST, found.step - 1)}, found.time), events=1)
            elif isinstance(found.what, Config):
                yield from self._event({"type": "config", "config": found.what.config}, found, None)
            else:
                yield from self._shown(found, found.what)

    def _points(self, points: Points) -> Iterator[Piece]:
        slots = np.zeros(len(points.tags), _SLOT)
        slots["tag"], slots["flags"], slots["step"] = points.tags, POINT, points.steps
        slots["time"], slots["value"] = points.times, points.values
        # A name is declared straight before its first point, wherever blocks happen to end.
        done = 0
        numbers, firsts = np.unique(slots["tag"], return_index=True)
        for first, number in sorted(zip(firsts.tolist(), numbers.tolist(), strict=True)):
            if number in self._ids:
                continue
            yield from self._run(slots[done:first])
            done = first
            name = self.events.names[number]
            if tag_problem(name) is None:
                self._ids[number] = number
                yield Piece(pack_tag(number, name, points.times[first]))
            else:
                self._ids[number] = -1
        yield from self._run(slots[done:])

    def _run(self, slots: Any) -> Iterator[Piece]:
        bad = [number for number, tag in self._ids.items() if tag < 0]
        if bad:
            taken = ~np.isin(slots["tag"], bad)
            self._skip("bad tag", int((~taken).sum()))
            slots = slots[taken]
        if len(slots):
            yield Piece(slots.tobytes(), points=len(slots))

    def _shown(self, moment: Moment, shown: Shown) -> Iterator[Piece]:
        event: dict[str, Any] = {
            "type": "media",
            "kind": shown.kind,
            "tag": shown.tag,
            "step": moment.step,
            "time": moment.time,
            "index": shown.index,
            "meta": shown.meta,
        }
        data, kind = shown.data, shown.media_type
        if data is None:
            body = json.dumps(shown.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            if len(body.encode("utf-8", "replace")) <= MAX_MEDIA_BODY_BYTES:
                yield from self._event({**event, "body": shown.body}, moment, shown.tag)
                return
            if shown.kind == "text":
                data, kind = shown.body["text"].encode("utf-8", "replace"), "text/markdown"
            else:
                data, kind = body.encode("utf-8", "replace"), "application/json"
        if len(data) > _MAX_FILE_BYTES:
            self._skip("too large", 1)
            return
        event |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "media_type": kind}
        yield from self._event(event, moment, shown.tag, data)

    def _event(
        self, event: dict[str, Any], moment: Moment, tag: str | None, file: bytes | None = None
    ) -> Iterator[Piece]:
        if tag is not None and tag_problem(tag) is not None:
            self._skip("bad tag", 1)
            return
        if not _LOWEST <= moment.step <= _HIGHEST:
            self._skip("malformed", 1)
            return
        try:
            yield Piece(pack_event(event, moment.time), events=1, file=file)
        except ValueError:  # longer than an event may be, or its time is no number
            self._skip("malformed", 1)

    def _skip(self, kind: str, count: int) -> None:
        if count:
            self.events.skipped[kind] = self.events.skipped.get(kind, 0) + count
