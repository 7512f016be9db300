"""What the names of the filter language mean; also for ``column`` and ``order_by``. Builds no queries."""

import difflib
from dataclasses import dataclass

from server.trainings.errors import BadFilter
from server.trainings.filters.parse import Name

STATS = ("last", "min", "max", "count", "first_step", "last_step")

TEXT, NUMBER, TIME, STATUS, FLAG = "text", "number", "time", "status", "flag"

COLUMNS = {
    "status": STATUS,
    "name": TEXT,
    "model": TEXT,
    "host": TEXT,
    "project": TEXT,
    "user": TEXT,
    "number": NUMBER,
    "duration": NUMBER,
    "lost_points": NUMBER,
    "created_at": TIME,
    "started_at": TIME,
    "finished_at": TIME,
    "heartbeat_at": TIME,
    "archived": FLAG,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A field of every training; ``kind`` is one of the constants above."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Tags:
    """The training's tags."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of config or summary, by its flattened key."""

    key: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A statistic of a series."""

    tag: str
    stat: str


Field = Column | Tags | Leaf | Metric


def resolve(name: Name, expression: str) -> Field:
    """What a name means.

    Raises:
        BadFilter: there is no such field; the hint names a near one.
    """
    head, *rest = name.path
    if head in ("config", "summary"):
        if not rest:
            raise _bad(name, expression, f"Which key of the {head}?", f'Write {head}.lr or {head}["a.b"].')
        return Leaf(".".join(name.path)[:300].replace("\0", ""))
    if head in ("metrics", "metric"):
        return _metric(name, rest, expression)
    if head == "tags" and not rest:
        return Tags()
    if head in COLUMNS and not rest:
        return Column(head, COLUMNS[head])
    known = [*COLUMNS, "tags", "config", "summary", "metrics"]
    near = difflib.get_close_matches(head, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Fields: {', '.join(known)}."
    raise _bad(name, expression, f"There is no field {'.'.join(name.path)[:60]!r}.", hint)


def _metric(name: Name, rest: list[str], expression: str) -> Metric:
    if not rest:
        raise _bad(name, expression, "Which metric?", 'Write metrics["val/acc"].max.')
    tag, *stats = rest
    stat = stats[0] if stats else "last"
    if len(stats) > 1 or stat not in STATS:
        hint = f'Statistics are {", ".join(STATS)}; a tag with dots or slashes goes into quotes: metrics["val/acc"].'
        raise _bad(name, expression, f"{'.'.join(stats)[:60]!r} is no statistic.", hint)
    return Metric(tag.replace("\0", ""), stat)


def _bad(name: Name, expression: str, problem: str, hint: str) -> BadFilter:
    return BadFilter(problem, expression=expression, line=name.place.line, column=name.place.column, hint=hint)
