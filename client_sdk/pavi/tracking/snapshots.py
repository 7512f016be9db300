"""Copies a checkpoint file beside the journal, named by its sha256: the caller may delete the original at once.

Owns the copy. Does not own its event (the training writes it) nor its upload (`pavi.delivery.uploads`).
"""

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from pavi.journal.layout import FILES_FOLDER

__all__ = ["StoredFile", "store"]

_BLOCK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that waits beside the journal: its bytes' sha256 and their number."""

    sha256: str
    size: int


def store(source: Path, folder: Path) -> StoredFile:
    """Copies ``source`` (a symlink: what it points to) into the journal in ``folder``.

    Copied and hashed in one pass: an event can then name the bytes at once, and a kill leaves both or neither.

    Raises:
        OSError: it cannot be read, or there is no space. Nothing is left behind then.
    """
    target = folder / FILES_FOLDER
    target.mkdir(exist_ok=True)
    temporary = target / f".{os.getpid()}-{os.urandom(6).hex()}"
    digest, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as reader, temporary.open("xb") as writer:
            while block := reader.read(_BLOCK):
                digest.update(block)
                writer.write(block)
                size += len(block)
        temporary.replace(target / digest.hexdigest())
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return StoredFile(digest.hexdigest(), size)
