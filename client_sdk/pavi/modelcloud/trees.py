"""Whole folders, up and down, and copies inside of the ModelCloud. A second run sends only what is missing.

Owns which file goes where. A single file's way is the node's.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pavi.delivery.blobs import OnProgress, digest_of
from pavi.exception import Conflict, NodeDuplicatedError, NodeNotFoundError
from pavi.modelcloud.connection import connected, joined, local_name
from pavi.modelcloud.node import Folder, Node

__all__ = ["Down", "Up", "copy", "download", "plan_download", "plan_upload", "upload"]


@dataclass(frozen=True, slots=True)
class Up:
    """A local file, and its path in the ModelCloud."""

    local: Path
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Down:
    """A node with bytes, and the local file that they go to."""

    node: Node
    local: Path


def plan_upload(local: Path, path: str) -> Iterator[Up]:
    """The files below a local folder, with their paths below ``path``. Links to folders are not followed."""
    for folder, folders, names in os.walk(local):
        folders.sort()
        below = Path(folder).relative_to(local).as_posix()
        for name in sorted(names):
            file = Path(folder) / name
            if file.is_file() and not (name.startswith(".") and name.endswith(".part")):
                parts = (path, "" if below == "." else below, name)
                yield Up(file, "/".join(part for part in parts if part), file.stat().st_size)


def plan_download(node: Node, local: Path) -> Iterator[Down]:
    """The files below a node, with where they go below ``local``."""
    base = node.path
    for child in node.children(recursive=True):
        if child.kind == "file":
            parts = [local_name(part) for part in child.path.removeprefix(base).strip("/").split("/")]
            yield Down(child, local.joinpath(*parts))


def upload(one: Up, *, overwrite: bool, on_progress: OnProgress | None = None, **about: Any) -> bool:
    """Sends one file. False when the same bytes are there already.

    Args:
        one: what, and where to.
        overwrite: make a further version of what is there and differs.
        on_progress: see `pavi.delivery.blobs.OnProgress`.
        about: ``comment``, ``training`` and ``iteration``, as for `Node.create_file`.

    Raises:
        NodeDuplicatedError: something else is there, and ``overwrite`` is False.
    """
    with contextlib.suppress(NodeNotFoundError):
        there = Node(one.path)
        if there.size == one.size and there.sha256 == _sha256(one.local, on_progress):
            return False
        if not overwrite:
            raise NodeDuplicatedError(
                f"{there.uri} is there already and differs; --overwrite makes a further version of it", status=409
            )
    folder, _, name = one.path.rpartition("/")
    Folder(folder).create_file(one.local, name, overwrite=overwrite, on_progress=on_progress, **about)
    return True


def download(one: Down, *, overwrite: bool, on_progress: OnProgress | None = None) -> bool:
    """Fetches one file. False when the same bytes are there already.

    Raises:
        FileExistsError: something else is there, and ``overwrite`` is False.
    """
    if one.local.exists():
        same = one.local.is_file() and one.local.stat().st_size == one.node.size
        if same and _sha256(one.local, on_progress) == one.node.sha256:
            return False
        if not overwrite:
            raise FileExistsError(17, "is there already and differs; --overwrite replaces it", str(one.local))
    one.local.parent.mkdir(parents=True, exist_ok=True)
    one.node.download(one.local, on_progress)
    return True


def copy(node: Node, path: str, *, overwrite: bool, on_progress: OnProgress | None = None) -> Node:
    """Copies a file inside of the ModelCloud: without moving bytes if the caller once sent them, else through here.

    Raises:
        NodeDuplicatedError: the path is taken, and ``overwrite`` is False.
        NodeNotFoundError: the node holds no bytes.
    """
    if node.sha256 is None:
        raise NodeNotFoundError(f"{node.uri} holds no bytes: it is a {node.kind}; name a file in it", status=404)
    folder, _, name = path.rpartition("/")
    body: dict[str, Any] = {"path": joined(folder, name), "sha256": node.sha256, "overwrite": overwrite}
    if node.training is not None:
        body |= {"training": node.training.id, "iteration": node.training.iteration}
    try:
        data = connected().post("modelcloud/files", {key: value for key, value in body.items() if value is not None})
        return Node(data["path"], data)
    except NodeDuplicatedError:
        raise
    except Conflict as error:
        if error.code != "modelcloud.not_uploaded":
            raise
    with tempfile.TemporaryDirectory(prefix="pavi-") as temporary:
        local = node.download(Path(temporary) / "copy", on_progress)
        return Folder(folder).create_file(local, name, overwrite=overwrite, on_progress=on_progress)


def _sha256(path: Path, on_progress: OnProgress | None) -> str:
    total = path.stat().st_size
    with path.open("rb") as file:
        return digest_of(file, lambda done: on_progress("reading", done, total) if on_progress else None)[0]
