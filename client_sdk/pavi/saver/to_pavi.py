"""Checkpoints in a folder of the ModelCloud. Saving a name again makes a further version of it."""

import os
import tempfile
from pathlib import Path
from typing import Any

from pavi import settings
from pavi.delivery.blobs import digest_of
from pavi.exception import BadSetting, NodeNotFoundError, NotFound
from pavi.modelcloud.connection import joined, local_name, normal, unversioned
from pavi.modelcloud.node import Folder, Node
from pavi.saver.states import as_count, checked_name, outdated, write_state

__all__ = ["PaviSaver"]


class PaviSaver:
    """See `pavi.saver.Saver`. A server that is away is waited for half a minute; then `save` raises.

    Args:
        path: of the training model, such as ``project/resnet``, with or without ``pavi://``. Made on first use.
        keep_last: how many of a series to keep; all when absent. What goes, goes into the trash.
        training: id of the training that the checkpoints come from (``monitor.id``), kept with each of them.
        cache: where loaded files are kept; ``cache`` in ``$PAVI_DIR`` when absent.

    Raises:
        BadSetting: the path or ``keep_last`` makes no sense.
    """

    def __init__(
        self,
        *,
        path: str,
        keep_last: int | None = None,
        training: str | int | None = None,
        cache: str | Path | None = None,
    ) -> None:
        self.path = normal(path)
        if not self.path or "@" in self.path:
            raise BadSetting(f"saver: path={path!r} must name a folder of the ModelCloud, such as project/resnet")
        self._keep_last = as_count(keep_last)
        self._training = training
        self._cache = settings.load().dir / "cache" if cache is None else Path(cache).expanduser()

    def save(self, state_or_file: Any, name: str, iteration: int | None = None) -> str:
        checked_name(name)
        folder = Folder().create_training_model(self.path)
        if isinstance(state_or_file, str | os.PathLike):
            node = self._create(folder, Path(state_or_file), name, iteration)
        else:
            with tempfile.TemporaryDirectory(prefix="pavi-") as temporary:
                local = Path(temporary) / "state"
                with local.open("wb") as file:
                    write_state(state_or_file, file)
                node = self._create(folder, local, name, iteration)
        for old in outdated(name, self.list(), self._keep_last) if self._keep_last else ():
            Node(joined(self.path, old)).delete()
        return f"pavi://{unversioned(node.path)}"

    def load(self, name: str) -> Path:
        try:
            node = Node(joined(self.path, checked_name(name)))
            target = self._cache.joinpath(*map(local_name, self.path.split("/")), local_name(node.name))
        except NodeNotFoundError:
            raise FileNotFoundError(f"there is no checkpoint {name!r} in pavi://{self.path}") from None
        if not _holds(target, node):
            target.parent.mkdir(parents=True, exist_ok=True)
            node.download(target)
        return target

    def list(self) -> list[str]:
        try:
            nodes = [node for node in Folder(self.path).children() if node.kind == "file"]
        except NodeNotFoundError:
            return []
        # Files of a model share one count of versions.
        return [node.name for node in sorted(nodes, key=lambda node: node.version or 0)]

    def latest(self) -> str | None:
        names = self.list()
        return names[-1] if names else None

    def exists(self, name: str) -> bool:
        try:
            return Node(joined(self.path, checked_name(name))).kind == "file"
        except NodeNotFoundError:
            return False

    def _create(self, folder: Node, local: Path, name: str, iteration: int | None) -> Node:
        try:
            return folder.create_file(local, name, overwrite=True, training=self._training, iteration=iteration)
        except NotFound:
            if self._training is None:
                raise
            # The training has not arrived at the server yet: the checkpoint must not wait for it.
            return folder.create_file(local, name, overwrite=True)


def _holds(path: Path, node: Node) -> bool:
    if not path.is_file() or path.stat().st_size != node.size:
        return False
    with path.open("rb") as file:
        return digest_of(file)[0] == node.sha256
