"""Published packages in environments of their own, against the running platform, logged in as a person logs in."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pavi.api import Api
from tests.clients.environments import Environment
from tests.platform import RunningPlatform

PATIENCE_S = 600.0


@dataclass(frozen=True)
class Machine:
    """A person's machine: one Python environment, a home with the login in it, and a folder to train in."""

    python: Path
    config_dir: Path
    folder: Path

    def variables(self, **more: str) -> dict[str, str]:
        """What a process here sees: nothing of ours but where the login is."""
        ours = ("PAVI_", "SLURM_", "PYTHON", "COVERAGE")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return clean | {"PAVI_CONFIG_DIR": str(self.config_dir), "OMP_NUM_THREADS": "1"} | more

    def start(self, *arguments: str | Path, **more: str) -> subprocess.Popen[str]:
        """Starts Python with these arguments; all its channels are pipes."""
        return subprocess.Popen(
            [str(self.python), *map(str, arguments)],
            cwd=self.folder,
            env=self.variables(**more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str | Path, **more: str) -> str:
        """Runs Python with these arguments to a good end. Returns what it printed."""
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, f"{arguments}: exit code {process.returncode}\n{out[-4000:]}\n{err[-8000:]}"
        return out


@pytest.fixture(scope="session")
def machine(platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Environment], Machine]:
    """Makes a machine with an environment, on which ``pavi login`` was typed."""

    def make(environment: Environment) -> Machine:
        home = tmp_path_factory.mktemp(environment.name)
        found = Machine(environment.python(), home / "config", home / "work")
        found.folder.mkdir()
        found.run("-m", "pavi", "login", "--server", platform.url, "--token", platform.token)
        return found

    return make


@pytest.fixture(scope="session")
def api(platform: RunningPlatform) -> Api:
    """Reads what arrived."""
    return Api(platform.url, platform.token)
