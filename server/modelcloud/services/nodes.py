"""Makes folders, models and files with their versions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from server.accounts.principal import Principal
from server.blobs import errors as blob_errors
from server.blobs import selectors as blob_selectors
from server.blobs import services as blobs
from server.modelcloud import paths
from server.modelcloud.errors import BadPlace, Duplicate, NoSuchNode, NotUploaded
from server.modelcloud.models import Kind, Node, Tree, Version
from server.modelcloud.paths import Path
from server.modelcloud.selectors import places
from server.modelcloud.selectors.nodes import ROOT, NodeFacts, facts
from server.modelcloud.selectors.places import Place
from server.modelcloud.selectors.versions import Lineage, newest_of
from server.modelcloud.services import lineage, trees


@dataclass(frozen=True, slots=True)
class Bytes:
    """What a new version holds, and what is said about it."""

    sha256: str
    comment: str = ""
    training: Lineage | None = None


def holder(version_id: UUID) -> str:
    """The name under which a version's bytes are kept from collection."""
    return f"model:{version_id}"


def create_node(*, actor: Principal, path: str, kind: Kind, exist_ok: bool = False) -> NodeFacts:
    """Makes a folder or a model, and the folders above it. A path of one part makes a project.

    Raises:
        BadPath, ReadOnly, NoSuchNode
        BadPlace: a file lies above it.
        Duplicate: the name is taken; with ``exist_ok`` only where a file has it.
    """
    wanted = paths.plain(path)
    if wanted.project is None:
        if exist_ok:
            return ROOT
        raise trees.taken("")
    if not wanted.parts:
        return facts(_project(actor, wanted, exist_ok))
    scope = trees.scope_for_writing(actor=actor, path=wanted)
    base = places.base_of(actor, scope)
    with one_wins(str(wanted)), transaction.atomic():
        trees.lock(scope.id)
        above = trees.make_parents(actor=actor, scope=scope, parts=wanted.parts[:-1])
        parent = above[-1] if above else None
        node = places.child(scope.id, parent, wanted.parts[-1])
        if node is None:
            node = trees.add_node(actor=actor, project=scope.id, parent=parent, name=wanted.parts[-1], kind=kind)
        elif not exist_ok or node.kind == Kind.FILE:
            raise trees.taken(str(wanted))
    return facts(Place(scope, base, (*above, node)))


def create_file(
    *,
    actor: Principal,
    path: str,
    sha256: str,
    overwrite: bool = False,
    comment: str = "",
    training: str | None = None,
    iteration: int | None = None,
) -> NodeFacts:
    """Makes a file of bytes that the actor has uploaded, or with ``overwrite`` a further version of it.

    A path of one part is a file of the actor's project ``default``. Repeating a call with ``overwrite`` word for word
    adds nothing.

    Args:
        training: UUID or number of the training that the bytes come from; the actor must see it.
        iteration: of that training.

    Raises:
        BadPath, BadPlace, ReadOnly, NoSuchNode
        NotUploaded, QuotaExceeded
        Duplicate: the name is taken.
    """
    wanted = at_home(actor, paths.plain(path))
    if not blob_selectors.possesses(user_id=actor.user_id, sha256=sha256):
        raise NotUploaded("These bytes are not here, or somebody else brought them. Upload them first: blobs/uploads.")
    origin = lineage.of_training(viewer=actor, ref=training, iteration=iteration) if training is not None else None
    held = Bytes(sha256, comment, origin)
    scope = trees.scope_for_writing(actor=actor, path=wanted)
    base = places.base_of(actor, scope)
    with one_wins(str(wanted)), transaction.atomic():
        tree = trees.lock(scope.id)[scope.id]
        above = trees.make_parents(actor=actor, scope=scope, parts=wanted.parts[:-1])
        node = put(actor=actor, tree=tree, above=above, name=wanted.parts[-1], held=held, overwrite=overwrite)
    return facts(Place(scope, base, (*above, node)))


