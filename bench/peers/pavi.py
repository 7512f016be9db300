"""Pavi itself, as its environment says: online where PAVI_SERVER names a server, offline with PAVI_MODE=offline."""

import os
import subprocess
import sys
from pathlib import Path

from bench.child import Session

NAME = "pavi"

SERVER = {"PAVI_SERVER": "{url}"}
"""How the environment names a server, for the test with a dead one."""


def start(folder: Path, name: str) -> Session:
    os.environ.setdefault("PAVI_DIR", str(folder / "journals"))
    import pavi

    training = pavi.init(project="bench", name=name)
    return Session(training.log, training.finish, training.flush)


def recover(folder: Path) -> None:
    """Sends what a killed process left behind."""
    subprocess.run([sys.executable, "-m", "pavi", "sync", str(folder / "journals")], check=True)


def read_back(folder: Path, tag: str) -> list[int]:
    """What the server has where there is one, else what the journals hold."""
    from pavi.journal import find_journals, open_journal

    journals = find_journals(folder / "journals")
    if os.environ.get("PAVI_MODE") == "offline":
        return [point.step for path in journals for point in open_journal(path).points() if point.tag == tag]
    import pavi

    trainings = {open_journal(path).training for path in journals}
    return [int(step) for training in trainings for step in pavi.Api().training(str(training)).series(tag).numpy()[0]]
