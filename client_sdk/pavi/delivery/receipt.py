"""A note beside a journal: how far which server has it. Saves asking again; the server alone knows the truth."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from pavi.journal.layout import RECEIPT
from pavi.protocol import OpenedTraining

__all__ = ["Receipt", "read_receipt", "write_receipt"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a server has answered for one journal.

    Attributes:
        server: whose word this is; None for a journal that was written offline on purpose and waits for `pavi sync`.
        training: the training as the server knows it.
        watermark: slots that were durable there.
    """

    server: str | None
    training: OpenedTraining | None = None
    watermark: int = 0


def read_receipt(folder: Path) -> Receipt | None:
    """The note beside the journal in ``folder``; None when there is none, or none that can be read."""
    try:
        data = json.loads((folder / RECEIPT).read_text())
        server = data["server"]
        return Receipt(None if server is None else str(server), data["training"], int(data["watermark"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_receipt(folder: Path, receipt: Receipt) -> None:
    """Replaces the note. Not being able to is no trouble: it only saves work."""
    temporary = folder / f".{RECEIPT}.{os.getpid()}"
    try:
        temporary.write_text(json.dumps(asdict(receipt)))
        temporary.replace(folder / RECEIPT)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
