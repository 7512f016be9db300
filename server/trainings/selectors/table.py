"""The table of trainings: which rows, in which order, with which columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from server.accounts import selectors as accounts
from server.accounts.principal import Principal, Role
from server.scalars.selectors import PageStats
from server.trainings import access, metrics, values
from server.trainings.errors import BadColumn, BadFilter, NoSuchProject
from server.trainings.filters import fields
from server.trainings.filters.compile import compile_filter
from server.trainings.filters.fields import Leaf, Metric
from server.trainings.filters.parse import parse_field, parse_filter
from server.trainings.models import Entry, Project, Training, TrainingDetails
from server.trainings.selectors import rows
from server.trainings.selectors.order import DURATION, page_ids, read_order
from server.trainings.selectors.rows import TrainingRow

NEWEST = "-created_at"
MAX_COLUMNS = 100
WHOLE = ("config", "summary", "notes", "description")
"""Columns that are documents, whole."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to show. ``where`` is a filter expression; ``archived`` and ``trashed`` choose the shelf."""

    project: str | None = None
    where: str | None = None
    order_by: str = NEWEST
    columns: Sequence[str] = ()
    archived: Literal["false", "true", "any"] = "false"
    trashed: bool = False
    limit: int = 50
    cursor: str | None = None


def list_trainings(*, viewer: Principal, query: Query) -> tuple[list[TrainingRow], str | None]:
    """One page of the table, and the cursor of the next.

    Raises:
        BadFilter, BadColumn, BadCursor
        NoSuchProject: the named project is not there for the viewer.
    """
    wanted = {text: _column(text) for text in query.columns[:MAX_COLUMNS]}
    order = read_order(query.order_by)
    projects = _projects(viewer, query)
    now = timezone.now()
    trainings = _shelf(query, projects)
    if query.where and query.where.strip():
        condition = compile_filter(parse_filter(query.where), expression=query.where, projects=projects)
        trainings = trainings.filter(condition)
    ids, more = page_ids(trainings, order=order, projects=projects, now=now, limit=query.limit, cursor=query.cursor)
    found = rows.fetch(ids)
    stats = PageStats(ids)  # one read of what is fresh, for columns and progress
    return rows.build(found, _column_values(ids, wanted, stats), stats), more


def count_trainings(*, viewer: Principal, query: Query) -> int:
    """How many trainings the query shows in all."""
    projects = _projects(viewer, query)
    trainings = _shelf(query, projects)
    if query.where and query.where.strip():
        condition = compile_filter(parse_filter(query.where), expression=query.where, projects=projects)
        trainings = trainings.filter(condition)
    return trainings.count()


def _shelf(query: Query, projects: list[UUID]) -> QuerySet[Training]:
    # Ids as a list, not a subquery: the planner then sees how few they are and takes the index.
    trainings = Training.objects.annotate(_duration=DURATION).filter(project_id__in=projects)
    trainings = trainings.filter(deleted_at__isnull=not query.trashed)
    if query.archived != "any" and not query.trashed:
        trainings = trainings.filter(archived_at__isnull=query.archived == "false")
    return trainings


def _projects(viewer: Principal, query: Query) -> list[UUID]:
    projects = access.readable_projects(viewer=viewer)
    if query.trashed:  # only members look into the trash
        scopes = accounts.scopes_of(viewer=viewer).items()
        projects = projects.filter(id__in=[scope for scope, role in scopes if role.includes(Role.MEMBER)])
    if query.project:
        projects = named_projects(projects, query.project)
        found = list(projects.values_list("id", flat=True))
        if not found:
            raise NoSuchProject(f"There is no project {query.project[:100]!r}, or it is not yours to see.")
        return found
    return list(projects.values_list("id", flat=True))


def named_projects(projects: QuerySet[Project], ref: str) -> QuerySet[Project]:
    """Those that ``ref`` means: a UUID, ``owner/name``, or a name."""
    ref = values.clean_text(ref)
    try:
        return projects.filter(id=UUID(ref))
    except ValueError:
        owner, slash, name = ref.rpartition("/")
        return projects.filter(name=name, owner__username=owner) if slash else projects.filter(name=name)


def _column(text: str) -> Leaf | Metric | str:
    """What ``column`` asks for; a name from WHOLE stands for itself."""
    if text in WHOLE:
        return text
    try:
        field = fields.resolve(parse_field(text), text)
    except BadFilter as error:
        raise BadColumn(f"There is no column {text[:100]!r}: {error.message}", **error.details) from None
    return field if isinstance(field, Leaf | Metric) else ""


def _column_values(
    ids: Sequence[UUID], wanted: dict[str, Leaf | Metric | str], page: PageStats
) -> dict[UUID, dict[str, Any]]:
    """The asked-for values by training and column; what is absent is None. Fields are in the row already."""
    shown = {text: what for text, what in wanted.items() if what}
    found: dict[UUID, dict[str, Any]] = {training_id: dict.fromkeys(shown) for training_id in ids}
    keys = {what.key: text for text, what in shown.items() if isinstance(what, Leaf)}
    if keys:
        entries = Entry.objects.filter(training_id__in=ids, key__in=list(keys))
        for training_id, key, number, text in entries.values_list("training_id", "key", "number", "text"):
            found[training_id][keys[key]] = values.shown(number, text)
    stats = {column: (what.tag, what.stat) for column, what in shown.items() if isinstance(what, Metric)}
    if stats:
        for training_id, values_of in metrics.shown(page, set(stats.values())).items():
            found[training_id].update({column: values_of.get(stat) for column, stat in stats.items()})
    whole = [text for text in shown if text in WHOLE]
    if whole:
        for record in TrainingDetails.objects.filter(training_id__in=ids).values("training_id", *whole):
            found[record["training_id"]].update({text: record[text] for text in whole})
    return found
