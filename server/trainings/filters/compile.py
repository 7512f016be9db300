"""Syntax to conditions on trainings. Values of config, summary and metrics become subqueries of ids, which both
databases answer from one index each; whoever lacks a value matches no comparison with it, except ``== null``.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from server.trainings import metrics, status
from server.trainings.errors import BadFilter
from server.trainings.filters import fields, regex
from server.trainings.filters.fields import Column, Field, Leaf, Metric, Tags
from server.trainings.filters.parse import Comparison, Joined, Literal, Name, Negated, Node, Place, Scalar, Several
from server.trainings.models import Entry, TrainingTag
from server.trainings.values import MAX_TEXT_CHARS

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_LOOKUPS = {"==": "", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte"}
_PATHS = {"user": "owner__username", "archived": "archived_at"}
_AGO = re.compile(r"(\d{1,6})\s*(s|m|h|d|w)\s+ago")
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_INTEGERS = 1 << 63


@dataclass(frozen=True, slots=True)
class Scope:
    """In which projects values are looked up, and what time it is."""

    projects: Sequence[UUID]
    now: datetime


def compile_filter(node: Node, *, expression: str, projects: Sequence[UUID]) -> Q:
    """The condition that a filter means.

    Args:
        projects: ids of those that the viewer may read; values elsewhere are never looked at.

    Raises:
        BadFilter: a field does not exist or does not compare so.
    """
    return _Compiler(expression, Scope(projects, timezone.now())).condition(node)


class _Compiler:
    def __init__(self, expression: str, scope: Scope) -> None:
        self.expression = expression
        self.scope = scope

    def condition(self, node: Node) -> Q:
        """The condition of a node and all below it; the parser has bounded the depth."""
        if isinstance(node, Negated):
            return ~self.condition(node.part)
        if isinstance(node, Joined):
            parts = [self.condition(part) for part in node.parts]
            joined = parts[0]
            for part in parts[1:]:
                joined = joined & part if node.operator == "and" else joined | part
            return joined
        return self.comparison(node)

    def comparison(self, node: Comparison) -> Q:
        left, operator, right = node.left, node.operator, node.right
        if operator in ("in", "not in") and isinstance(right, Name):
            contained = self.contained(left, right, node.place)
            return contained if operator == "in" else ~contained
        if not isinstance(left, Name):
            if not isinstance(right, Name) or operator not in _FLIPPED:
                raise self.bad(node.place, "A comparison needs a field on its left.", "Write config.lr < 0.1.")
            left, operator, right = right, _FLIPPED[operator], left
        if isinstance(right, Name):
            raise self.bad(right.place, "Two fields cannot be compared.", f"Is {right.path[0]!r} a text? Quote it.")
        field = fields.resolve(left, self.expression)
        if operator in ("in", "not in"):
            if not isinstance(right, Several):
                raise self.bad(right.place, f"{operator!r} needs a list.", 'Write name in ["a", "b"].')
            hits = [self.compare(field, "==", item) for item in right.items]
            anyone = hits[0] if hits else Q(pk__in=[])
            for hit in hits[1:]:
                anyone |= hit
            return anyone if operator == "in" else ~anyone
        if not isinstance(right, Literal):
            raise self.bad(right.place, f"{operator!r} compares with one value, not with a list.", "Use in.")
        return self.compare(field, operator, right)

    def contained(self, left: Any, right: Name, place: Place) -> Q:
        """``"word" in tags``."""
        field = fields.resolve(right, self.expression)
        if not isinstance(field, Tags) or not isinstance(left, Literal) or not isinstance(left.value, str):
            raise self.bad(place, "Only a text can be looked for, and only in tags.", 'Write "baseline" in tags.')
        return Q(id__in=TrainingTag.objects.filter(name=_clean(left.value)).values("training_id"))

    def compare(self, field: Field, operator: str, literal: Literal) -> Q:
        if isinstance(field, Tags):
            raise self.bad(literal.place, "Tags do not compare.", 'Write "baseline" in tags.')
        if isinstance(field, Leaf):
            return self.leaf(field, operator, literal)
        if isinstance(field, Metric):
            return self.metric(field, operator, literal)
        handlers: dict[str, Callable[[Column, str, Literal], Q]] = {
            fields.STATUS: self.status,
            fields.TEXT: self.text,
            fields.NUMBER: self.number,
            fields.TIME: self.time,
            fields.FLAG: self.flag,
        }
        return handlers[field.kind](field, operator, literal)

    def status(self, field: Column, operator: str, literal: Literal) -> Q:  # noqa: ARG002  # one signature for all
        if literal.value not in status.ALL or operator not in ("==", "!="):
            hint = f"Write status == one of {', '.join(status.ALL)}."
            raise self.bad(literal.place, "A status compares with == or != and one of its words.", hint)
        condition = status.condition(str(literal.value), self.scope.now)
        return condition if operator == "==" else ~condition

    def text(self, field: Column, operator: str, literal: Literal) -> Q:
        if field.name == "project":
            return self.project(operator, literal)
        path = _PATHS.get(field.name, field.name)
        value = self.expect_text(literal)
        if operator == "=~":
            return Q(**{f"{path}__matches": self.pattern(literal)})
        if operator == "!=":
            return ~Q(**{path: value})
        return Q(**{f"{path}{_LOOKUPS[operator]}": value})

    def project(self, operator: str, literal: Literal) -> Q:
        value = self.expect_text(literal)
        if operator == "=~":
            return Q(project__name__matches=self.pattern(literal))
        if operator not in ("==", "!="):
            raise self.bad(literal.place, "A project compares with == != =~ in.", "")
        owner, _, name = value.rpartition("/")
        condition = Q(project__name=name)
        if owner:
            condition &= Q(project__owner__username=owner)
        return condition if operator == "==" else ~condition

    def number(self, field: Column, operator: str, literal: Literal) -> Q:
        value = self.expect_number(literal, operator)
        if field.name == "duration":
            try:
                moved: Any = timedelta(seconds=value)
            except OverflowError:
                raise self.bad(literal.place, "This duration is too long.", "It is given in seconds.") from None
            path = "_duration"
        else:
            if not -_INTEGERS <= value < _INTEGERS:
                raise self.bad(literal.place, "This number is too large.", "")
            path, moved = field.name, value
        return ~Q(**{path: moved}) if operator == "!=" else Q(**{f"{path}{_LOOKUPS[operator]}": moved})

    def time(self, field: Column, operator: str, literal: Literal) -> Q:
        if literal.value is None and operator in ("==", "!="):
            return Q(**{f"{field.name}__isnull": operator == "=="})
        moment = _moment(literal.value, self.scope.now)
        if moment is None or operator in ("=~",):
            hint = 'Write created_at > "2026-01-31", "2026-01-31 12:00" or "7d ago".'
            raise self.bad(literal.place, f"{literal.value!r} is no time.", hint)
        return ~Q(**{field.name: moment}) if operator == "!=" else Q(**{f"{field.name}{_LOOKUPS[operator]}": moment})

    def flag(self, field: Column, operator: str, literal: Literal) -> Q:
        if not isinstance(literal.value, bool) or operator not in ("==", "!="):
            raise self.bad(literal.place, "Compare it with true or false.", f"Write {field.name} == true.")
        return Q(**{f"{_PATHS[field.name]}__isnull": literal.value == (operator == "!=")})

    def leaf(self, field: Leaf, operator: str, literal: Literal) -> Q:
        rows = Entry.objects.filter(project_id__in=self.scope.projects, key=field.key)
        value = literal.value
        if value is None:
            if operator not in ("==", "!="):
                raise self.bad(literal.place, "null compares with == and !=.", "")
            has = Q(id__in=rows.exclude(number=None, text=None).values("training_id"))
            return ~has if operator == "==" else has
        if operator == "=~":
            rows = rows.filter(text__matches=self.pattern(literal))
        elif isinstance(value, bool):
            if operator not in ("==", "!="):
                raise self.bad(literal.place, "true and false compare with == and !=.", "")
            is_so = Q(text="true" if value else "false", number=float(value))
            rows = rows.filter(is_so) if operator == "==" else rows.exclude(is_so)
        else:
            column, wanted = ("text", _clean(value)[:MAX_TEXT_CHARS]) if isinstance(value, str) else ("number", value)
            if operator == "!=":
                rows = rows.exclude(**{column: wanted})
            else:
                rows = rows.filter(**{f"{column}{_LOOKUPS[operator]}": wanted})
        return Q(id__in=rows.values("training_id"))

    def metric(self, field: Metric, operator: str, literal: Literal) -> Q:
        rows = metrics.pairs(self.scope.projects, tag=field.tag, stat=field.stat)
        if literal.value is None and operator in ("==", "!="):
            has = Q(id__in=rows.filter(value__isnull=False).values("training_id"))
            return ~has if operator == "==" else has
        value = self.expect_number(literal, operator)
        rows = rows.exclude(value=value) if operator == "!=" else rows.filter(**{f"value{_LOOKUPS[operator]}": value})
        return Q(id__in=rows.values("training_id"))

    def expect_text(self, literal: Literal) -> str:
        if not isinstance(literal.value, str):
            raise self.bad(literal.place, "This compares with a text.", 'Quote it: name == "resnet".')
        return _clean(literal.value)

    def expect_number(self, literal: Literal, operator: str) -> float | int:
        value = literal.value
        if isinstance(value, bool) or not isinstance(value, int | float) or operator == "=~" or abs(value) > 1e308:
            raise self.bad(literal.place, "This compares with a number.", 'Write metrics["loss"].min < 0.1.')
        return value

    def pattern(self, literal: Literal) -> str:
        pattern = self.expect_text(literal)
        problem = regex.pattern_problem(pattern)
        if problem is not None:
            raise self.bad(literal.place, problem, "Back references and look-around are not supported.")
        return pattern

    def bad(self, place: Place, problem: str, hint: str) -> BadFilter:
        return BadFilter(problem, expression=self.expression, line=place.line, column=place.column, hint=hint)


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _moment(value: Scalar, now: datetime) -> datetime | None:
    """A time from ``2026-01-31``, ISO 8601, or ``7d ago``; times without a zone are UTC."""
    if not isinstance(value, str):
        return None
    ago = _AGO.fullmatch(value.strip())
    try:
        if ago is not None:
            return now - timedelta(seconds=int(ago[1]) * _UNITS[ago[2]])
        day = parse_date(value.strip())
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else parse_datetime(value.strip())
    except (ValueError, OverflowError):
        return None
    if moment is None:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
