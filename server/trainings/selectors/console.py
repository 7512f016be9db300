"""Console lines of a training by range or by search. Line numbers run over all streams and writers in the order of
arrival, so that a number, once seen, always means the same line."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from server.trainings.models import ConsoleBlock

MAX_LINES = 5_000
MAX_SCANNED_BYTES = 32 << 20
"""How much one request looks through; the answer then says where to go on."""
_BLOCKS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``time`` is the client's clock when its block began, in Unix seconds."""

    number: int
    stream: str
    writer: UUID
    time: float
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """Lines in order, and the number to go on from; None when there is nothing more."""

    items: list[Line]
    next: int | None


def lines(
    *, training_id: UUID, first: int = 0, limit: int = 1_000, stream: str | None = None, search: str | None = None
) -> Page:
    """Lines from number ``first`` on. The caller has checked that the viewer may read the training.

    Args:
        stream: only ``stdout`` or ``stderr``.
        search: only lines that hold this text, in any case.
    """
    needle = search.casefold() if search else ""
    found: list[Line] = []
    scanned = 0
    for block in _blocks(_wanted(training_id, first, stream, needle)):
        scanned += len(block.text)
        for offset, text in enumerate(block.text.split("\n")):
            number = block.first + offset
            if number < first or needle not in text.casefold():
                continue
            if len(found) == limit:
                return Page(found, number)
            found.append(Line(number, block.stream, block.writer_id, block.time, text))
        if scanned > MAX_SCANNED_BYTES:
            return Page(found, block.first + block.lines)
    return Page(found, None)


def tail_start(*, total: int, count: int) -> int:
    """From which number on the last ``count`` lines are."""
    return max(0, total - count)


def _wanted(training_id: UUID, first: int, stream: str | None, needle: str) -> QuerySet[ConsoleBlock]:
    blocks = ConsoleBlock.objects.filter(training_id=training_id).order_by("first")
    # The block that holds line `first` begins at or before it: the index finds the nearest.
    holding = blocks.filter(first__lte=first).order_by("-first").values_list("first", flat=True)[:1]
    start = next(iter(holding), None)
    blocks = blocks.filter(first__gte=start if start is not None else first)
    if stream is not None:
        blocks = blocks.filter(stream=stream)
    if needle and needle.isascii() and "\0" not in needle:  # SQLite folds the case of ASCII alone
        blocks = blocks.filter(text__icontains=needle)
    return blocks


def _blocks(wanted: QuerySet[ConsoleBlock]) -> Iterator[ConsoleBlock]:
    """A few at a time: a block may have megabytes."""
    last = -1
    while True:
        batch = list(wanted.filter(first__gt=last)[:_BLOCKS_AT_ONCE])
        yield from batch
        if len(batch) < _BLOCKS_AT_ONCE:
            return
        last = batch[-1].first
