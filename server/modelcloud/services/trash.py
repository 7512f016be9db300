"""The trash: a subtree goes in, comes back, or is deleted for good with its bytes let go of."""

from datetime import timedelta
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from server.blobs import services as blobs
from server.modelcloud import paths
from server.modelcloud.errors import BadPlace, Duplicate, NotTrashed, OwnersOnly, ParentGone
from server.modelcloud.models import Alias, Kind, Node, Version
from server.modelcloud.paths import Path
from server.modelcloud.selectors import places
from server.modelcloud.selectors.nodes import NodeFacts, facts
from server.modelcloud.services import moves, nodes, trees

TRASH_DAYS = 30
_PURGE_NODES = 200


def trash(*, actor: Principal, path: str) -> None:
    """Takes a node and all below it out of sight, for 30 days; its name is free at once.

    Raises:
        BadPath, NoSuchNode, ReadOnly
        BadPlace: a project or the root was named.
        AliasPoints: a model's alias points at this file.
    """
    wanted = paths.plain(path)
    seen = places.find(viewer=actor, path=wanted, role=Role.MEMBER)
    if seen.scope is None or seen.node is None:
        raise BadPlace(f"{path[:300]!r} is a project. Delete what it holds; projects are deleted as projects.")
    with transaction.atomic():
        trees.lock(seen.scope.id)
        node = places.find(viewer=actor, path=wanted, role=Role.MEMBER).node
        if node is None or node.id != seen.node.id:
            raise places.missing(path)
        if node.kind == Kind.FILE:
            moves.refuse_while_aliased(node)
        Node.objects.filter(id=node.id).update(trashed_at=timezone.now())
        accounts.record(
            actor=actor,
            action="modelcloud.trashed",
            target=seen.path,
            scope=seen.scope.id,
            details={"node": str(node.id)},
        )


def restore(*, actor: Principal, node_id: UUID, to: str | None = None) -> NodeFacts:
    """Takes a node out of the trash, to where it was or to another path.

    Raises:
        NoSuchNode, ReadOnly, NotTrashed, BadPath, BadPlace, QuotaExceeded
        ParentGone: the folder that held it is in the trash, or gone.
        Duplicate: its name has been taken since.
    """
    scope, seen = places.trashed_or_not(viewer=actor, node_id=node_id, role=Role.MEMBER)
    _must_lie_in_trash(seen)
    goal, goal_scope = None, scope
    if to is not None:
        goal = paths.plain(to)
        if not goal.parts:
            raise BadPlace("Name the whole new path, with a project in front: project/name.")
        goal_scope = trees.scope_for_writing(actor=actor, path=goal)
    with nodes.one_wins(to or seen.name), transaction.atomic():
        locked = trees.lock(scope.id, goal_scope.id)
        node = Node.objects.filter(id=node_id, project=scope.id).first()
        if node is None:
            raise places.missing(node_id)
        _must_lie_in_trash(node)
        if goal is None:
            goal = _old_path(node)
        place = moves.relocate(actor=actor, locked=locked, node=node, scope=goal_scope, goal=goal)
        accounts.record(actor=actor, action="modelcloud.restored", target=place.path, scope=goal_scope.id)
    return facts(place)


def purge(*, actor: Principal, node_id: UUID) -> None:
    """Deletes what lies in the trash for good. Needs the owner's role, or an administrator's.

    Raises:
        NoSuchNode, OwnersOnly
        NotTrashed: it is not the top of what was trashed.
    """
    scope, node = places.trashed_or_not(viewer=actor, node_id=node_id, role=Role.VIEWER)
    if not (actor.is_admin or scope.role is Role.OWNER):
        raise OwnersOnly("Only the project's owners and administrators delete for good; the trash empties itself.")
    _must_lie_in_trash(node)
    if not Node.objects.filter(id=node.id, trashed_at__isnull=False).update(purging=True):
        raise NotTrashed("It has just been restored.")
    accounts.record(
        actor=actor,
        action="modelcloud.purged",
        target=node.name,
        scope=scope.id,
        details={"node": str(node.id), "kind": node.kind},
    )
    finish_purge(node)


def purge_trash() -> int:
    """Deletes for good what has been in the trash for 30 days, and what a purge that died left; how many subtrees."""
    before = timezone.now() - timedelta(days=TRASH_DAYS)
    due = Q(trashed_at__lt=before) | Q(purging=True)
    count = 0
    for node in Node.objects.filter(due, trashed_at__isnull=False).order_by("trashed_at"):
        if Node.objects.filter(due, id=node.id, trashed_at__isnull=False).update(purging=True):
            finish_purge(node)
            count += 1
    return count


def finish_purge(node: Node) -> None:
    """Deletes a subtree from its leaves up, in short transactions; can be taken up again where it ended."""
    for _, level in groupby(reversed(trees.below(node)), key=lambda row: row[1]):
        ids = [node_id for node_id, _ in level]
        for start in range(0, len(ids), _PURGE_NODES):
            _delete(ids[start : start + _PURGE_NODES])


def _delete(ids: list[UUID]) -> None:
    """Deletes nodes that hold no others, and lets go of their bytes."""
    with transaction.atomic():
        tree = trees.lock_of(ids[0])
        if tree is None:  # another purge was faster
            return
        contents: dict[str, int] = {}
        for version in Version.objects.filter(node__in=ids):
            blobs.release(sha256=version.sha256, holder=nodes.holder(version.id))
            contents[version.sha256] = version.size
        Alias.objects.filter(Q(line__in=ids) | Q(version__node__in=ids)).delete()
        Version.objects.filter(node__in=ids).delete()
        Node.objects.filter(id__in=ids).delete()
        trees.discharge(tree, contents)


def _must_lie_in_trash(node: Node) -> None:
    if node.purging:
        raise places.missing(node.id)
    if node.trashed_at is None:
        raise NotTrashed("This does not lie in the trash. Delete it first: DELETE modelcloud/node?path=…")


def _old_path(node: Node) -> Path:
    """Where a trashed node was, when that can still be reached and is free.

    Raises:
        ParentGone, Duplicate
    """
    above = places.ancestors(node)
    if any(folder.trashed_at is not None for folder in above):
        raise ParentGone(
            f"The folder that held {node.name!r} lies in the trash too. Restore that first, or give another path: "
            '{"to": "project/name"}.',
            name=node.name,
        )
    if places.child(node.project, above[-1] if above else None, node.name) is not None:
        raise Duplicate(
            f"The name {node.name!r} has been taken since. Restore it under another path: "
            '{"to": "project/another name"}.',
            name=node.name,
        )
    return Path(None, "", (*(folder.name for folder in above), node.name))
