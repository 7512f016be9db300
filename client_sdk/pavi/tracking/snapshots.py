"""Keeps files beside the journal, named by their sha256: checkpoints, and media that do not fit into an event.

Owns the copy, which is whole before its event is written: a kill leaves both, the copy alone, or nothing. Does not own
the events, nor the upload (`pavi.delivery.uploads`).
"""

import contextlib
import hashlib
import os
import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pavi.journal.layout import FILES_FOLDER

__all__ = ["StoredFile", "store", "store_bytes", "store_state"]

_BLOCK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that waits beside the journal: its bytes' sha256 and their number."""

    sha256: str
    size: int


def store(source: Path, folder: Path) -> StoredFile:
    """Copies ``source`` (a symlink: what it points to) into the journal in ``folder``, hashing in the same pass.

    Raises:
        OSError: it cannot be read, or there is no space. Nothing is left behind then.
    """
    digest, size = hashlib.sha256(), 0
    with _new_file(folder) as temporary:
        with source.open("rb") as reader, temporary.open("xb") as writer:
            while block := reader.read(_BLOCK):
                digest.update(block)
                writer.write(block)
                size += len(block)
        temporary.replace(temporary.with_name(digest.hexdigest()))
    return StoredFile(digest.hexdigest(), size)


def store_bytes(data: bytes, folder: Path) -> StoredFile:
    """Writes ``data`` into the journal in ``folder``. Raises as `store`."""
    digest = hashlib.sha256(data).hexdigest()
    with _new_file(folder) as temporary:
        temporary.write_bytes(data)
        temporary.replace(temporary.with_name(digest))
    return StoredFile(digest, len(data))


def store_state(state: Any, folder: Path) -> StoredFile:
    """Writes a state dict into the journal in ``folder``: as torch saves it where torch is loaded, pickled elsewhere.

    Raises:
        OSError: there is no space.
        Exception: whatever torch or pickle raise for what they cannot save.
    """
    with _new_file(folder) as temporary:
        with temporary.open("xb") as writer:
            torch = sys.modules.get("torch")
            if torch is not None and hasattr(torch, "save"):
                torch.save(state, writer)
            else:
                pickle.dump(state, writer, protocol=4)
        with temporary.open("rb") as reader:
            digest = hashlib.file_digest(reader, "sha256").hexdigest()
        size = temporary.stat().st_size
        temporary.replace(temporary.with_name(digest))
    return StoredFile(digest, size)


@contextlib.contextmanager
def _new_file(folder: Path) -> Iterator[Path]:
    """A name that no sender takes for a finished file. What is left there when something fails is removed."""
    target = folder / FILES_FOLDER
    target.mkdir(exist_ok=True)
    temporary = target / f".{os.getpid()}-{os.urandom(6).hex()}"
    try:
        yield temporary
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
