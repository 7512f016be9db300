"""Which journals hold something that the server does not have, told from the notes beside them, without asking it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pavi.delivery.client import Client
from pavi.delivery.receipt import read_receipt
from pavi.delivery.uploads import Uploads
from pavi.exception import JournalDamaged
from pavi.journal import Journal, find_journals, open_journal


@dataclass(frozen=True, slots=True)
class Found:
    """A journal below a folder.

    Attributes:
        folder: where it is.
        journal: None when it cannot be read.
        problem: why not.
        slots: committed slots that wait.
        files: files beside it that wait.
    """

    folder: Path
    journal: Journal | None
    problem: str
    slots: int
    files: int

    @property
    def waits(self) -> bool:
        """Whether something is left to send."""
        return self.slots > 0 or self.files > 0


def look(root: Path, client: Client) -> Iterator[Found]:
    """Every journal below ``root``, oldest first, with what waits for that client's server."""
    for folder in find_journals(root):
        try:
            journal = open_journal(folder)
            receipt = read_receipt(folder)
            known = receipt.watermark if receipt is not None and receipt.server == client.server else 0
            files = len(Uploads(folder, client).pending())
            yield Found(folder, journal, "", max(0, journal.committed - known), files)
        except JournalDamaged as error:
            yield Found(folder, None, str(error), 0, 0)
