"""A snapshot of a training becomes a version of a model."""

from uuid import UUID

from django.db import transaction

from server.accounts.principal import Principal
from server.modelcloud import paths
from server.modelcloud.errors import BadPath, BadPlace, NoSuchNode
from server.modelcloud.models import Kind, Node, Version
from server.modelcloud.selectors import places
from server.modelcloud.selectors.nodes import NodeFacts, facts
from server.modelcloud.selectors.places import Place
from server.modelcloud.selectors.versions import newest_of
from server.modelcloud.services import lineage, nodes, trees, versions
from server.trainings import errors as training_errors
from server.trainings.selectors import snapshots as training_snapshots
from server.trainings.selectors import trainings
from server.trainings.services import snapshots


def promote(
    *, actor: Principal, training: str, snapshot: UUID, path: str, alias: str | None = None, comment: str = ""
) -> NodeFacts:
    """Makes a snapshot a version of the model at a path, made where it is not there, and points an alias at it.

    At the path of a file it becomes a further version of that file. Its bytes are shared, not copied.

    Raises:
        BadPath, BadAlias, ReadOnly, QuotaExceeded
        NoSuchNode: no such training or snapshot, or they are not the actor's to see.
        BadPlace: a folder is there.
        SnapshotPending: its bytes have not arrived yet.
    """
    name = paths.check_alias(alias) if alias else None
    wanted = paths.plain(path)
    if not wanted.parts:
        raise BadPlace("Name a model inside a project: project/model.")
    try:
        snapshots.claim_pending(training_id=trainings.training_id(viewer=actor, ref=training))
        found = training_snapshots.snapshot_for_download(viewer=actor, ref=training, snapshot_id=snapshot)
    except (training_errors.NoSuchTraining, training_errors.NoSuchSnapshot) as error:
        raise NoSuchNode(str(error)) from None
    origin = lineage.of_snapshot(viewer=actor, ref=training, snapshot_id=snapshot, iteration=found.iteration)
    held = nodes.Bytes(found.sha256, comment, origin)
    scope = trees.scope_for_writing(actor=actor, path=wanted)
    base = places.base_of(actor, scope)
    with nodes.one_wins(str(wanted)), transaction.atomic():
        tree = trees.lock(scope.id)[scope.id]
        above = trees.make_parents(actor=actor, scope=scope, parts=wanted.parts[:-1])
        parent = above[-1] if above else None
        last = wanted.parts[-1]
        node = places.child(scope.id, parent, last)
        if node is None:
            node = trees.add_node(actor=actor, project=scope.id, parent=parent, name=last, kind=Kind.MODEL)
        if node.kind == Kind.FOLDER:
            raise BadPlace(f"{str(wanted)!r} is a folder. Name a model in it: {wanted}/name.")
        if node.kind == Kind.MODEL:
            file = nodes.put(
                actor=actor, tree=tree, above=(*above, node), name=file_name(found.name), held=held, overwrite=True
            )
        else:
            file = nodes.put(actor=actor, tree=tree, above=above, name=last, held=held, overwrite=True)
        version = _newest(file)
        if name is not None:
            where = "/".join([base, *wanted.parts])
            versions.point(actor=actor, node=node, alias=name, target=version, comment=comment, path=where)
    return facts(Place(scope, base, (*above, node)), version=version)


def file_name(name: str) -> str:
    """What a snapshot's file is called in a model; snapshots may have names that no path can hold."""
    cleaned = name.replace("\\", "/").rpartition("/")[2].replace("@", "_")[-paths.MAX_NAME_CHARS :]
    try:
        return paths.check_name(cleaned)
    except BadPath:
        return "snapshot"


def _newest(file: Node) -> Version:
    version = newest_of(file)
    assert version is not None  # noqa: S101  # one was just put there
    return version
