"""What the page of trainings shows: one page of rows, with the metrics that most of them log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict

from server.accounts.principal import Principal
from server.scalars import selectors as scalars
from server.trainings.selectors import projects as project_selectors
from server.trainings.selectors import table as training_table
from server.trainings.selectors.projects import ProjectRow
from server.trainings.selectors.rows import TrainingRow

ROWS = 50
METRICS = 4
_LOOKED_AT = 8
"""Rows whose series decide which metrics are shown."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    project: str
    where: str
    order_by: str
    archived: bool
    cursor: str | None

    @classmethod
    def of(cls, query: QueryDict) -> "Wanted":
        """Reads the address."""
        return cls(
            project=query.get("project", ""),
            where=query.get("where", ""),
            order_by=query.get("order_by", "") or training_table.NEWEST,
            archived=query.get("archived") == "1",
            cursor=query.get("cursor"),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A row and its metrics, in the order of the table's columns; None where it has none."""

    row: TrainingRow
    metrics: list[float | None]


@dataclass(frozen=True, slots=True)
class Table:
    """One page. ``total`` counts all pages."""

    lines: list[Line]
    tags: list[str]
    total: int
    next: str | None
    projects: list[ProjectRow]


def read(*, viewer: Principal, wanted: Wanted) -> Table:
    """The wanted page.

    Raises:
        BadFilter, BadColumn, BadCursor, NoSuchProject
    """
    query = training_table.Query(
        project=wanted.project or None,
        where=wanted.where or None,
        order_by=wanted.order_by,
        archived="true" if wanted.archived else "false",
        limit=ROWS,
        cursor=wanted.cursor,
    )
    rows, more = training_table.list_trainings(viewer=viewer, query=query)
    ids = [row.id for row in rows]
    tags = _main_tags(ids)
    latest = scalars.fresh_latest(ids, tags=tags) if tags else {}
    return Table(
        lines=[Line(row, _values(latest.get(row.id, {}), tags)) for row in rows],
        tags=tags,
        total=training_table.count_trainings(viewer=viewer, query=query),
        next=more,
        projects=project_selectors.list_projects(viewer=viewer),
    )


def nothing(*, viewer: Principal) -> Table:
    """An empty table, for a filter that cannot be used."""
    return Table([], [], 0, None, project_selectors.list_projects(viewer=viewer))


def _main_tags(ids: list[UUID]) -> list[str]:
    """The metrics worth a column: logged by most of the newest rows, losses and accuracies first."""
    counts: dict[str, int] = {}
    for info in scalars.series(ids[:_LOOKED_AT]):
        if info.rank is None and not info.tag.startswith("system/"):
            counts[info.tag] = counts.get(info.tag, 0) + 1
    return sorted(counts, key=lambda tag: (-_worth(tag), -counts[tag], tag))[:METRICS]


def _worth(tag: str) -> int:
    name = tag.lower()
    result = any(word in name for word in ("loss", "acc", "map", "auc", "error", "score"))
    return 2 * result + name.startswith(("val", "test", "eval"))


def _values(stats: Mapping[str, Any], tags: list[str]) -> list[float | None]:
    return [stats[tag].last_value if tag in stats else None for tag in tags]
