"""Ground for all writes: which project a path writes to, its lock, folders on the way, bytes used and allowed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from server.accounts import selectors as accounts
from server.accounts.principal import Principal, Role
from server.modelcloud import paths
from server.modelcloud.errors import BadPath, BadPlace, Duplicate, NoSuchNode, QuotaExceeded, ReadOnly
from server.modelcloud.models import Kind, Node, Tree, Version
from server.modelcloud.paths import Path
from server.modelcloud.selectors import places
from server.trainings import errors as training_errors
from server.trainings.selectors import scopes
from server.trainings.selectors.scopes import Scope
from server.trainings.services import projects

BATCH = 1_000
"""Ids in one statement."""


def scope_for_writing(*, actor: Principal, path: Path) -> Scope:
    """The project that a path writes to; made when the name means none yet, by the rule that trainings follow.

    One difference: where the name means a project in which the actor was made a viewer, nothing is made, because a
    project of his own would from then on hide what he reads under that name.

    Raises:
        NoSuchNode, ReadOnly
        BadPath: it cannot be the name of a project.
    """
    assert path.project is not None  # noqa: S101  # callers handle the root
    name = f"{path.owner}/{path.project}" if path.owner is not None else path.project
    try:
        seen = scopes.named(viewer=actor, name=path.project, owner=path.owner)
        if path.project != paths.DEFAULT_PROJECT and accounts.role_in(viewer=actor, scope=seen.id) is not None:
            places.require(seen, Role.MEMBER)
            return seen
    except training_errors.NoSuchProject:
        pass
    try:
        made = projects.project_for_writing(actor=actor, name=name)
    except training_errors.NoSuchProject as error:
        raise NoSuchNode(str(error), path=str(path)[:1000]) from None
    except training_errors.ReadOnly as error:
        raise ReadOnly(str(error), role=Role.MEMBER.value) from None
    except training_errors.BadOpening as error:
        raise BadPath(str(error)) from None
    return scopes.by_id(viewer=actor, project_id=made.id)


def lock(*project_ids: UUID) -> dict[UUID, Tree]:
    """Locks trees until the transaction ends, in one order for everybody. Call it inside a transaction."""
    wanted = sorted(set(project_ids))
    for project_id in wanted:
        Tree.objects.get_or_create(project=project_id)
    return {tree.project: tree for tree in Tree.objects.select_for_update().filter(project__in=wanted).order_by("pk")}


def lock_of(node_id: UUID) -> Tree | None:
    """Locks the tree that a node is in, also when it is just moving to another; None when the node is gone."""
    while True:
        project = Node.objects.filter(id=node_id).values_list("project", flat=True).first()
        if project is None:
            return None
        tree = lock(project)[project]
        if Node.objects.filter(id=node_id, project=project).exists():
            return tree


def make_parents(*, actor: Principal, scope: Scope, parts: Sequence[str]) -> tuple[Node, ...]:
    """The nodes that a project's path leads through; those that are not there are made, as folders.

    Raises:
        BadPlace: a file is in the way.
    """
    chain: list[Node] = []
    for part in parts:
        parent = chain[-1] if chain else None
        node = places.child(scope.id, parent, part)
        if node is None:
            node = add_node(actor=actor, project=scope.id, parent=parent, name=part, kind=Kind.FOLDER)
        elif node.kind == Kind.FILE:
            raise BadPlace(f"{part!r} is a file: nothing can lie below it. Choose another path.")
        chain.append(node)
    return tuple(chain)


def add_node(*, actor: Principal, project: UUID, parent: Node | None, name: str, kind: Kind) -> Node:
    """Adds a row. The caller holds the lock and has looked that the name is free."""
    return Node.objects.create(
        project=project,
        parent=parent,
        name=name,
        kind=kind.value,
        created_at=timezone.now(),
        created_by_id=actor.user_id,
    )


def taken(path: str) -> Duplicate:
    """The answer where a name is taken."""
    return Duplicate(
        f"There is something at {path[:300]!r} already. Choose another name; a file takes 'overwrite' for a further "
        "version of it.",
        path=path,
    )


def allowed(tree: Tree) -> int:
    """Bytes that a project may use; 0 is no limit."""
    return tree.allowed if tree.allowed is not None else int(settings.MODEL_QUOTA)


def charge(tree: Tree, contents: dict[str, int]) -> None:
    """Counts contents (sha256 to bytes) that come into a project, each once. Before their rows are written.

    Raises:
        QuotaExceeded
    """
    needed = sum(contents.values()) - sum(contents[sha256] for sha256 in _present(tree.project, contents))
    limit = allowed(tree)
    if needed and limit and tree.used + needed > limit:
        raise QuotaExceeded(
            f"The project uses {tree.used:,} of the {limit:,} bytes that it may use, and this needs {needed:,} more. "
            "Purge what lies in its trash, delete models first, or ask an owner or administrator for a larger quota.",
            used=tree.used,
            allowed=limit,
            needed=needed,
        )
    tree.used += needed
    tree.save(update_fields=["used"])


def discharge(tree: Tree, contents: dict[str, int]) -> None:
    """Counts contents that have left a project, where no other version there has them. After their rows went."""
    kept = _present(tree.project, contents)
    tree.used -= sum(size for sha256, size in contents.items() if sha256 not in kept)
    tree.save(update_fields=["used"])


def below(node: Node) -> list[tuple[UUID, int]]:
    """Ids of a node and everything below it, trash too, each with its depth (0 for the node), deepest last."""
    column = Node._meta.get_field("id")
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE subtree (id, depth) AS (SELECT id, 0 FROM modelcloud_node WHERE id = %s UNION ALL "
            "SELECT child.id, depth + 1 FROM modelcloud_node child JOIN subtree ON child.parent_id = subtree.id) "
            "SELECT id, depth FROM subtree ORDER BY depth",
            [column.get_db_prep_value(node.id, connection)],
        )
        return [(row[0] if isinstance(row[0], UUID) else UUID(row[0]), row[1]) for row in cursor.fetchall()]


def contents_of(node_ids: Iterable[UUID]) -> dict[str, int]:
    """Distinct contents (sha256 to bytes) of the versions of files."""
    found: dict[str, int] = {}
    for batch in batches(node_ids):
        found.update(dict(Version.objects.filter(node__in=batch).values_list("sha256", "size")))
    return found


def batches(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Ids in lists that one statement can take."""
    it = iter(ids)
    while batch := list(islice(it, BATCH)):
        yield batch


def _present(project: UUID, contents: Iterable[str]) -> set[str]:
    found: set[str] = set()
    it = iter(contents)
    while batch := list(islice(it, BATCH)):
        found.update(Version.objects.filter(project=project, sha256__in=batch).values_list("sha256", flat=True))
    return found
