"""From journals to the server and back: syncs what children left behind, and counts what arrived."""

import subprocess
import sys
from pathlib import Path

from bench import child
from tests.platform import RunningPlatform

TAGS = tuple(child.scalars()[0])
"""The series that every child logs."""


def sync(platform: RunningPlatform, folder: Path) -> None:
    """`pavi sync`, as a person types it.

    Raises:
        RuntimeError: it failed; the message is what it printed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "pavi", "sync", str(folder)],
        env=platform.environment(folder),
        capture_output=True,
        text=True,
        timeout=120,
    )
    if done.returncode != 0:
        raise RuntimeError(f"pavi sync {folder} failed:\n{done.stdout}{done.stderr}")


def arrived(platform: RunningPlatform, folder: Path) -> dict[str, list[int]]:
    """The steps of each series, of all trainings whose journals lie in ``folder``, as the server gives them back."""
    steps: dict[str, list[int]] = {tag: [] for tag in TAGS}
    for training in sorted(path.name for path in folder.iterdir() if path.is_dir()):
        for tag in TAGS:
            steps[tag] += platform.get("/scalars/points", training=training, tag=tag)["steps"]
    return steps


def lost_and_doubled(steps: dict[str, list[int]], returned: int) -> tuple[int, int]:
    """Points of calls 0 … ``returned`` - 1 that are missing, and points that are there more than once."""
    lost = doubled = 0
    for found in steps.values():
        distinct = set(found)
        lost += returned - sum(step < returned for step in distinct)
        doubled += len(found) - len(distinct)
    return lost, doubled
