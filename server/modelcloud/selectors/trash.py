"""What lies in a project's trash, newest first."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from server.accounts.principal import Principal, Role
from server.common import cursor as cursors
from server.modelcloud.models import Node
from server.modelcloud.selectors import nodes, places


def trash(
    *, viewer: Principal, project: str, limit: int = 100, cursor: str | None = None
) -> tuple[list[nodes.NodeFacts], str | None]:
    """A page of what was trashed (tops of subtrees, with the paths that they had), and the cursor of the next one.

    Raises:
        NoSuchNode
        ReadOnly: only members look into the trash.
        BadCursor
    """
    scope = places.find_project(viewer=viewer, text=project, role=Role.MEMBER)
    rows = Node.objects.filter(project=scope.id, trashed_at__isnull=False, purging=False)
    if cursor:
        at, node_id = _position(cursor)
        rows = rows.filter(Q(trashed_at__lt=at) | Q(trashed_at=at, id__lt=node_id))
    page = list(rows.order_by("-trashed_at", "-id")[: limit + 1])
    more = None
    if len(page) > limit:
        last = page[limit - 1]
        assert last.trashed_at is not None  # noqa: S101  # the filter says so
        more = cursors.encode([last.trashed_at.isoformat(), str(last.id)])
    base = places.base_of(viewer, scope)
    found = [(row, "/".join([base, *(folder.name for folder in places.ancestors(row))])) for row in page[:limit]]
    return nodes.describe(scope, found), more


def _position(cursor: str) -> tuple[datetime, UUID]:
    at, node_id = cursors.decode(cursor, length=2)
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError
        return moment, UUID(node_id)
    except (ValueError, TypeError, AttributeError):
        raise cursors.BadCursor("This cursor is not from here. Leave it out to start at the first page.") from None
