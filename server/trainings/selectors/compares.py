"""Reads of compares. Seen by its owner and by whoever may read a training in it; of the trainings, only those."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from server.accounts.principal import Principal
from server.common import cursor as cursors
from server.common.cursor import BadCursor
from server.trainings import access, errors
from server.trainings.models import Compare, CompareMember
from server.trainings.selectors import rows
from server.trainings.selectors.rows import TrainingRow


@dataclass(frozen=True, slots=True)
class CompareRow:
    """A saved compare."""

    id: UUID
    number: int
    name: str
    owner: str
    settings: dict[str, Any]
    created_at: datetime

    @property
    def url(self) -> str:
        return f"{settings.PUBLIC_URL}/compares/{self.number}"


@dataclass(frozen=True, slots=True)
class WholeCompare(CompareRow):
    """A compare with those of its trainings that the viewer may read, in the order in which they joined."""

    trainings: list[TrainingRow]


def list_compares(*, viewer: Principal, limit: int, cursor: str | None = None) -> tuple[list[CompareRow], str | None]:
    """Compares that the viewer may see, newest first, and the cursor of the next page.

    Raises:
        BadCursor
    """
    compares = readable_compares(viewer=viewer).order_by("-number")
    if cursor is not None:
        (before,) = cursors.decode(cursor, length=1)
        if not isinstance(before, int) or abs(before) >= 1 << 63:
            raise BadCursor("This cursor is not from here. Leave it out to start at the first page.")
        compares = compares.filter(number__lt=before)
    found = list(compares[: limit + 1])
    more = cursors.encode([found[limit - 1].number]) if len(found) > limit else None
    return [CompareRow(*_parts(compare)) for compare in found[:limit]], more


def compare(*, viewer: Principal, ref: str) -> WholeCompare:
    """One compare by UUID or number.

    Raises:
        NoSuchCompare
    """
    found = find_compare(viewer=viewer, ref=ref)
    ids = list(found.members.order_by("id").values_list("training_id", flat=True))
    allowed = set(access.readable_trainings(viewer=viewer, ids=ids).values_list("id", flat=True))
    shown = rows.build(rows.fetch([training_id for training_id in ids if training_id in allowed]))
    return WholeCompare(*_parts(found), trainings=shown)


def _parts(compare: Compare) -> tuple[UUID, int, str, str, dict[str, Any], datetime]:
    return compare.id, compare.number, compare.name, compare.owner.username, compare.settings, compare.created_at


def readable_compares(*, viewer: Principal) -> QuerySet[Compare]:
    """The viewer's own compares, and those with a training that he may read."""
    shown = CompareMember.objects.filter(
        compare=OuterRef("pk"), training__in=access.readable_trainings(viewer=viewer).values("id")
    )
    return Compare.objects.select_related("owner").filter(Q(owner_id=viewer.user_id) | Exists(shown))


def find_compare(*, viewer: Principal, ref: str) -> Compare:
    """A compare, by UUID or number.

    Raises:
        NoSuchCompare: absent, or nothing in it is for the viewer to see.
    """
    condition = access.reference(ref)
    compare = readable_compares(viewer=viewer).filter(condition).first() if condition else None
    if compare is None:
        raise errors.NoSuchCompare(f"There is no compare {ref[:60]!r}, or it is not yours to see.")
    return compare
