"""Trackio, local SQLite file (its own server where the environment names one)."""

# mypy: disable-error-code="import-not-found"

import os
from pathlib import Path

from bench.child import Session

NAME = "trackio"

SERVER = {"TRACKIO_SERVER_URL": "{url}", "TRACKIO_WRITE_TOKEN": "none"}
"""How the environment names a server, for the test with a dead one."""


def start(folder: Path, name: str) -> Session:
    os.environ["TRACKIO_DIR"] = str(folder / "trackio")
    import trackio

    run = trackio.init(project="bench", name=name, embed=False)
    return Session(run.log, trackio.finish)


def read_back(folder: Path, tag: str) -> list[int]:
    os.environ["TRACKIO_DIR"] = str(folder / "trackio")
    from trackio.sqlite_storage import SQLiteStorage

    return [
        int(row["step"])
        for name in SQLiteStorage.get_runs("bench")
        for row in SQLiteStorage.get_logs("bench", name)
        if tag in row
    ]
