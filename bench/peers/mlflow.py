"""MLflow with its SQLite store (a tracking server's address in MLFLOW_TRACKING_URI is used instead where given)."""

# mypy: disable-error-code="import-not-found"

import os
from pathlib import Path
from typing import Any

from bench.child import Session, Values

NAME = "mlflow"

SERVER = {"MLFLOW_TRACKING_URI": "{url}"}
"""How the environment names a server, for the test with a dead one."""


def _tool(folder: Path) -> Any:
    import mlflow

    if not os.environ.get("MLFLOW_TRACKING_URI"):
        mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    return mlflow


def start(folder: Path, name: str) -> Session:
    mlflow = _tool(folder)
    mlflow.set_experiment("bench")
    mlflow.start_run(run_name=name)

    def log(values: Values, step: int) -> None:
        mlflow.log_metrics(values, step)

    return Session(log, mlflow.end_run)


def read_back(folder: Path, tag: str) -> list[int]:
    mlflow = _tool(folder)
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("bench")
    return [
        point.step
        for run in client.search_runs([experiment.experiment_id])
        for point in client.get_metric_history(run.info.run_id, tag)
    ]
