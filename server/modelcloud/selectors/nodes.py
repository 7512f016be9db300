"""Nodes as callers see them: one, the children of a folder page by page, a whole subtree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from server.accounts import selectors as accounts
from server.accounts.principal import Principal, Role
from server.common import cursor as cursors
from server.modelcloud import paths
from server.modelcloud.models import Alias, Kind, Node, Stage, Version
from server.modelcloud.selectors import places
from server.modelcloud.selectors.places import Place
from server.modelcloud.selectors.versions import Lineage, lineage_of, pinned
from server.trainings.selectors import scopes
from server.trainings.selectors.scopes import Scope


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """A node. Size, sha256, version, stage, comment and training are those of its newest version, or the one named."""

    id: UUID | None
    kind: str
    name: str
    path: str
    project: Scope | None
    role: Role | None
    size: int | None = None
    sha256: str | None = None
    version: int | None = None
    versions: int = 0
    aliases: dict[str, int] = field(default_factory=dict)
    stage: str = Stage.NONE.value
    comment: str = ""
    created_at: datetime | None = None
    created_by: str | None = None
    trashed_at: datetime | None = None
    training: Lineage | None = None


ROOT = NodeFacts(None, Kind.FOLDER.value, "", "", None, None)


def node(*, viewer: Principal, path: str) -> NodeFacts:
    """One node. A path with ``@`` gives the version that it names, and pins it: ``…@v3``.

    Raises:
        BadPath, NoSuchNode
    """
    wanted = paths.parse(path)
    place = places.find(viewer=viewer, path=wanted)
    version = pinned(place, wanted) if wanted.pinned else None
    return facts(place, version=version)


def facts(place: Place, *, version: Version | None = None) -> NodeFacts:
    """A place as callers see it, at a version or at its newest one."""
    if place.scope is None:
        return ROOT
    if place.node is None:
        return project_facts(place.scope, place.base)
    above = place.path.rpartition("/")[0]
    return describe(place.scope, [(place.node, above)], version=version)[0]


def project_facts(scope: Scope, base: str) -> NodeFacts:
    """A project as the folder that it is in the tree."""
    return NodeFacts(scope.id, Kind.FOLDER.value, scope.name, base, scope, scope.role)


def children(
    *, viewer: Principal, path: str, recursive: bool = False, limit: int = 100, cursor: str | None = None
) -> tuple[list[NodeFacts], str | None]:
    """A page of what a folder holds, by name, and the cursor of the next one.

    ``recursive`` goes down: each folder is followed by what it holds.

    Raises:
        BadPath, NoSuchNode, BadCursor
    """
    place = places.find(viewer=viewer, path=paths.plain(path))
    if place.scope is None:
        return _projects(viewer, recursive, limit, cursor)
    if recursive:
        walk = _below(place, _names_of(place, cursor) if cursor else (), limit + 1)
    else:
        walk = _one_level(place, _name(cursor) if cursor else "", limit + 1)
    rows = list(islice(walk, limit + 1))
    more = None
    if len(rows) > limit:
        last = rows[limit - 1][0]
        more = cursors.encode([str(last.id), None] if recursive else [last.name])
    return describe(place.scope, _with_paths(place, rows[:limit])), more


def describe(scope: Scope, rows: Sequence[tuple[Node, str]], *, version: Version | None = None) -> list[NodeFacts]:
    """Nodes of one project, each with the path of its folder, as callers see them. A few queries for any number."""
    newest = {node.id: version for node, _ in rows} if version else _newest([node for node, _ in rows])
    counts, aliases = _counts([node for node, _ in rows]), _aliases([node for node, _ in rows])
    people = accounts.usernames({node.created_by_id for node, _ in rows})
    found = []
    for row, above in rows:
        shown = newest.get(row.id)
        suffix = f"@v{version.number}" if version else ""
        found.append(
            NodeFacts(
                id=row.id,
                kind=row.kind,
                name=row.name,
                path=f"{above}/{row.name}{suffix}",
                project=scope,
                role=scope.role,
                size=shown.size if shown else None,
                sha256=shown.sha256 if shown else None,
                version=shown.number if shown else None,
                versions=counts.get(row.id, 0),
                aliases=aliases.get(row.id, {}),
                stage=shown.stage if shown else Stage.NONE.value,
                comment=shown.comment if shown else "",
                created_at=row.created_at,
                created_by=people.get(row.created_by_id),
                trashed_at=row.trashed_at,
                training=lineage_of(shown) if shown else None,
            )
        )
    return found


def _newest(rows: Sequence[Node]) -> dict[UUID, Version]:
    of_file = Version.objects.filter(node=OuterRef("pk")).order_by("-number").values("id")[:1]
    of_model = (
        Version.objects.filter(line=OuterRef("pk"), node__trashed_at=None, node__parent=F("line"))
        .order_by("-number")
        .values("id")[:1]
    )
    found: dict[UUID, UUID] = {}
    for kind, newest in ((Kind.FILE, of_file), (Kind.MODEL, of_model)):
        ids = [row.id for row in rows if row.kind == kind.value]
        if ids:
            pairs = Node.objects.filter(id__in=ids).annotate(newest=Subquery(newest)).values_list("id", "newest")
            found.update((node_id, version_id) for node_id, version_id in pairs if version_id is not None)
    by_id = Version.objects.in_bulk(list(found.values()))
    return {node_id: by_id[version_id] for node_id, version_id in found.items() if version_id in by_id}


def _counts(rows: Sequence[Node]) -> dict[UUID, int]:
    counts: dict[UUID, int] = {}
    files = [row.id for row in rows if row.kind == Kind.FILE]
    models = [row.id for row in rows if row.kind == Kind.MODEL]
    if files:
        found = Version.objects.filter(node__in=files).values_list("node").annotate(count=Count("id"))
        counts.update(dict(found))
    if models:
        live = Version.objects.filter(line__in=models, node__trashed_at=None)
        counts.update(dict(live.values_list("line").annotate(count=Count("id"))))
    return counts


def _aliases(rows: Sequence[Node]) -> dict[UUID, dict[str, int]]:
    """Names to numbers: of a line all its aliases; of a file inside a model those that point at its versions."""
    lines = [row.id for row in rows if row.kind != Kind.FOLDER]
    files = [row.id for row in rows if row.kind == Kind.FILE]
    # Two questions, each with an index of its own; what holds of either in one would read every alias there is.
    of_lines = Alias.objects.filter(line__in=lines).values_list("line", "name", "version__number")
    of_files = Alias.objects.filter(version__in=Version.objects.filter(node__in=files)).values_list(
        "version__node", "name", "version__number"
    )
    found: dict[UUID, dict[str, int]] = {}
    for node_id, name, number in [*(of_lines if lines else ()), *(of_files if files else ())]:
        found.setdefault(node_id, {})[name] = number
    return {node_id: dict(sorted(names.items())) for node_id, names in found.items()}


def _rows(project: UUID, parent: Node | None) -> QuerySet[Node]:
    rows = Node.objects.filter(trashed_at=None).order_by("name")
    return rows.filter(parent=parent) if parent is not None else rows.filter(project=project, parent=None)


def _with_paths(place: Place, rows: Sequence[tuple[Node, tuple[str, ...]]]) -> list[tuple[Node, str]]:
    return [(row, "/".join([place.path, *relative[:-1]])) for row, relative in rows]


def _one_level(place: Place, after: str, most: int) -> Iterator[tuple[Node, tuple[str, ...]]]:
    assert place.scope is not None  # noqa: S101  # callers handle the root
    if place.node is not None and place.node.kind == Kind.FILE:
        return
    rows = _rows(place.scope.id, place.node)
    for row in (rows.filter(name__gt=after) if after else rows)[:most]:
        yield row, (row.name,)


def _below(place: Place, after: tuple[str, ...], most: int) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """All nodes below a place, each folder before what it holds, from behind the names of ``after``."""
    assert place.scope is not None  # noqa: S101
    project = place.scope.id
    parents: list[Node | None] = [place.node]
    for name in after:  # down to where the last page ended, as far as that still leads
        found = places.child(project, parents[-1], name)
        if found is None:
            break
        parents.append(found)
    if len(parents) > len(after):
        yield from _descend(project, parents.pop(), after, most)
    for level in range(min(len(parents), len(after)) - 1, -1, -1):  # what comes behind it, level by level upwards
        rows = _rows(project, parents[level]).filter(name__gt=after[level])
        yield from _with_descendants(project, rows, after[:level], most)


def _descend(
    project: UUID, parent: Node | None, above: tuple[str, ...], most: int
) -> Iterator[tuple[Node, tuple[str, ...]]]:
    if parent is None or parent.kind != Kind.FILE:
        yield from _with_descendants(project, _rows(project, parent), above, most)


def _with_descendants(
    project: UUID, rows: QuerySet[Node], above: tuple[str, ...], most: int
) -> Iterator[tuple[Node, tuple[str, ...]]]:
    for row in rows[:most]:
        yield row, (*above, row.name)
        yield from _descend(project, row, (*above, row.name), most)


def _projects(viewer: Principal, recursive: bool, limit: int, cursor: str | None) -> tuple[list[NodeFacts], str | None]:
    """What the root holds: projects, and with ``recursive`` what they hold. A cursor is a project and a node in it."""
    everything = scopes.readable(viewer=viewer)
    names: tuple[str, ...] = ()
    start = 0
    if cursor:
        last, inside = _position(cursor)
        start = next((index for index, scope in enumerate(everything) if str(scope.id) == last), -1)
        if start < 0:
            raise cursors.BadCursor("The project where this page ended is gone. Leave the cursor out to start again.")
        names = _names_of(Place(everything[start], ""), cursor, inside) if inside else ()
    found: list[NodeFacts] = []
    for index, scope in enumerate(everything[start:]):
        place = Place(scope, places.base_of(viewer, scope))
        shown_before = cursor is not None and index == 0
        if not shown_before:
            if len(found) == limit:
                return found, cursors.encode([found[-1].project and str(found[-1].project.id), _node_id(found[-1])])
            found.append(project_facts(scope, place.base))
        if recursive:
            room = limit - len(found)
            rows = list(islice(_below(place, names if shown_before else (), room + 1), room + 1))
            found += describe(scope, _with_paths(place, rows[:room]))
            if len(rows) > room:
                return found, cursors.encode([str(scope.id), _node_id(found[-1])])
    return found, None


def _node_id(facts: NodeFacts) -> str | None:
    """What a cursor remembers of a node; a project is remembered by its own id alone."""
    assert facts.project is not None  # noqa: S101  # the root is in no page
    return None if facts.id == facts.project.id else str(facts.id)


def _names_of(place: Place, cursor: str, node_id: str | None = None) -> tuple[str, ...]:
    """The names below a place of the node where a page ended, also when that has been trashed since."""
    wanted = node_id or _position(cursor)[0]
    gone = cursors.BadCursor("What this page ended at has moved or is gone. Leave the cursor out to start again.")
    try:
        row = Node.objects.filter(id=UUID(wanted)).first()
    except ValueError:
        raise gone from None
    if row is None or place.scope is None or row.project != place.scope.id:
        raise gone
    chain = [*places.ancestors(row), row]
    depth = len(place.chain)
    if [node.id for node in chain[:depth]] != [node.id for node in place.chain]:
        raise gone
    return tuple(node.name for node in chain[depth:])


def _position(cursor: str) -> tuple[str, str | None]:
    first, second = cursors.decode(cursor, length=2)
    if not isinstance(first, str) or not isinstance(second, str | None):
        raise cursors.BadCursor("This cursor is not from here. Leave it out to start at the first page.")
    return first, second


def _name(cursor: str) -> str:
    (name,) = cursors.decode(cursor, length=1)
    if not isinstance(name, str) or not name or "\0" in name:
        raise cursors.BadCursor("This cursor is not from here. Leave it out to start at the first page.")
    return name
