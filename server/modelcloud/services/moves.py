"""Moves and renames nodes with all that lies below them, within a project and between projects."""

from uuid import UUID

from django.db import transaction

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from server.modelcloud import paths
from server.modelcloud.errors import AliasPoints, BadPlace
from server.modelcloud.models import Alias, Change, Kind, Node, Tree, Version
from server.modelcloud.paths import Path
from server.modelcloud.selectors import places
from server.modelcloud.selectors.nodes import NodeFacts, facts
from server.modelcloud.selectors.places import Place
from server.modelcloud.selectors.versions import line_of
from server.modelcloud.services import nodes, trees
from server.trainings.selectors.scopes import Scope


def move(*, actor: Principal, source: str, target: str) -> NodeFacts:
    """Moves or renames a node; the folders above its new place are made.

    A file that comes into a model gets that model's next version numbers, and numbers of its own where it leaves one.

    Args:
        target: the whole new path, name included.

    Raises:
        BadPath, NoSuchNode, ReadOnly, QuotaExceeded
        BadPlace: the new place lies inside what is moved, below a file, or too deep; or a project was named.
        Duplicate: the new name is taken.
        AliasPoints: a model's alias points at a version of the file that would leave it.
    """
    wanted = paths.plain(source)
    seen = places.find(viewer=actor, path=wanted, role=Role.MEMBER)
    if seen.scope is None or seen.node is None:
        raise BadPlace(f"{source[:300]!r} is no folder, model or file in a project. Projects are renamed as projects.")
    goal = _goal(actor, seen.node, paths.plain(target))
    scope = trees.scope_for_writing(actor=actor, path=goal)
    with nodes.one_wins(str(goal)), transaction.atomic():
        locked = trees.lock(seen.scope.id, scope.id)
        place = places.find(viewer=actor, path=wanted, role=Role.MEMBER)  # once more, now that nobody else writes
        if place.node is None or place.node.id != seen.node.id:
            raise places.missing(source)
        moved = relocate(actor=actor, locked=locked, node=place.node, scope=scope, goal=goal)
        accounts.record(
            actor=actor,
            action="modelcloud.moved",
            target=place.path,
            scope=seen.scope.id,
            details={"to": moved.path, "node": str(place.node.id)},
        )
    return facts(moved)


def relocate(*, actor: Principal, locked: dict[UUID, Tree], node: Node, scope: Scope, goal: Path) -> Place:
    """Hangs a node elsewhere. The caller holds the locks of both trees.

    Raises:
        BadPlace, Duplicate, QuotaExceeded, AliasPoints
    """
    above = trees.make_parents(actor=actor, scope=scope, parts=goal.parts[:-1])
    parent = above[-1] if above else None
    if any(folder.id == node.id for folder in above):
        raise BadPlace(f"{str(goal)!r} lies inside what is to be moved there. Choose a place outside it.")
    other = places.child(scope.id, parent, goal.parts[-1])
    if other is not None and other.id != node.id:
        raise trees.taken(str(goal))
    subtree = trees.below(node)
    if len(goal.parts) + 1 + subtree[-1][1] > paths.MAX_DEPTH:
        raise BadPlace(f"What lies below would be more than {paths.MAX_DEPTH} parts deep there. Move it higher up.")
    old_line = line_of(node)
    origin = locked[node.project]
    node.parent, node.name, node.trashed_at = parent, goal.parts[-1], None
    if scope.id != node.project:
        _change_project(origin, locked[scope.id], [node_id for node_id, _ in subtree])
        node.project = scope.id
    node.save(update_fields=["parent", "name", "project", "trashed_at"])
    if node.kind == Kind.FILE and line_of(node) != old_line:
        _change_line(node, old_line)
    return Place(scope, places.base_of(actor, scope), (*above, node))


def _goal(actor: Principal, node: Node, goal: Path) -> Path:
    """Where a node goes; a file that goes to the root goes into the actor's project ``default``."""
    if goal.parts:
        return goal
    if node.kind == Kind.FILE:
        return nodes.at_home(actor, goal)
    raise BadPlace("Only projects lie at the root. Name a place inside one: project/name.")


def _change_project(origin: Tree, target: Tree, node_ids: list[UUID]) -> None:
    contents = trees.contents_of(node_ids)
    trees.charge(target, contents)
    for batch in trees.batches(node_ids):
        Node.objects.filter(id__in=batch).update(project=target.project)
        Version.objects.filter(node__in=batch).update(project=target.project)
    trees.discharge(origin, contents)


def _change_line(node: Node, old_line: UUID) -> None:
    """Lets a file's versions count in the line of its new place."""
    line = node.parent if node.parent is not None and node.parent.kind == Kind.MODEL else node
    aliases = Alias.objects.filter(version__node=node)
    if old_line != node.id:
        refuse_while_aliased(node)
    taken = set(Alias.objects.filter(line=line, name__in=aliases.values("name")).values_list("name", flat=True))
    if taken:
        raise AliasPoints(
            f"The model has aliases of the same names already: {', '.join(sorted(taken))}. Take them away first.",
            aliases=sorted(taken),
        )
    versions = list(Version.objects.filter(node=node).order_by("number"))
    first = nodes.next_number(line, count=len(versions)) - len(versions) + 1
    for number, version in enumerate(versions, start=first):
        version.line, version.number = line, number
    Version.objects.bulk_update(versions, ["line", "number"], batch_size=500)
    aliases.update(line=line)
    Change.objects.filter(line_id=old_line, file=node).update(line=line)


def refuse_while_aliased(node: Node) -> None:
    """Keeps a file in its model while one of the model's aliases points at it: who follows that would find nothing.

    Raises:
        AliasPoints
    """
    names = sorted(Alias.objects.filter(version__node=node).exclude(line=node).values_list("name", flat=True))
    if names:
        raise AliasPoints(
            f"The model's {', '.join(names[:10])} points at a version of this file. Point it elsewhere, or take the "
            "alias away first.",
            aliases=names,
        )
