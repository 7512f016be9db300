"""Sorting trainings by anything, as keyset phases: first those with a value, last those without, each by one index.

A phase is a queryset of (training id, value) pairs; a cursor is a phase and a position in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from server.common import cursor as cursors
from server.common.cursor import BadCursor
from server.trainings import metrics, status
from server.trainings.errors import BadColumn, BadFilter
from server.trainings.filters import fields
from server.trainings.filters.fields import Column, Leaf, Metric
from server.trainings.filters.parse import parse_field
from server.trainings.models import Entry, Training

_END: Any = Coalesce("finished_at", "heartbeat_at")
DURATION = ExpressionWrapper(_END - F("started_at"), output_field=DurationField())
_COLUMN_PATHS = {
    "project": "project__name",
    "user": "owner__username",
    "duration": "_duration",
    "archived": "archived_at",
}


@dataclass(frozen=True, slots=True)
class Phase:
    """Some of the trainings in order. ``value`` is None where only the id orders."""

    rows: QuerySet[Any]
    id: str
    value: str | None
    decode: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted; ``text`` is what the caller wrote."""

    text: str
    descending: bool
    field: Column | Leaf | Metric


def read_order(text: str) -> Order:
    """The order in ``order_by``; ``-`` in front sorts downwards.

    Raises:
        BadColumn: it is no field that sorts.
    """
    bare = text.strip()
    descending = bare.startswith("-")
    try:
        field = fields.resolve(parse_field(bare.removeprefix("-")), bare.removeprefix("-"))
    except BadFilter as error:
        raise BadColumn(f"Cannot sort by {text[:100]!r}: {error.message}", **error.details) from None
    if isinstance(field, fields.Tags):
        raise BadColumn("Cannot sort by tags. Sort by a field, a metric or a config key.")
    return Order(text, descending, field)


def page_ids(
    trainings: QuerySet[Training],
    *,
    order: Order,
    projects: Sequence[UUID],
    now: datetime,
    limit: int,
    cursor: str | None,
) -> tuple[list[UUID], str | None]:
    """Ids of one page in order, and the cursor of the next (None at the end).

    Raises:
        BadCursor
    """
    phases = _phases(trainings, order, projects, now)
    start, value, last = _position(cursor, order, phases)
    found: list[tuple[int, Any, UUID]] = []
    for index in range(start, len(phases)):
        phase = phases[index]
        after = (value, last) if index == start and last is not None else None
        wanted = limit + 1 - len(found)
        found += [(index, pair[0], pair[1]) for pair in _slice(phase, order.descending, after, wanted)]
        if len(found) > limit:
            break
    page = found[:limit]
    more = _cursor(order, *page[-1]) if len(found) > limit else None
    return [training_id for _, _, training_id in page], more


def _phases(trainings: QuerySet[Training], order: Order, projects: Sequence[UUID], now: datetime) -> list[Phase]:
    field = order.field
    if isinstance(field, Column):
        return _column_phases(trainings, field, now)
    # EXISTS, not IN: SQLite would start from the ids and look each of them up, instead of reading values in order.
    wanted = Exists(trainings.filter(id=OuterRef("training_id")))
    if isinstance(field, Metric):
        pairs = metrics.pairs(projects, tag=field.tag, stat=field.stat).filter(value__isnull=False)
        with_value = [Phase(pairs.filter(wanted), "training_id", "value", _number)]
        known: QuerySet[Any, Any] = pairs.values("training_id")
    else:
        entries = Entry.objects.filter(project_id__in=projects, key=field.key)
        mine = entries.filter(wanted)
        with_value = [
            Phase(mine.filter(number__isnull=False), "training_id", "number", _number),
            Phase(mine.filter(number=None, text__isnull=False), "training_id", "text", _text),
        ]
        known = entries.exclude(number=None, text=None).values("training_id")
    return [*with_value, Phase(trainings.exclude(id__in=known), "id", None, _text)]


def _column_phases(trainings: QuerySet[Training], field: Column, now: datetime) -> list[Phase]:
    path = _COLUMN_PATHS.get(field.name, field.name)
    if field.kind == fields.STATUS:
        return [Phase(trainings.annotate(_status=status.expression(now)), "id", "_status", _text)]
    if field.name == "duration":
        return [Phase(trainings, "id", path, _duration)]
    decode = {fields.TIME: _time, fields.FLAG: _time, fields.NUMBER: _number}.get(field.kind, _text)
    if field.name in ("finished_at", "archived"):
        return [
            Phase(trainings.filter(**{f"{path}__isnull": False}), "id", path, decode),
            Phase(trainings.filter(**{path: None}), "id", None, _text),
        ]
    return [Phase(trainings, "id", path, decode)]


def _slice(phase: Phase, descending: bool, after: tuple[Any, UUID] | None, count: int) -> list[tuple[Any, UUID]]:
    """The next (value, id) pairs of a phase."""
    rows, step, sign = phase.rows, "lt" if descending else "gt", "-" if descending else ""
    if after is not None:
        value, last = after
        beyond = Q(**{f"{phase.id}__{step}": last})
        if phase.value is not None:
            beyond = Q(**{f"{phase.value}__{step}": value}) | Q(**{phase.value: value}) & beyond
        rows = rows.filter(beyond)
    if phase.value is None:
        ordered = rows.order_by(f"{sign}{phase.id}").values_list(phase.id, flat=True)
        return [(None, training_id) for training_id in ordered[:count]]
    pairs = rows.order_by(f"{sign}{phase.value}", f"{sign}{phase.id}").values_list(phase.value, phase.id)
    return list(pairs[:count])


def _cursor(order: Order, phase: int, value: Any, last: UUID) -> str:
    if isinstance(value, datetime):
        value = value.isoformat()
    elif isinstance(value, timedelta):
        value = value // timedelta(microseconds=1)
    return cursors.encode([order.text, phase, value, str(last)])


def _position(cursor: str | None, order: Order, phases: list[Phase]) -> tuple[int, Any, UUID | None]:
    if cursor is None:
        return 0, None, None
    text, phase, value, last = cursors.decode(cursor, length=4)
    try:
        if text != order.text or not isinstance(phase, int):
            raise ValueError
        chosen = phases[phase]
        return phase, None if chosen.value is None else chosen.decode(value), UUID(last)
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError):
        raise BadCursor("This cursor belongs to another order. Leave it out to start at the first page.") from None


def _number(value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -(2**63) <= value < 2**63:
        if isinstance(value, float) and abs(value) <= 1.8e308:
            return value
        raise ValueError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    return value.encode("utf-8").decode()


def _time(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _duration(value: Any) -> timedelta:
    return timedelta(microseconds=int(value))
