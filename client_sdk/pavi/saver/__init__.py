"""Where a trainer's checkpoints go, chosen by a configuration: ``saver: {type: pavi | lustre, …}``.

Owns the one interface and the choice. Bytes are `pavi.modelcloud`'s, or the shared file system's.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast

from pavi import kinds

__all__ = ["Saver", "build"]

KINDS = {
    "pavi": "pavi.saver.to_pavi:PaviSaver",
    "lustre": "pavi.saver.to_folder:FolderSaver",
}


class Saver(Protocol):
    """What every kind can do. Names are file names such as ``epoch_3.pth``. Save from one process at a time; loading
    may be done by all at once. A name that is saved again is replaced as a whole: readers see the old or the new bytes.
    """

    def save(self, state_or_file: Any, name: str, iteration: int | None = None) -> str:
        """Keeps a checkpoint. With ``keep_last``, older ones of the same series go: names alike but for their numbers,
        so that ``epoch_3.pth`` counts with ``epoch_12.pth``, and ``best.pth`` never goes.

        Args:
            state_or_file: a path, bytes, or anything that ``torch.save`` takes.
            name: under which it is loaded.
            iteration: of the training.

        Returns:
            Where it is now: a path, or a ``pavi://`` address.

        Raises:
            OSError, PaviError: it is not kept; the message says why.
        """

    def load(self, name: str) -> Path:
        """A local file with those bytes, to be read and not changed.

        Raises:
            FileNotFoundError: there is none of that name.
        """

    def list(self) -> list[str]:
        """All names, in the order in which they were last saved."""

    def latest(self) -> str | None:
        """The name that was saved last; None when there is none."""

    def exists(self, name: str) -> bool:
        """Whether there is one of that name."""


def build(cfg: Mapping[str, Any], **offered: Any) -> Saver:
    """Makes the saver that a configuration asks for.

    Args:
        cfg: ``{"type": "pavi", "path": "project/folder", …}``: keywords of `pavi.saver.to_pavi.PaviSaver`; or
            ``{"type": "lustre", "dir": "/mnt/…", …}``: those of `pavi.saver.to_folder.FolderSaver`.
        offered: what the trainer knows itself, such as ``dir=…`` or ``training=monitor.id``. A kind takes what it has
            a keyword for; what ``cfg`` says wins.

    Raises:
        BadSetting: an unknown type, or an unknown or missing key; the message names those there are.
    """
    return cast(Saver, kinds.build("saver", cfg, KINDS, offered))
