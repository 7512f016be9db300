"""SwanLab, offline mode (online where the environment names a server)."""

# mypy: disable-error-code="import-not-found"

import os
from pathlib import Path

from bench.child import Session

NAME = "swanlab"

SERVER = {"SWANLAB_API_HOST": "{url}", "SWANLAB_WEB_HOST": "{url}", "SWANLAB_API_KEY": "none"}
"""How the environment names a server, for the test with a dead one."""


def start(folder: Path, name: str) -> Session:
    import swanlab

    mode = "online" if os.environ.get("SWANLAB_API_HOST") else "offline"
    run = swanlab.init(project="bench", name=name, log_dir=str(folder / "swanlog"), mode=mode)
    return Session(run.log, swanlab.finish)


def read_back(folder: Path, tag: str) -> list[int]:
    from swanlab.proto.swanlab.record.v1.record_pb2 import Record

    from bench.peers import leveldb_log

    steps = []
    for path in folder.rglob("*.swanlab"):
        for data in leveldb_log.records(path):
            record = Record.FromString(data)
            if record.HasField("scalar") and record.scalar.key == tag:
                steps.append(int(record.scalar.step))
    return steps
