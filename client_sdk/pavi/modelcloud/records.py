"""What the server says about versions, their history and quotas, as frozen facts."""

from dataclasses import dataclass
from typing import Any

__all__ = ["Change", "Lineage", "Quota", "Version", "read_change", "read_lineage", "read_quota", "read_version"]


@dataclass(frozen=True, slots=True)
class Lineage:
    """The training that bytes come from, as it was when they were stored.

    Attributes:
        id: UUID of the training.
        number, name: for people.
        iteration: when in the training; None when nobody said.
        commit: git commit of the training's code; empty when unknown.
        config_sha256: of the training's config; empty when unknown.
    """

    id: str
    number: int | None
    name: str
    iteration: int | None
    commit: str
    config_sha256: str


@dataclass(frozen=True, slots=True)
class Version:
    """Bytes that a file or a model held.

    Attributes:
        id: UUID.
        number: counts from 1.
        name: of the file.
        path: names exactly this version.
        size: bytes.
        sha256: of them, hexadecimal.
        comment, stage: set by people.
        aliases: names that point at it.
        created_at: ISO 8601.
        created_by: user name.
        training: where the bytes come from; None when nobody said.
    """

    id: str
    number: int
    name: str
    path: str
    size: int
    sha256: str
    comment: str
    stage: str
    aliases: tuple[str, ...]
    created_at: str
    created_by: str | None
    training: Lineage | None


@dataclass(frozen=True, slots=True)
class Change:
    """A line of history.

    Attributes:
        at: ISO 8601.
        by: user name.
        kind: ``alias`` or ``stage``.
        alias: which alias, if it is about one.
        version: what it points at since, or the version whose stage was set; None when the alias was taken away.
        previous: what it pointed at before.
        stage, previous_stage: since and before, if it is about a stage.
        comment: why.
    """

    at: str
    by: str | None
    kind: str
    alias: str | None
    version: int | None
    previous: int | None
    stage: str | None
    previous_stage: str | None
    comment: str


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes that a project's versions use (trash too), and may use; None is no limit."""

    used: int
    allowed: int | None


def read_lineage(data: dict[str, Any] | None) -> Lineage | None:
    """Lineage out of the server's JSON."""
    if not data:
        return None
    return Lineage(
        id=str(data["id"]),
        number=data.get("number"),
        name=str(data.get("name") or ""),
        iteration=data.get("iteration"),
        commit=str(data.get("commit") or ""),
        config_sha256=str(data.get("config_sha256") or ""),
    )


def read_version(data: dict[str, Any]) -> Version:
    """A version out of the server's JSON."""
    return Version(
        id=str(data["id"]),
        number=int(data["number"]),
        name=str(data["name"]),
        path=str(data["path"]),
        size=int(data["size"]),
        sha256=str(data["sha256"]),
        comment=str(data.get("comment") or ""),
        stage=str(data.get("stage") or "none"),
        aliases=tuple(data.get("aliases") or ()),
        created_at=str(data["created_at"]),
        created_by=data.get("created_by"),
        training=read_lineage(data.get("training")),
    )


def read_change(data: dict[str, Any]) -> Change:
    """A line of history out of the server's JSON."""
    return Change(
        at=str(data["at"]),
        by=data.get("by"),
        kind=str(data["kind"]),
        alias=data.get("alias"),
        version=data.get("version"),
        previous=data.get("previous"),
        stage=data.get("stage"),
        previous_stage=data.get("previous_stage"),
        comment=str(data.get("comment") or ""),
    )


def read_quota(data: dict[str, Any]) -> Quota:
    """A quota out of the server's JSON."""
    return Quota(int(data["used"]), data.get("allowed") or None)
