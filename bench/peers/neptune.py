"""Neptune Scale, offline: operations in a local SQLite file (the service itself is gone)."""

# mypy: disable-error-code="import-not-found"

from pathlib import Path

from bench.child import Session

NAME = "neptune"


def start(folder: Path, name: str) -> Session:
    from neptune_scale import Run

    run = Run(project="bench/bench", run_id=name, mode="offline", log_directory=str(folder / "neptune"))
    return Session(run.log_metrics, run.close)


def read_back(folder: Path, tag: str) -> list[int]:
    from neptune_scale.sync.operations_repository import OperationsRepository, OperationType, SequenceId

    steps = []
    for path in (folder / "neptune").rglob("*.sqlite3"):
        repository, last = OperationsRepository(path), SequenceId(-1)
        while operations := repository.get_operations(up_to_bytes=64 << 20, from_exclusive=last):
            for each in operations:
                if each.operation_type == OperationType.UPDATE_SNAPSHOT and tag in each.operation.append:
                    steps.append(int(each.operation.step.whole))
            last = operations[-1].sequence_id
        repository.close(cleanup_files=False)
    return steps
