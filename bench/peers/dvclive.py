"""DVCLive: TSV files and a summary, no DVC experiment."""

# mypy: disable-error-code="import-not-found"

import csv
from pathlib import Path

from bench.child import Session, Values

NAME = "dvclive"


def start(folder: Path, name: str) -> Session:
    from dvclive import Live

    live = Live(str(folder / "dvclive"), save_dvc_exp=False, report=None, dvcyaml=None)

    def log(values: Values, step: int) -> None:
        live.step = step
        for tag, value in values.items():
            live.log_metric(tag, value)
        live.next_step()

    return Session(log, live.end)


def read_back(folder: Path, tag: str) -> list[int]:
    path = folder / "dvclive" / "plots" / "metrics" / f"{tag}.tsv"
    with path.open(newline="") as file:
        return [int(row["step"]) for row in csv.DictReader(file, delimiter="\t")]
