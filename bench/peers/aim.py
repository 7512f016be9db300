"""Aim, local repository. Reading needs its index, which a kill leaves unmade: it is made first."""

# mypy: disable-error-code="import-not-found"

from pathlib import Path

from bench.child import Session, Values

NAME = "aim"


def start(folder: Path, name: str) -> Session:
    from aim import Run

    run = Run(repo=str(folder), experiment=name, system_tracking_interval=None, log_system_params=False)
    track = run.track

    def log(values: Values, step: int) -> None:
        track(values, step=step)

    return Session(log, run.close)


def read_back(folder: Path, tag: str) -> list[int]:
    """Aim keys its points by a hash of the step: those are returned, one a point."""
    from aim import Repo
    from aim.sdk.index_manager import RepoIndexManager

    repo = Repo(str(folder))
    index = RepoIndexManager.get_index_manager(repo)
    for run_hash in repo.list_all_runs():
        index.index(run_hash)
    steps: list[int] = []
    for run in repo.iter_runs():
        for metric in run.metrics():
            if metric.name == tag:
                steps += metric.values.sparse_list()[0]
    return steps
