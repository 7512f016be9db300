"""Versions: which one a path names, the list of a line, its aliases and their history."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from server.accounts import selectors as accounts
from server.accounts.principal import Principal, Role
from server.common import cursor as cursors
from server.modelcloud import paths
from server.modelcloud.errors import BadPlace, NoSuchNode
from server.modelcloud.models import Alias, Change, Kind, Node, Version
from server.modelcloud.paths import Path
from server.modelcloud.selectors import places
from server.modelcloud.selectors.places import Place


@dataclass(frozen=True, slots=True)
class Lineage:
    """The training that a version comes from, as it was when the version was made."""

    id: UUID
    number: int | None
    name: str
    iteration: int | None
    snapshot: UUID | None
    commit: str
    config_sha256: str


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version. ``name`` is that of its file; ``path`` names exactly this version."""

    id: UUID
    number: int
    name: str
    path: str
    size: int
    sha256: str
    comment: str
    stage: str
    aliases: list[str]
    created_at: datetime
    created_by: str | None
    training: Lineage | None


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """One line of history. ``kind`` is ``alias`` (``version`` is what it points at since) or ``stage``."""

    id: int
    at: datetime
    by: str | None
    kind: str
    alias: str | None
    version: int | None
    previous: int | None
    stage: str | None
    previous_stage: str | None
    comment: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """The version that a path means: what other apps need to hand its bytes on. ``line`` is the model, or the file."""

    id: UUID
    project: UUID
    line: UUID
    number: int
    name: str
    path: str
    size: int
    sha256: str
    stage: str
    training: Lineage | None


def resolve(*, viewer: Principal, path: str, role: Role = Role.VIEWER) -> Resolved:
    """The version at a path: the one named behind ``@``, else the newest.

    Raises:
        BadPath, NoSuchNode
        BadPlace: a folder has no bytes.
    """
    wanted = paths.parse(path)
    place = places.find(viewer=viewer, path=wanted, role=role)
    version = named(place, wanted)
    return Resolved(
        id=version.id,
        project=version.project,
        line=version.line_id,
        number=version.number,
        name=version.node.name,
        path=f"{place.path}@v{version.number}",
        size=version.size,
        sha256=version.sha256,
        stage=version.stage,
        training=lineage_of(version),
    )


def named(place: Place, path: Path) -> Version:
    """The version that a path means at its place: the one named behind ``@``, else the newest.

    Raises:
        BadPlace, NoSuchNode
    """
    if path.pinned:
        return pinned(place, path)
    newest = newest_of(line_node(place, path))
    if newest is None:
        raise NoSuchNode(f"The model {place.path!r} holds no file yet.", path=place.path)
    return newest


def pinned(place: Place, path: Path) -> Version:
    """The version named behind ``@``.

    Raises:
        BadPlace, NoSuchNode
    """
    node = line_node(place, path)
    rows = live_versions(node)
    if path.number is not None:
        version = rows.filter(number=path.number).first()
        what = f"version {path.number}"
    else:
        version = rows.filter(aliases__name=path.alias, aliases__line=line_of(node)).first()
        what = f"alias {path.alias!r}"
    if version is None:
        raise NoSuchNode(f"{place.path!r} has no {what}.", path=str(path)[:1000])
    return version


def line_node(place: Place, path: Path) -> Node:
    """The node of a place that has versions.

    Raises:
        BadPlace: it is a folder.
    """
    node = place.node
    if node is None or node.kind == Kind.FOLDER:
        raise BadPlace(f"{str(path)[:300]!r} is a folder. Name a file or a model in it.", path=place.path)
    return node


def line_of(node: Node) -> UUID:
    """The id of the line that a file's or model's versions count in."""
    if node.kind == Kind.FILE and node.parent is not None and node.parent.kind == Kind.MODEL:
        return node.parent.id
    return node.id


def live_versions(node: Node) -> QuerySet[Version]:
    """Versions of a file, or of all files of a model that are not in the trash."""
    rows = Version.objects.select_related("node")
    return rows.filter(node=node) if node.kind == Kind.FILE else rows.filter(line=node, node__trashed_at=None)


