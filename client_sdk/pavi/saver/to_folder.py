"""Checkpoints in a folder that all machines of a training see: Lustre, NFS, or a local disk.

A file is written beside its name, synced and renamed: no locks, and nobody ever sees half of one.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pavi.saver.states import as_count, checked_name, outdated, write_state

__all__ = ["FolderSaver"]


class FolderSaver:
    """See `pavi.saver.Saver`.

    Args:
        dir: the folder; made when it is not there.
        keep_last: how many of a series to keep; all when absent.

    Raises:
        BadSetting: ``keep_last`` makes no sense.
        OSError: the folder cannot be made.
    """

    def __init__(self, *, dir: str | Path, keep_last: int | None = None) -> None:  # noqa: A002  # what people write
        self.dir = Path(dir).expanduser()
        self._keep_last = as_count(keep_last)
        self.dir.mkdir(parents=True, exist_ok=True)

    def save(self, state_or_file: Any, name: str, iteration: int | None = None) -> str:  # noqa: ARG002  # not kept here
        target = self.dir / checked_name(name)
        # The host's name keeps two machines apart that have a process of the same number.
        temporary = self.dir / f".{name}.{os.uname().nodename}-{os.getpid()}-{os.urandom(4).hex()}.part"
        try:
            with temporary.open("xb") as file:
                write_state(state_or_file, file)
                file.flush()
                os.fsync(file.fileno())
            self._stamp(temporary)
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        for old in outdated(name, self.list(), self._keep_last):
            (self.dir / old).unlink(missing_ok=True)
        return str(target)

    def load(self, name: str) -> Path:
        path = self.dir / checked_name(name)
        if not path.is_file():
            raise FileNotFoundError(f"there is no checkpoint {name!r} in {self.dir}")
        return path

    def list(self) -> list[str]:
        return [name for _, name in sorted(self._saved())]

    def latest(self) -> str | None:
        return max(self._saved(), default=(0, None))[1]

    def exists(self, name: str) -> bool:
        return (self.dir / checked_name(name)).is_file()

    def _saved(self) -> Iterator[tuple[int, str]]:
        for path in self.dir.iterdir():
            with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                if path.is_file() and not path.name.startswith("."):
                    yield path.stat().st_mtime_ns, path.name

    def _stamp(self, path: Path) -> None:
        """Gives a new file a time after all others': clocks of file systems tick in milliseconds, or go backwards."""
        newest = max((moment for moment, _ in self._saved()), default=0)
        moment = max(time.time_ns(), newest + 1_000_000)
        os.utime(path, ns=(moment, moment))
