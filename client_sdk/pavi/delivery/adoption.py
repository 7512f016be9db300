"""Finds journals that a process left unsent when it died, so that the next training on this host sends them.

Owns the search and its manners: little at a time, only this host's dead, never what was written offline on purpose or
what another server is getting.
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

from pavi.delivery.receipt import read_receipt
from pavi.exception import JournalDamaged
from pavi.journal.layout import FILES_FOLDER
from pavi.journal.reader import find_journals, open_journal

__all__ = ["Adoption"]

_AT_ONCE = 5
"""Journals looked at in one go, so that a folder of thousands costs the loop nothing that it could notice."""


class Adoption:
    """One search below one root for one server, and further ones on request. Used by the pump's thread; `first` by any.

    Attributes:
        rested: whether there is nothing left to look at.
    """

    def __init__(self, root: Path, server: str) -> None:
        self._root = root
        self._server = server
        self._first: list[Path] = []
        self._search: Iterator[Path] | None = None
        self._settled: set[Path] = set()
        self.rested = False

    def first(self, folder: Path) -> None:
        """Looks below ``folder`` before anything else."""
        self._first.append(folder)
        self.rested = False

    def settle(self, folder: Path) -> None:
        """Its journal needs no more looking at: it is complete, or refused."""
        self._settled.add(folder)

    def look(self, known: set[Path]) -> list[tuple[Path, str]]:
        """Goes a little further. Returns journals to send, each with its server."""
        found = []
        while self._first:
            found += [path for path in find_journals(self._first.pop()) if self._orphaned(path, known)]
        if self._search is None:
            self._search = iter(find_journals(self._root))
        for _ in range(_AT_ONCE):
            path = next(self._search, None)
            if path is None:
                self.rested = not self._first
                break
            if path not in found and self._orphaned(path, known):
                found.append(path)
        return [(path, self._server) for path in found]

    def _orphaned(self, folder: Path, known: set[Path]) -> bool:
        if folder in known or folder in self._settled:
            return False
        receipt = read_receipt(folder)
        if receipt is not None and receipt.server != self._server:
            self._settled.add(folder)
            return False
        try:
            journal = open_journal(folder)
            opening, committed = journal.opening, journal.committed
            journal.close()
        except JournalDamaged:
            self._settled.add(folder)
            return False
        if opening.get("host") != socket.gethostname() or _alive(opening.get("pid")):
            return False
        if receipt is not None and receipt.watermark >= committed and not any((folder / FILES_FOLDER).glob("*")):
            self._settled.add(folder)
            return False
        return True


def _alive(pid: object) -> bool:
    if not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return not _zombie(pid)


def _zombie(pid: int) -> bool:
    """A child that has ended and whom nobody has waited for writes nothing any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
