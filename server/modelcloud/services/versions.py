"""What people say about versions: aliases, stages, comments. Every change of the first two stays in the history."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from server.modelcloud import paths
from server.modelcloud.errors import NoSuchNode
from server.modelcloud.models import Alias, Change, Node, Stage, Version
from server.modelcloud.selectors import places
from server.modelcloud.selectors import versions as selectors
from server.modelcloud.selectors.nodes import NodeFacts, facts
from server.modelcloud.services import trees


def set_alias(*, actor: Principal, path: str, alias: str, version: int | None, comment: str = "") -> NodeFacts:
    """Points an alias of a model or file at a version, or takes it away. What is so already stays, unrecorded.

    Raises:
        BadPath, BadAlias, BadPlace, ReadOnly
        NoSuchNode: also where there is no such version, or no alias to take away.
    """
    name = paths.check_alias(alias)
    wanted = paths.plain(path)
    seen = places.find(viewer=actor, path=wanted, role=Role.MEMBER)
    selectors.line_node(seen, wanted)
    assert seen.scope is not None  # noqa: S101  # what has versions lies in a project
    with transaction.atomic():
        trees.lock(seen.scope.id)
        place = places.find(viewer=actor, path=wanted, role=Role.MEMBER)
        node = selectors.line_node(place, wanted)
        target = None
        if version is not None:
            target = selectors.live_versions(node).filter(number=version).first()
            if target is None:
                raise NoSuchNode(f"{place.path!r} has no version {version}.", path=place.path)
        point(actor=actor, node=node, alias=name, target=target, comment=comment, path=place.path)
    return facts(place)


def point(*, actor: Principal, node: Node, alias: str, target: Version | None, comment: str, path: str) -> None:
    """Moves an alias of a node's line. The caller holds the tree's lock and has checked name and version.

    Raises:
        NoSuchNode: there is no such alias to take away.
    """
    line = selectors.line_of(node)
    row = Alias.objects.select_related("version").filter(line_id=line, name=alias).first()
    before = row.version if row is not None else None
    if target is None:
        if row is None:
            raise NoSuchNode(f"{path!r} has no alias {alias!r}.", path=path)
        row.delete()
    elif before is not None and before.id == target.id:
        return
    else:
        Alias.objects.update_or_create(line_id=line, name=alias, defaults={"version": target})
    told = target or before
    assert told is not None  # noqa: S101
    Change.objects.create(
        line_id=line,
        file_id=told.node_id,
        at=timezone.now(),
        by_id=actor.user_id,
        alias=alias,
        version=target.number if target is not None else None,
        previous=before.number if before is not None else None,
        comment=comment,
    )
    accounts.record(
        actor=actor,
        action="modelcloud.alias_set" if target is not None else "modelcloud.alias_removed",
        target=f"{path}@{alias}",
        scope=node.project,
        details={"from": before.number if before else None, "to": target.number if target else None},
    )


def change_version(
    *, actor: Principal, version_id: UUID, stage: str | None = None, comment: str | None = None
) -> selectors.VersionFacts:
    """Sets a version's stage, with ``comment`` as the reason in the history; without a stage, its own comment.

    Raises:
        NoSuchNode, ReadOnly
    """
    place, seen = selectors.version(viewer=actor, version_id=version_id, role=Role.MEMBER)
    with transaction.atomic():
        trees.lock(seen.project)
        version = Version.objects.select_related("node").filter(id=version_id, project=seen.project).first()
        if version is None:
            raise places.missing(version_id)
        if stage is None:
            version.comment = version.comment if comment is None else comment
        elif stage != version.stage:
            Change.objects.create(
                line_id=version.line_id,
                file_id=version.node_id,
                at=timezone.now(),
                by_id=actor.user_id,
                version=version.number,
                stage=Stage(stage).value,
                previous_stage=version.stage,
                comment=comment or "",
            )
            accounts.record(
                actor=actor,
                action="modelcloud.stage_set",
                target=f"{place.path}@v{version.number}",
                scope=version.project,
                details={"from": version.stage, "to": stage},
            )
            version.stage = stage
        version.save(update_fields=["stage", "comment"])
    return selectors.describe(place.path, [version])[0]
