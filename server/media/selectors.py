"""Reads of media: the index of a training, the steps of a series, its items by page or thinned, one item's file."""

import json
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from server.accounts.principal import Principal
from server.common import cursor as cursors
from server.common.cursor import BadCursor
from server.media import errors
from server.media.models import Item, Series
from server.trainings.selectors.trainings import training_id

MAX_SERIES = 10_000
MAX_PAGE_BYTES = 8 << 20
"""Of bodies in one page: a page that would get larger ends before its limit."""
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """The items of one kind and tag of a training."""

    kind: str
    tag: str
    count: int
    first_step: int
    last_step: int


@dataclass(frozen=True, slots=True)
class Index:
    """What a training has to look at, by kind and tag; ``more``: there are further series."""

    items: list[SeriesRow]
    more: bool


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One thing to look at. ``body`` is None where a file holds it, which is there once ``stored``; ``size`` in bytes;
    ``id`` is a number too large for JavaScript, hence a text."""

    id: str
    kind: str
    tag: str
    step: int
    index: int
    time: float
    meta: dict[str, Any]
    body: Any
    media_type: str
    sha256: str | None
    size: int
    name: str
    stored: bool


@dataclass(frozen=True, slots=True)
class File:
    """The file of an item."""

    kind: str
    sha256: str
    media_type: str
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class Range:
    """Which items: of one step, or from a step to another, both included; with ``most``, of so many steps at most,
    spread evenly over those that there are, the first and the last among them."""

    step: int | None = None
    first: int | None = None
    last: int | None = None
    most: int | None = None


def index(*, viewer: Principal, ref: str, kind: str | None = None, tag_prefix: str = "") -> Index:
    """The series of a training, by kind and tag.

    Raises:
        NoSuchTraining
    """
    rows = Series.objects.filter(training_id=training_id(viewer=viewer, ref=ref), count__gt=0)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if tag_prefix:
        rows = rows.filter(tag__startswith=tag_prefix)
    found = list(rows.order_by("kind", "tag")[: MAX_SERIES + 1])
    shown = [
        SeriesRow(row.kind, row.tag, row.count, row.first_step or 0, row.last_step or 0) for row in found[:MAX_SERIES]
    ]
    return Index(shown, len(found) > MAX_SERIES)


def steps(*, viewer: Principal, ref: str, kind: str, tag: str) -> list[int]:
    """The steps at which a series has items, ascending, each once; empty for a series that is not there.

    Raises:
        NoSuchTraining
    """
    found = _series(training_id(viewer=viewer, ref=ref), kind, tag)
    return [] if found is None else _steps(_shown(found))


def items(
    *, viewer: Principal, ref: str, kind: str, tag: str, wanted: Range, limit: int, cursor: str | None = None
) -> tuple[list[ItemRow], str | None]:
    """A page of a series' items by step and index, and the cursor of the next; empty for a series that is not there.

    Raises:
        NoSuchTraining, BadCursor
    """
    series = _series(training_id(viewer=viewer, ref=ref), kind, tag)
    after, last = _position(cursor)
    if series is None:
        return [], None
    rows = _within(_shown(series), wanted)
    if wanted.most is not None:
        # What arrives between two pages must not shift the choice: the first page settles how far it goes.
        last = last if last is not None else series.last_step
        rows = rows.filter(step__lte=last)
        rows = rows.filter(step__in=_spread(_steps(rows), wanted.most))
    found, more = _page(rows, after, limit)
    position = cursors.encode([found[-1].step, found[-1].index, last]) if more else None
    return [_row(row, series) for row in found], position


def file(*, viewer: Principal, ref: str, item_id: str) -> File:
    """The file of an item.

    Raises:
        NoSuchTraining
        NoSuchItem: there is none, or its content is in its body.
        ItemPending: the bytes have not arrived.
    """
    owner = training_id(viewer=viewer, ref=ref)
    item = Item.objects.filter(training_id=owner, id=_number(item_id)).defer("meta", "body").first()
    if item is None or not item.sha256:
        raise errors.NoSuchItem("This training has no such item, or the item is no file: its content is its 'body'.")
    if item.pending:
        raise errors.ItemPending("The bytes of this item have not arrived yet. Is its sender still running?")
    kind = Series.objects.filter(training_id=owner, id=item.series).values_list("kind", flat=True).first()
    ending = ".npy" if kind == "tensor" else mimetypes.guess_extension(item.media_type) or ""
    return File(kind or "", item.sha256, item.media_type, item.size, item.name or f"{kind}-{item.step}{ending}")


def waits(*, viewer: Principal, ref: str) -> UUID | None:
    """The id of the training when files of it are waited for.

    Raises:
        NoSuchTraining
    """
    owner = training_id(viewer=viewer, ref=ref)
    return owner if Item.objects.filter(training_id=owner, pending=True).exists() else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else -1


def _series(owner: UUID, kind: str, tag: str) -> Series | None:
    if "\0" in tag:
        return None
    return Series.objects.filter(training_id=owner, kind=kind, tag=tag, count__gt=0).first()


def _shown(series: Series) -> QuerySet[Item]:
    return Item.objects.filter(training_id=series.training_id, series=series.id, shown=True)


def _within(rows: QuerySet[Item], wanted: Range) -> QuerySet[Item]:
    if wanted.step is not None:
        rows = rows.filter(step=wanted.step)
    if wanted.first is not None:
        rows = rows.filter(step__gte=wanted.first)
    if wanted.last is not None:
        rows = rows.filter(step__lte=wanted.last)
    return rows


def _steps(rows: QuerySet[Item]) -> list[int]:
    return list(rows.order_by("step").values_list("step", flat=True).distinct())


def _spread(steps: Sequence[int], most: int) -> list[int]:
    """At most so many of the steps, evenly by their place; first and last are among them (of one, the last)."""
    if len(steps) <= most:
        return list(steps)
    if most == 1:
        return [steps[-1]]
    return [steps[round(place * (len(steps) - 1) / (most - 1))] for place in range(most)]


def _page(rows: QuerySet[Item], after: tuple[int, int] | None, limit: int) -> tuple[list[Item], bool]:
    """Rows behind a position, until the limit or until their bodies are large; whether there are more."""
    found: list[Item] = []
    size = 0
    while True:
        batch = rows.order_by("step", "index")
        if after is not None:
            batch = batch.filter(step__gte=after[0]).filter(Q(step__gt=after[0]) | Q(index__gt=after[1]))
        count = min(_AT_ONCE, limit + 1 - len(found))
        fetched = list(batch[:count])
        for row in fetched:
            size += len(row.body)
            if len(found) == limit or (found and size > MAX_PAGE_BYTES):
                return found, True
            found.append(row)
        if len(fetched) < count:
            return found, False
        after = (found[-1].step, found[-1].index)


def _row(row: Item, series: Series) -> ItemRow:
    return ItemRow(
        id=str(row.id),
        kind=series.kind,
        tag=series.tag,
        step=row.step,
        index=row.index,
        time=row.time,
        meta=json.loads(row.meta) if row.meta else {},
        body=json.loads(row.body) if row.body else None,
        media_type=row.media_type,
        sha256=row.sha256 or None,
        size=row.size,
        name=row.name,
        stored=not row.pending,
    )


def _position(cursor: str | None) -> tuple[tuple[int, int] | None, int | None]:
    if cursor is None:
        return None, None
    step, place, last = cursors.decode(cursor, length=3)
    numbers = [step, place, 0 if last is None else last]
    if any(isinstance(one, bool) or not isinstance(one, int) or not -(1 << 63) <= one < 1 << 63 for one in numbers):
        raise BadCursor("This cursor is not from here. Leave it out to start at the first page.")
    return (step, place), last
