"""``pavi-worker probe`` tells what this machine is; a broken probe costs its own labels and no others."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import pytest

from pavi_worker import labels

_CNMON = """\
+------------------------------------------------------------------------------+
| CNMON v4.20.18                                               Driver v4.20.18 |
+-------------------------------+----------------------+-----------------------+
| Card  VF  Name       Firmware |               Bus-Id | Util        Ecc-Error |
| Fan   Temp      Pwr:Usage/Cap |         Memory-Usage | SR-IOV   Compute-Mode |
|===============================+======================+=======================|
| 0     /   MLU370-X4    v1.1.4 |         0000:69:00.0 | 0%                  0 |
|  0%   28C         24 W/ 150 W |     0 MiB/ 23374 MiB | N/A           Default |
+-------------------------------+----------------------+-----------------------+
| 1     /   MLU370-X8    v1.1.6 |         0000:6a:00.0 | 0%                  0 |
|  0%   30C         26 W/ 250 W |  1024 MiB/ 47854 MiB | N/A           Default |
+-------------------------------+----------------------+-----------------------+
"""


def _probe(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pavi_worker", "probe", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **(environment or {})},
    )


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Path]:
    """A folder in front of PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def _install(folder: Path, name: str, script: str) -> dict[str, str]:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def test_json() -> None:
    done = _probe("--json")
    assert (done.returncode, done.stderr) == (0, "")
    described = json.loads(done.stdout)
    assert described["problems"] == {}
    found = described["found"]
    assert list(found) == ["host", "cpu", "nvidia", "mlu", "backends"]
    assert found["host"]["hostname"] == socket.gethostname()
    assert found["cpu"]["threads"] == os.cpu_count()
    assert found["cpu"]["model"]
    assert found["cpu"]["flags"] == sorted(found["cpu"]["flags"])
    assert found["cpu"]["memory_mb"] > 100
    assert isinstance(found["nvidia"]["gpus"], list)
    assert isinstance(found["mlu"]["mlus"], list)


def test_for_people() -> None:
    done = _probe()
    assert done.returncode == 0
    assert socket.gethostname() in done.stdout
    for name in ("host", "cpu", "nvidia", "mlu", "backends"):
        assert f"\n{name}\n" in f"\n{done.stdout}"


def test_backends_come_from_package_metadata(tmp_path: Path) -> None:
    for name, number in (("onnxruntime_gpu", "1.31.1"), ("ai_edge_litert", "2.1.0")):
        folder = tmp_path / f"{name}-{number}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n")
    found = json.loads(_probe("--json", environment={"PYTHONPATH": str(tmp_path)}).stdout)["found"]["backends"]
    assert found["onnxruntime"] == {"version": "1.31.1", "distribution": "onnxruntime-gpu"}
    assert found["litert"]["version"] == "2.1.0"


def test_mlu_cards(programs: Path) -> None:
    environment = _install(programs, "cnmon", f"cat <<'TABLE'\n{_CNMON}TABLE")
    found = json.loads(_probe("--json", environment=environment).stdout)["found"]["mlu"]
    assert found == {
        "driver": "4.20.18",
        "mlus": [
            {"index": 0, "name": "MLU370-X4", "firmware": "1.1.4", "memory_mb": 23374},
            {"index": 1, "name": "MLU370-X8", "firmware": "1.1.6", "memory_mb": 47854},
        ],
    }


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("echo no device >&2; exit 3", "cnmon ended with 3: no device"),
        ("echo gibberish", "names no driver"),
        ("kill -9 $PPID", "crashed (signal 9)"),
        ("exec sleep 600", "no answer within 4 s"),
    ],
    ids=["fails", "gibberish", "crashes", "hangs"],
)
def test_a_broken_probe_costs_its_own_labels_only(programs: Path, script: str, problem: str) -> None:
    environment = _install(programs, "cnmon", script)
    done = _probe("--json", "--timeout", "4", environment=environment)
    assert done.returncode == 0
    described = json.loads(done.stdout)
    assert list(described["found"]) == ["host", "cpu", "nvidia", "backends"]
    assert list(described["problems"]) == ["mlu"]
    assert problem in described["problems"]["mlu"]
    assert "not known" in _probe("--timeout", "4", environment=environment).stdout


def test_no_library_is_imported_to_learn_its_version(tmp_path: Path) -> None:
    trap = tmp_path / "torch"
    trap.mkdir()
    (trap / "__init__.py").write_text("raise SystemExit('imported')")
    assert json.loads(_probe("--json", environment={"PYTHONPATH": str(tmp_path)}).stdout)["problems"] == {}


def test_from_python() -> None:
    described = labels.describe()
    assert described.problems == {}
    assert described.found["host"]["hostname"] == socket.gethostname()


def test_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pavi_worker", "--version"], capture_output=True, text=True, timeout=60
    )
    assert version("pavi-worker") in done.stdout
