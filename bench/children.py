"""Starts `bench.child` for a tool, under that tool's interpreter, and brings its result home."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

# Nothing of the person's own logins, and no phoning home.
_OURS = ("PAVI_", "WANDB_", "MLFLOW_", "SWANLAB_", "NEPTUNE_", "GOODSEED_", "TRACKIO_", "HF_", "DVC", "AIM_", "DJANGO_")
_QUIET = {
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    "DO_NOT_TRACK": "1",
    "NO_PROXY": "*",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "DVC_NO_ANALYTICS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "WANDB_ERROR_REPORTING": "false",
    "WANDB_SILENT": "true",
}


class ChildFailed(RuntimeError):
    """A child ended without a result. The message ends with the last lines that it printed."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool by the name of its adapter in `bench.peers`, and the interpreter that has it installed."""

    name: str
    python: str
    environment: Mapping[str, str] = field(default_factory=dict)


def pavi(environment: Mapping[str, str]) -> Tool:
    """Pavi itself, as installed in the environment that runs the bench."""
    return Tool("pavi", sys.executable, environment)


def spawn(tool: Tool, task: str, folder: Path, **arguments: Any) -> tuple[subprocess.Popen[bytes], Path, Path]:
    """Starts a task; returns the process, the file its result will be in, and the file of what it prints."""
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    handle, out = tempfile.mkstemp(prefix="result-", suffix=".json", dir=folder)
    os.close(handle)
    printed = Path(out).with_suffix(".txt")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    order = {"tool": tool.name, "task": task, "folder": str(folder), "out": out, "arguments": arguments}
    with printed.open("wb") as log:
        process = subprocess.Popen(
            [tool.python, "-P", str(HERE / "child.py"), json.dumps(order)],
            cwd=folder,
            env={**clean, **_QUIET, "HOME": str(home), **tool.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return process, Path(out), printed


def run(tool: Tool, task: str, folder: Path, *, patience_s: float = 120.0, **arguments: Any) -> dict[str, Any]:
    """Runs a task to its end.

    Raises:
        ChildFailed: it ended with an error, or took longer than ``patience_s``.
    """
    process, out, printed = spawn(tool, task, folder, **arguments)
    try:
        code = process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise ChildFailed(f"{tool.name} {task}: no result within {patience_s:g} s{_last_lines(printed)}") from None
    if code != 0:
        raise ChildFailed(f"{tool.name} {task}: exit code {code}{_last_lines(printed)}")
    result: dict[str, Any] = json.loads(out.read_text())
    return result


def _last_lines(printed: Path) -> str:
    lines = printed.read_text(errors="replace").strip().splitlines()[-6:]
    return "".join(f"\n  {line}" for line in lines)
