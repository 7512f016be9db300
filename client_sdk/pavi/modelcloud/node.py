"""A node of the ModelCloud: what it is, its bytes, its versions, and what may be done with it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pavi.delivery.blobs import OnProgress
from pavi.delivery.client import Client
from pavi.delivery.downloads import Wanted, download_file
from pavi.delivery.patience import Patience
from pavi.delivery.sending import upload_file
from pavi.exception import NodeDuplicatedError, NodeNotFoundError, ServerUnavailable, ServerUnreachable
from pavi.modelcloud.connection import SCHEME, ask, connected, joined, local_name, normal, pages, unversioned
from pavi.modelcloud.records import Change, Lineage, Version, read_change, read_lineage, read_version

__all__ = ["Folder", "Node"]


class Node:
    """A folder, a training model or a file. What it is was read when it was made; `refreshed` reads again.

    Every method may raise `ServerUnreachable` (after half a minute of trying), `NotLoggedIn`, `Forbidden`, and
    `NodeNotFoundError` when the node is gone meanwhile.

    Args:
        path: with or without ``pavi://``.
        data: the server's JSON; read when it is first needed if absent.
        client: who asks; the configured login when absent.
    """

    def __init__(
        self, path: str | os.PathLike[str] = "", data: dict[str, Any] | None = None, client: Client | None = None
    ) -> None:
        self._asked = normal(path)
        self._data = data
        self._client = client

    @property
    def data(self) -> dict[str, Any]:
        """Everything that the server says about it."""
        if self._data is None:
            self._data = dict(ask(connected(self._client), "GET", "modelcloud/node", params={"path": self._asked}))
        return self._data

    @property
    def id(self) -> str | None:
        """UUID; None for the root."""
        return self.data.get("id")

    @property
    def kind(self) -> str:
        """``folder``, ``model`` or ``file``."""
        return str(self.data["kind"])

    @property
    def name(self) -> str:
        """The last part of the path; empty for the root."""
        return str(self.data["name"])

    @property
    def path(self) -> str:
        """Without ``pavi://``; ends in ``@v3`` when one version was asked for."""
        return str(self.data["path"]) if self._data is not None else self._asked

    @property
    def uri(self) -> str:
        """With ``pavi://``."""
        return SCHEME + self.path

    @property
    def project(self) -> str | None:
        """Name of the project; None for the root."""
        project = self.data.get("project")
        return None if project is None else str(project["name"])

    @property
    def size(self) -> int | None:
        """Bytes; None when it holds none."""
        return self.data.get("size")

    @property
    def sha256(self) -> str | None:
        """Of its bytes, hexadecimal; None when it holds none."""
        return self.data.get("sha256")

    @property
    def version(self) -> int | None:
        """Number of the newest version, or of the one that was asked for."""
        return self.data.get("version")

    @property
    def stage(self) -> str:
        """Of that version: ``none``, ``candidate``, ``staging``, ``production`` or ``archived``."""
        return str(self.data.get("stage") or "none")

    @property
    def comment(self) -> str:
        """Of that version."""
        return str(self.data.get("comment") or "")

    @property
    def training(self) -> Lineage | None:
        """The training that its bytes come from; None when nobody said."""
        return read_lineage(self.data.get("training"))

    def aliases(self) -> dict[str, int]:
        """Alias → number of the version that it points at."""
        return dict(self.data.get("aliases") or {})

    def refreshed(self) -> "Node":
        """The same node as it is now."""
        return Node(self.path, None, self._client)._loaded()

    def children(self, *, recursive: bool = False) -> Iterator["Node"]:
        """What a folder or model holds, by name; ``recursive`` goes down, each folder before what it holds."""
        params = {"path": self.path, **({"recursive": "true"} if recursive else {})}
        for item in pages(connected(self._client), "modelcloud/nodes", params):
            yield self._made(item)

    def versions(self) -> list[Version]:
        """All versions of a file or model, newest first."""
        route = "modelcloud/versions"
        return [read_version(item) for item in pages(connected(self._client), route, {"path": self._plain})]

    def history(self) -> list[Change]:
        """Who gave which alias and stage, when and why; newest first."""
        route = "modelcloud/history"
        return [read_change(item) for item in pages(connected(self._client), route, {"path": self._plain})]

    def tensors(self) -> dict[str, Any]:
        """What is in the file, read from its outside: ``tensors`` (name, shape, dtype), for pickles the ``globals``.

        Raises:
            InvalidRequest: no format that is known, or a damaged file.
        """
        return dict(ask(connected(self._client), "GET", "modelcloud/tensors", params={"path": self.path}))

    def create_folder(self, name: str, *, exist_ok: bool = False) -> "Node":
        """Makes a folder in here; ``name`` may be a path, whose parents are made.

        Raises:
            NodeDuplicatedError: something is there, and it is no folder or ``exist_ok`` is False.
        """
        return self._create("folder", name, exist_ok)

    def create_training_model(self, name: str, *, exist_ok: bool = True) -> "Node":
        """Makes a training model in here: a folder whose files are versions of one model. Parents are made.

        Args:
            name: may be a path.
            exist_ok: return one that is there already (all ranks may come at once).

        Raises:
            NodeDuplicatedError: something is there, and it is no model or ``exist_ok`` is False.
        """
        return self._create("model", name, exist_ok)

    def create_file(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        *,
        overwrite: bool = False,
        comment: str | None = None,
        training: str | int | None = None,
        iteration: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> "Node":
        """Uploads a file into here, in constant memory; a call that broke off is gone on with by the next.

        Args:
            local_path: the file.
            name: its name here; that of the local file when absent.
            overwrite: make a further version of what is there.
            comment: kept with the version.
            training: number or id of the training that it comes from.
            iteration: of that training.
            on_progress: see `pavi.delivery.blobs.OnProgress`.

        Raises:
            NodeDuplicatedError: the name is taken.
            FileChanged: the file changed while it was uploaded.
            TooLarge: the project's quota is used up.
            OSError: the file cannot be read.
        """
        client, local = connected(self._client), Path(local_path)
        path = joined(self.path, name or local.name)
        if not overwrite:
            _refuse_taken(client, path)  # before, and not after, gigabytes were sent
        stored = upload_file(local, client, on_progress)
        body = {"path": path, "sha256": stored.sha256, "overwrite": overwrite, "comment": comment}
        body |= {"training": None if training is None else str(training), "iteration": iteration}
        return self._made(_register(client, {key: value for key, value in body.items() if value is not None}))

    def download(self, local_file_name: str | os.PathLike[str], on_progress: OnProgress | None = None) -> Path:
        """Fetches the bytes. The file appears only whole and checked; the next call goes on where one broke off.

        Args:
            local_file_name: the file to write, or an existing folder to put it in under its own name.
            on_progress: see `pavi.delivery.blobs.OnProgress`.

        Returns:
            The file written.

        Raises:
            DownloadDamaged: the checksum is wrong, also when fetched anew.
            NodeNotFoundError: it holds no bytes.
        """
        sha256, size = self.sha256, self.size
        if sha256 is None or size is None:
            raise NodeNotFoundError(f"{self.uri} holds no bytes: it is a {self.kind}; name a file in it", status=404)
        target = Path(local_file_name)
        if target.is_dir():
            target /= local_name(self.name)
        # The version is named, so that what is put there meanwhile cannot mix with what comes.
        path = self._plain if self.version is None else f"{self._plain}@v{self.version}"
        wanted = Wanted("modelcloud/file", {"path": path}, self.uri, size, sha256)
        return download_file(connected(self._client), wanted, target, on_progress)

    def set_alias(self, alias: str, version: int | None = None, *, comment: str | None = None) -> "Node":
        """Lets an alias point at a version (default: `version`), wherever it pointed before.

        Returns:
            The node as it is now.

        Raises:
            InvalidRequest: the word cannot be an alias.
        """
        return self._point(alias, self.version if version is None else version, comment)

    def remove_alias(self, alias: str, *, comment: str | None = None) -> "Node":
        """Takes an alias away. Returns the node as it is now."""
        return self._point(alias, None, comment)

    def set_stage(self, stage: str, *, comment: str | None = None) -> "Node":
        """Sets the stage of `version`: ``none``, ``candidate``, ``staging``, ``production`` or ``archived``.

        Returns:
            The node as it is now.
        """
        return self._annotate({"stage": stage, **({} if comment is None else {"comment": comment})})

    def set_comment(self, comment: str) -> "Node":
        """Sets the comment of `version`. Returns the node as it is now."""
        return self._annotate({"comment": comment})

    def move(self, to: str | os.PathLike[str]) -> "Node":
        """Moves it, with all that it holds, to another path, which must be free. Returns it there.

        Raises:
            NodeDuplicatedError: something is there.
        """
        body = {"from": self._plain, "to": normal(to)}
        return self._made(connected(self._client).post("modelcloud/move", body))

    def rename(self, name: str) -> "Node":
        """Gives it another name in the same folder. Returns it."""
        return self.move(joined(self._plain.rpartition("/")[0], name))

    def delete(self) -> None:
        """Puts it, with all that it holds, into the trash, from which `restore` brings it back for thirty days."""
        connected(self._client).send("DELETE", "modelcloud/node", params={"path": self._plain})

    def restore(self, to: str | os.PathLike[str] | None = None) -> "Node":
        """Brings it back from the trash. Returns it.

        Args:
            to: another path, where the old one is taken or its folder gone.

        Raises:
            Conflict: its path is taken, or its folder is gone.
        """
        body = {} if to is None else {"to": normal(to)}
        return self._made(connected(self._client).post(f"modelcloud/nodes/{self.id}/restore", body))

    def purge(self) -> None:
        """Deletes it for good, from the trash. Its bytes go when nothing else holds them.

        Raises:
            Conflict: it is not in the trash.
        """
        connected(self._client).delete(f"modelcloud/nodes/{self.id}")

    def __repr__(self) -> str:
        return f"<{self.kind if self._data else 'node'} {SCHEME}{self.path}>"

    @property
    def _plain(self) -> str:
        return unversioned(self.path)

    def _loaded(self) -> "Node":
        _ = self.data
        return self

    def _made(self, data: dict[str, Any]) -> "Node":
        return Node(data["path"], data, self._client)

    def _create(self, kind: str, name: str, exist_ok: bool) -> "Node":
        if not normal(name) and exist_ok:
            return self
        body = {"path": joined(self.path, name), "kind": kind, "exist_ok": exist_ok}
        client = connected(self._client)
        made = ask(client, "POST", "modelcloud/nodes", json=body) if exist_ok else client.post("modelcloud/nodes", body)
        return self._made(made)

    def _point(self, alias: str, version: int | None, comment: str | None) -> "Node":
        body = {"path": self._plain, "alias": alias, "version": version, "comment": comment or ""}
        ask(connected(self._client), "PUT", "modelcloud/aliases", json=body)
        return self.refreshed()

    def _annotate(self, change: dict[str, str]) -> "Node":
        client = connected(self._client)
        params = {"path": f"{self._plain}@v{self.version}"}
        (version,) = pages(client, "modelcloud/versions", params)
        ask(client, "PATCH", f"modelcloud/versions/{version['id']}", json=change)
        return self.refreshed()


class Folder(Node):
    """A folder by its path, the root when there is none. Asks the server nothing until something is wanted of it."""

    def __init__(self, path: str | os.PathLike[str] = "", client: Client | None = None) -> None:
        super().__init__(path, None, client)


def _refuse_taken(client: Client, path: str) -> None:
    try:
        ask(client, "GET", "modelcloud/node", params={"path": path})
    except NodeNotFoundError:
        return
    raise NodeDuplicatedError(
        f"{SCHEME}{path} is there already; choose another name, or overwrite it with a further version",
        code="modelcloud.duplicate",
        status=409,
        details={"path": path},
    )


def _register(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    """Makes uploaded bytes a file. When an answer is lost, looks whether the work was done before it is repeated."""
    patience, doubtful = Patience(), False
    while True:
        try:
            if doubtful:
                there = _there(client, body["path"])
                if there is not None and there["sha256"] == body["sha256"]:
                    return there
            return dict(client.post("modelcloud/files", body))
        except (ServerUnreachable, ServerUnavailable) as error:
            doubtful = True
            patience.wait(error)


def _there(client: Client, path: str) -> dict[str, Any] | None:
    try:
        return dict(client.get("modelcloud/node", {"path": path}))
    except NodeNotFoundError:
        return None
