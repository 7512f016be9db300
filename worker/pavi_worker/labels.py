"""The labels that describe this machine: what jobs are matched against. Runs the probes, each apart from the others."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pavi_worker.probes import NAMES


@dataclass(frozen=True, slots=True)
class Labels:
    """What the probes found.

    Attributes:
        found: by probe name, what it told.
        problems: by probe name, why it told nothing.
    """

    found: dict[str, dict[str, Any]]
    problems: dict[str, str]


def describe(timeout: float = 30.0) -> Labels:
    """Probes this machine.

    Each probe is a process: a driver that crashes, hangs or prints takes its own labels with it and nothing else.

    Args:
        timeout: seconds that one probe may take.
    """
    with ThreadPoolExecutor(len(NAMES)) as pool:
        answers = list(pool.map(lambda name: _run(name, timeout), NAMES))
    found, problems = {}, {}
    for name, answer in zip(NAMES, answers, strict=True):
        if isinstance(answer, str):
            problems[name] = answer
        else:
            found[name] = answer
    return Labels(found, problems)


def _run(name: str, timeout: float) -> dict[str, Any] | str:
    """What the probe found, or in words why there is nothing."""
    command = [sys.executable, "-m", "pavi_worker.probes", name]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {timeout:g} s"
    except OSError as error:
        return f"cannot be started: {error}"
    if done.returncode < 0:
        return f"crashed (signal {-done.returncode})"
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1][:500]
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return "told something that is not JSON"
    return answer if isinstance(answer, dict) else "told something that is no set of labels"
