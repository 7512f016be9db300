"""Event files as scalars, media and marks: the one walk over records that everything else here hangs on.

Scalars are what there are millions of: once one was read in full, its like are recognised by their bytes, all but the
number's, and cost a microsecond.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pavi.tensorboard import summaries
from pavi.tensorboard.protobuf import Field, Malformed, fields, signed, varint
from pavi.tensorboard.records import Block
from pavi.tensorboard.summaries import Config, Picked, Scalar, Shown

__all__ = ["Events", "Points", "Restart"]

_DOUBLE, _FLOAT = struct.Struct("<d"), struct.Struct("<f")
_MOST_LIKENESSES = 200_000
_SESSION_START = 1


@dataclass(slots=True)
class Points:
    """Scalars that follow each other, as columns. ``tags`` are numbers of `Events.names`; times are Unix seconds."""

    tags: list[int]
    steps: list[int]
    times: list[float]
    values: list[float]


@dataclass(frozen=True, slots=True)
class Restart:
    """The writer began again at ``step``: what was written before with this step or a larger one is stale."""

    step: int
    time: float


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that is no scalar, with the step and the wall time of its event."""

    step: int
    time: float
    what: Shown | Config


class Events:
    """Reads the events of one file, block after block.

    Attributes:
        names: tags of scalars, in the order in which they came.
        skipped: kinds that are not brought in, and how often they came.
        last_time: the largest wall time so far, in Unix seconds; None before the first event.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.skipped: dict[str, int] = {}
        self.last_time: float | None = None
        self._numbers: dict[str, int] = {}
        # Where the number lies in a record whose rest, behind the step, is so long: (offset, size).
        self._places: dict[int, list[tuple[int, int]]] = {}
        self._likenesses: dict[tuple[int, int, bytes], int] = {}

    def read(self, block: Block) -> Iterator[Points | Moment | Restart]:
        """What is in the records of a block, in order."""
        points = Points([], [], [], [])
        data, double, single = block.data, _DOUBLE.unpack_from, _FLOAT.unpack_from
        places, likenesses = self._places, self._likenesses
        for start, size in zip(block.starts, block.sizes, strict=True):
            end = start + size
            if size > 9 and data[start] == 0x09:  # the wall time is written first
                at, step = start + 9, 0
                if size > 11 and data[at] == 0x10:
                    step = data[at + 1]
                    at += 2
                    if step >= 0x80:
                        step, at = _step(data, at - 1, end)
                for place, width in places.get(end - at, ()):
                    number = likenesses.get((place, width, data[at : at + place] + data[at + place + width : end]))
                    if number is not None:
                        points.tags.append(number)
                        points.steps.append(step)
                        points.times.append(double(data, start + 1)[0])
                        points.values.append((single if width == 4 else double)(data, at + place)[0])
                        break
                else:
                    yield from self._read_fully(data, start, end, at, points)
                    continue
            else:
                yield from self._read_fully(data, start, end, start, points)
        if points.tags:
            self._notice(max(points.times))
            yield points

    def _read_fully(
        self, data: bytes, start: int, end: int, behind: int, points: Points
    ) -> Iterator[Points | Moment | Restart]:
        try:
            step, time, others = self._event(data, start, end)
        except Malformed:
            self._skip("malformed")
            return
        self._notice(time)
        for other in others:
            if isinstance(other, Scalar):
                number = self._number(other.tag)
                points.tags.append(number)
                points.steps.append(step)
                points.times.append(time)
                points.values.append(other.value)
                if len(others) == 1 and other.at is not None and _only_summary(data, behind, end):
                    self._remember(data[behind:end], other.at[0] - behind, other.at[1], number)
                continue
            if points.tags:
                self._notice(max(points.times))
                yield Points(points.tags, points.steps, points.times, points.values)
                points.tags, points.steps, points.times, points.values = [], [], [], []
            yield other if isinstance(other, Restart) else Moment(step, time, other)

    def _event(self, data: bytes, start: int, end: int) -> tuple[int, float, list[Picked | Restart]]:
        step, time = 0, 0.0
        found: list[Picked | Restart] = []
        marks: list[Field] = []
        for one in fields(data, start, end):
            if one.id == 1:
                time = one.double()
            elif one.id == 2:
                step = signed(one.number)
            elif one.id == 5:
                for value in one.fields():
                    if value.id == 1:
                        found += self._values(value)
            elif one.id == 7:
                marks += [mark for mark in one.fields() if mark.id == 1]
            elif one.id in (4, 9):
                self._skip("graph")
        if any(mark.number == _SESSION_START for mark in marks):
            found.append(Restart(step, time))
        return step, time, found

    def _values(self, value: Field) -> list[Picked]:
        try:
            found = summaries.read(value)
        except (Malformed, ValueError, OverflowError):
            self._skip("malformed")
            return []
        if isinstance(found, str):
            self._skip(found)
            return []
        return found

    def _number(self, tag: str) -> int:
        if tag not in self._numbers:
            self._numbers[tag] = len(self.names)
            self.names.append(tag)
        return self._numbers[tag]

    def _remember(self, rest: bytes, place: int, width: int, number: int) -> None:
        if len(self._likenesses) >= _MOST_LIKENESSES:
            return
        self._likenesses[(place, width, rest[:place] + rest[place + width :])] = number
        known = self._places.setdefault(len(rest), [])
        if (place, width) not in known:
            known.append((place, width))

    def _skip(self, kind: str) -> None:
        self.skipped[kind] = self.skipped.get(kind, 0) + 1

    def _notice(self, time: float) -> None:
        if self.last_time is None or time > self.last_time:
            self.last_time = time


def _only_summary(data: bytes, at: int, end: int) -> bool:
    """Whether one summary, and nothing else, fills the rest of an event."""
    if data[at] != 0x2A:
        return False
    size, at = varint(data, at + 1, end)
    return at + size == end


def _step(data: bytes, at: int, end: int) -> tuple[int, int]:
    try:
        number, at = varint(data, at, end)
    except Malformed:
        return 0, end
    return signed(number), at