def newest_of(node: Node) -> Version | None:
    """The newest version of a file or a model."""
    return live_versions(node).order_by("-number").first()


def versions(
    *, viewer: Principal, path: str, limit: int = 100, cursor: str | None = None
) -> tuple[list[VersionFacts], str | None]:
    """A page of the versions of a file or a model, newest first, and the cursor of the next one.

    Raises:
        BadPath, NoSuchNode, BadPlace, BadCursor
    """
    wanted = paths.parse(path)
    place = places.find(viewer=viewer, path=wanted)
    rows = live_versions(line_node(place, wanted)).order_by("-number")
    if wanted.pinned:
        rows = rows.filter(id=pinned(place, wanted).id)
    if cursor:
        rows = rows.filter(number__lt=_number(cursor))
    page = list(rows[: limit + 1])
    more = cursors.encode([page[limit - 1].number]) if len(page) > limit else None
    return describe(place.path, page[:limit]), more


def version(*, viewer: Principal, version_id: UUID, role: Role = Role.VIEWER) -> tuple[Place, Version]:
    """A version by id, outside the trash, and the place of its file.

    Raises:
        NoSuchNode, ReadOnly
    """
    found = Version.objects.select_related("node").filter(id=version_id).first()
    if found is None:
        raise places.missing(version_id)
    scope, node = places.trashed_or_not(viewer=viewer, node_id=found.node_id, role=role)
    place = places.place_of(viewer, scope, node)
    if any(above.trashed_at is not None for above in place.chain):
        raise places.missing(version_id)
    return place, found


def describe(path: str, rows: list[Version]) -> list[VersionFacts]:
    """Versions of the line at a path as callers see them."""
    people = accounts.usernames({row.created_by_id for row in rows})
    aliases: dict[UUID, list[str]] = {}
    for version_id, name in Alias.objects.filter(version__in=rows).order_by("name").values_list("version_id", "name"):
        aliases.setdefault(version_id, []).append(name)
    return [
        VersionFacts(
            id=row.id,
            number=row.number,
            name=row.node.name,
            path=f"{path}@v{row.number}",
            size=row.size,
            sha256=row.sha256,
            comment=row.comment,
            stage=row.stage,
            aliases=aliases.get(row.id, []),
            created_at=row.created_at,
            created_by=people.get(row.created_by_id),
            training=lineage_of(row),
        )
        for row in rows
    ]


def history(
    *, viewer: Principal, path: str, limit: int = 100, cursor: str | None = None
) -> tuple[list[ChangeFacts], str | None]:
    """A page of who gave which alias and stage, newest first, and the cursor of the next one.

    Raises:
        BadPath, NoSuchNode, BadPlace, BadCursor
    """
    wanted = paths.plain(path)
    place = places.find(viewer=viewer, path=wanted)
    node = line_node(place, wanted)
    rows = Change.objects.filter(line_id=line_of(node)).order_by("-id")
    if node.kind == Kind.FILE:
        rows = rows.filter(file=node)
    if cursor:
        rows = rows.filter(id__lt=_number(cursor))
    page = list(rows[: limit + 1])
    people = accounts.usernames({row.by_id for row in page})
    more = cursors.encode([page[limit - 1].id]) if len(page) > limit else None
    return [_change(row, people.get(row.by_id)) for row in page[:limit]], more


def _change(row: Change, by: str | None) -> ChangeFacts:
    return ChangeFacts(
        id=row.id,
        at=row.at,
        by=by,
        kind="alias" if row.alias else "stage",
        alias=row.alias or None,
        version=row.version,
        previous=row.previous,
        stage=row.stage or None,
        previous_stage=row.previous_stage or None,
        comment=row.comment,
    )


def lineage_of(row: Version) -> Lineage | None:
    """Where a version comes from; None when nobody said."""
    if row.training_id is None:
        return None
    return Lineage(
        row.training_id,
        row.training_number,
        row.training_name,
        row.iteration,
        row.snapshot_id,
        row.git_commit,
        row.config_sha256,
    )


def _number(cursor: str) -> int:
    (number,) = cursors.decode(cursor, length=1)
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) >= 1 << 63:
        raise cursors.BadCursor("This cursor is not from here. Leave it out to start at the first page.")
    return number
