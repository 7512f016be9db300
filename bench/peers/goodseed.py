"""GoodSeed, local SQLite file."""

# mypy: disable-error-code="import-not-found"

import sqlite3
from contextlib import closing
from pathlib import Path

from bench.child import Session

NAME = "goodseed"


def start(folder: Path, name: str) -> Session:
    import goodseed

    run = goodseed.Run(name=name, storage="local", log_dir=str(folder / "goodseed"))
    return Session(run.log_metrics, run.close)


def read_back(folder: Path, tag: str) -> list[int]:
    steps: list[int] = []
    query = "SELECT step FROM metric_points JOIN metric_series ON id = series_id WHERE path = ?"
    for path in (folder / "goodseed").glob("*.sqlite"):
        with closing(sqlite3.connect(path)) as connection:
            steps += [int(step) for (step,) in connection.execute(query, (tag,))]
    return steps
