"""Weights & Biases, offline: its transaction log in a local file (online where the environment names a server)."""

# mypy: disable-error-code="import-not-found"

import os
from pathlib import Path

from bench.child import Session

NAME = "wandb"

SERVER = {"WANDB_BASE_URL": "{url}", "WANDB_API_KEY": "0" * 40}
"""How the environment names a server, for the test with a dead one."""


def start(folder: Path, name: str) -> Session:
    import wandb

    mode = "online" if os.environ.get("WANDB_BASE_URL") else "offline"
    run = wandb.init(project="bench", name=name, dir=str(folder), mode=mode)
    return Session(run.log, run.finish)


def read_back(folder: Path, tag: str) -> list[int]:
    from wandb.proto import wandb_internal_pb2

    from bench.peers import leveldb_log

    steps = []
    for path in folder.rglob("*.wandb"):
        for data in leveldb_log.records(path):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(data)
            if record.WhichOneof("record_type") == "history":
                keys = {item.key or "/".join(item.nested_key) for item in record.history.item}
                if tag in keys:
                    steps.append(int(record.history.step.num))
    return steps
