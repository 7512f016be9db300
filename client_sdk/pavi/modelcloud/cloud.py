"""Questions to the ModelCloud that begin at no node."""

import os
from collections.abc import Iterator

from pavi.api.snapshots import Snapshot
from pavi.delivery.client import Client
from pavi.modelcloud.connection import ask, connected, normal, pages
from pavi.modelcloud.node import Node
from pavi.modelcloud.records import Quota, read_quota

__all__ = ["get", "promote", "quota", "trash"]


def get(path: str | os.PathLike[str], *, client: Client | None = None) -> Node:
    """The node at a path; the root for an empty one.

    Args:
        path: with or without ``pavi://``; ``@v3`` or ``@production`` behind it names a version.
        client: who asks; the configured login when absent.

    Raises:
        NodeNotFoundError: nothing is there, or it is not yours to see.
        NotLoggedIn: nobody is logged in.
        ServerUnreachable: no answer for half a minute.
    """
    return Node(path, None, client)._loaded()


def promote(
    training: int | str,
    snapshot: Snapshot | str,
    path: str | os.PathLike[str],
    *,
    alias: str | None = None,
    comment: str | None = None,
    client: Client | None = None,
) -> Node:
    """Makes a snapshot of a training a version of a model, without moving a byte.

    Args:
        training: its number or id.
        snapshot: one of ``Api().training(…).snapshots()``, or its id.
        path: of the model; made when it is not there.
        alias: points at the new version afterwards.
        comment: kept with the version.
        client: who asks; the configured login when absent.

    Raises:
        NotFound: there is no such training or snapshot.
        Conflict: the snapshot's bytes have not arrived yet.
    """
    client = connected(client)
    body = {
        "training": str(training),
        "snapshot": snapshot if isinstance(snapshot, str) else snapshot.id,
        "path": normal(path),
        **({"alias": alias} if alias else {}),
        **({"comment": comment} if comment else {}),
    }
    data = client.post("modelcloud/promote", body)
    return Node(data["path"], data, client)


def trash(project: str, *, client: Client | None = None) -> Iterator[Node]:
    """What lies in a project's trash, newest first."""
    client = connected(client)
    for item in pages(client, "modelcloud/trash", {"project": project}):
        yield Node(item["path"], item, client)


def quota(project: str, *, client: Client | None = None) -> Quota:
    """Bytes that a project uses and may use."""
    return read_quota(ask(connected(client), "GET", "modelcloud/quota", params={"project": project}))
