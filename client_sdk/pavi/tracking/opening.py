"""From the arguments of a training to its opening event and to journals that begin with it.

Owns the event's content and where journals go when the wanted folder cannot be written. Does not send.
"""

import contextlib
import os
import platform
import socket
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pavi.delivery.receipt import Receipt, write_receipt
from pavi.journal.writer import JournalWriter
from pavi.protocol import PROTOCOL_VERSION, OpenEvent, pack_event
from pavi.tracking.ids import new_id
from pavi.tracking.notices import Notices

__all__ = ["Journals", "opening_event", "sdk_version"]


def sdk_version() -> str:
    """The installed distribution's version."""
    from importlib import metadata  # 10 ms that `import pavi` need not spend

    try:
        return metadata.version("pavi-sdk")
    except metadata.PackageNotFoundError:  # run from a source tree
        return "0"


def opening_event(training: uuid.UUID, project: str, **optional: Any) -> OpenEvent:
    """The event that tells a server all it needs to make the training. ``optional`` as in `OpenEvent`; None is left
    out."""
    event: dict[str, Any] = {
        "type": "open",
        "protocol": PROTOCOL_VERSION,
        "training": str(training),
        "project": project,
        "time": time.time(),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "sdk": f"pavi-sdk {sdk_version()}",
        "python": platform.python_version(),
    }
    event.update((key, value) for key, value in optional.items() if value is not None)
    return event  # type: ignore[return-value]  # built key by key


class Journals:
    """Makes the journals of one training: one now, and one more in each forked child that logs.

    Args:
        root: the wanted ``PAVI_DIR``.
        training: the id.
        opening: the first event of each.
        notices: hears when another folder has to do.
        offline: whether journals wait for `pavi sync` on purpose.
        made: called with the folder of each new journal.
    """

    def __init__(
        self,
        root: Path,
        training: uuid.UUID,
        opening: OpenEvent,
        notices: Notices,
        *,
        offline: bool,
        made: Callable[[Path], None],
    ) -> None:
        self.root = root
        self._training = training
        self._opening = opening
        self._notices = notices
        self._offline = offline
        self._made = made

    def open(self) -> JournalWriter:
        """A new journal, its opening event written.

        Raises:
            OSError: not even the temporary folder can be written.
        """
        record = self._record()
        try:
            journal = self._create(record)
        except OSError as error:
            other = Path(tempfile.gettempdir()) / f"pavi-{os.getuid() if hasattr(os, 'getuid') else 'journals'}"
            self._notices.once(
                "folder",
                f"{self.root} cannot be written ({error.strerror}): journals go to {other} instead. "
                "Set PAVI_DIR to a folder of yours.",
            )
            self.root = other
            journal = self._create(record)
        if self._offline:
            write_receipt(journal.folder, Receipt(None))
        self._made(journal.folder)
        return journal

    def forked(self) -> None:
        """In a child: its journal joins the training of its parent, which it neither resumes nor creates."""
        self._opening["pid"] = os.getpid()
        self._opening.pop("resume", None)

    def _create(self, record: bytes) -> JournalWriter:
        if not self.root.exists():
            self.root.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):
                (self.root / ".gitignore").write_text("*\n")  # journals are no source code
        journal = JournalWriter(self.root, self._training, new_id())
        if not journal.append(record):
            problem = journal.problem
            journal.close()
            raise problem if problem is not None else OSError("the journal has no room")
        return journal

    def _record(self) -> bytes:
        try:
            return pack_event(dict(self._opening), time.time())
        except ValueError as error:
            self._notices.once("opening", f"config and session text are left out: {error}")
            for key in ("config", "session_text", "notes", "description"):
                self._opening.pop(key, None)  # type: ignore[misc]  # four optional keys
            return pack_event(dict(self._opening), time.time())
