"""Training scripts as processes of their own, and what their journals hold afterwards."""

import os
import subprocess
import sys
import textwrap
from collections import defaultdict
from pathlib import Path
from typing import Any

from pavi.journal import Journal, find_journals, open_journal

QUIET = {"PAVI_CONSOLE": "0", "PAVI_SYSTEM": "0", "PAVI_GIT": "0"}


def environment(journals: Path, **more: str) -> dict[str, str]:
    """The environment of a training that journals into ``journals`` and sends nothing."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PAVI_", "SLURM_"))}
    return clean | QUIET | {"PAVI_DIR": str(journals), "PAVI_MODE": "offline", "PYTHONUNBUFFERED": "1"} | more


def start(script: str, journals: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Starts ``script`` (Python source); input and output are pipes: reading its input waits for `communicate`."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        env=environment(journals, **more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(script: str, journals: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
    """Runs ``script`` to its end: exit code, stdout, stderr."""
    process = start(script, journals, *arguments, **more)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def journals_in(root: Path) -> list[Journal]:
    """All journals below ``root``, oldest first."""
    return [open_journal(folder) for folder in find_journals(root)]


def only_journal(root: Path) -> Journal:
    """The one journal below ``root``."""
    (journal,) = journals_in(root)
    return journal


def series(journal: Journal) -> dict[str, list[tuple[int, float]]]:
    """tag → ``(step, value)`` in the order they were logged."""
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for point in journal.points():
        found[point.tag].append((point.step, point.value))
    return dict(found)


def events(journal: Journal, kind: str) -> list[dict[str, Any]]:
    """The events of one type."""
    return [event for event in journal.events() if event["type"] == kind]