def at_home(actor: Principal, path: Path) -> Path:
    """Where a file at this path goes: a path of one part into the actor's project ``default``.

    Raises:
        BadPlace: it is the root itself.
        Duplicate: that part is a project's name, which would hide the file.
    """
    if path.project is None:
        raise BadPlace("This is the root. Give the file a path: project/folder/name.")
    if path.parts:
        return path
    if path.owner is None:
        try:
            place = places.find(viewer=actor, path=path)
        except NoSuchNode:
            place = None
        if place is None or place.chain:
            return Path(actor.username, paths.DEFAULT_PROJECT, (path.project,))
    raise Duplicate(f"{path} is a project. Give the file a path inside it: {path}/name.", path=str(path))


def put(*, actor: Principal, tree: Tree, above: tuple[Node, ...], name: str, held: Bytes, overwrite: bool) -> Node:
    """Adds a version to the file of a name below ``above``, which is made first. The caller holds the tree's lock.

    Raises:
        Duplicate, NotUploaded, QuotaExceeded
    """
    parent = above[-1] if above else None
    node = places.child(tree.project, parent, name)
    if node is not None and (node.kind != Kind.FILE or not overwrite):
        raise trees.taken("/".join([*(folder.name for folder in above), name]))
    if node is not None:
        newest = newest_of(node)
        if newest is not None and _same(newest, held):
            return node
    else:
        node = trees.add_node(actor=actor, project=tree.project, parent=parent, name=name, kind=Kind.FILE)
    add_version(actor=actor, tree=tree, node=node, held=held)
    return node


def add_version(*, actor: Principal, tree: Tree, node: Node, held: Bytes) -> Version:
    """Adds a version to a file. The caller holds the tree's lock.

    Raises:
        NotUploaded, QuotaExceeded
    """
    line = node.parent if node.parent is not None and node.parent.kind == Kind.MODEL else node
    number = next_number(line)
    version = Version(
        project=tree.project,
        node=node,
        line=line,
        number=number,
        sha256=held.sha256,
        comment=held.comment,
        created_at=timezone.now(),
        created_by_id=actor.user_id,
    )
    if held.training is not None:
        origin = held.training
        version.training_id, version.training_number = origin.id, origin.number
        version.training_name, version.iteration = origin.name[:200], origin.iteration
        version.snapshot_id, version.git_commit = origin.snapshot, origin.commit[:100]
        version.config_sha256 = origin.config_sha256
    try:
        version.size = blobs.hold(sha256=held.sha256, holder=holder(version.id)).size
    except blob_errors.UnknownBlob:
        raise NotUploaded("These bytes have just been collected. Upload them again.") from None
    trees.charge(tree, {version.sha256: version.size})
    version.save(force_insert=True)
    return version


def next_number(line: Node, *, count: int = 1) -> int:
    """The last of the next ``count`` version numbers of a line, used up at once. The caller holds the tree's lock."""
    number = Node.objects.values_list("last_number", flat=True).get(id=line.id) + count
    Node.objects.filter(id=line.id).update(last_number=number)
    return number


@contextmanager
def one_wins(path: str) -> Iterator[None]:
    """Writers take turns by the tree's lock; should one slip past it, the constraint on names says the same."""
    try:
        yield
    except IntegrityError:
        raise trees.taken(path) from None


def _project(actor: Principal, path: Path, exist_ok: bool) -> Place:
    """The project of a path, made when it is not there."""
    try:
        place = places.find(viewer=actor, path=path)
    except NoSuchNode:
        place = None
    if place is not None and not exist_ok:
        raise trees.taken(str(path))
    if place is not None and place.chain:  # a file of the project `default` goes by this name
        raise trees.taken(place.path)
    if place is None:
        scope = trees.scope_for_writing(actor=actor, path=path)
        place = Place(scope, places.base_of(actor, scope))
    return place


def _same(version: Version, held: Bytes) -> bool:
    origin = held.training
    return (
        version.sha256 == held.sha256
        and version.comment == held.comment
        and version.training_id == (origin.id if origin else None)
        and version.iteration == (origin.iteration if origin else None)
        and version.snapshot_id == (origin.snapshot if origin else None)
    )
