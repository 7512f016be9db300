"""The real platform for tests: `pavi-server up` as a process of its own, with a user and a token.

Owns starting, killing parts of, and stopping it. Tests talk to it over HTTP as everybody does.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from tests import services

PAVI_SERVER = str(Path(sys.executable).parent / "pavi-server")
PASSWORD = "correct horse battery staple"


@dataclass
class RunningPlatform:
    """A platform under test."""

    url: str
    port: int
    ground: "Ground"
    process: subprocess.Popen[bytes]

    @property
    def data_dir(self) -> Path:
        return self.ground.data_dir

    @property
    def token(self) -> str:
        """The token of ``ada``."""
        return self.ground.token

    @property
    def arguments(self) -> list[str]:
        """The options that every `pavi-server` command about this platform needs."""
        database = ["--database", self.ground.database] if self.ground.database else []
        return ["--data-dir", str(self.data_dir), *database]

    def start_again(self) -> None:
        """Starts it on the same ground and port after its process has ended, and waits until it is ready."""
        self.process = start(self.ground, self.port)
        self.wait_ready()

    def run(self, *command: str) -> str:
        """Runs a `pavi-server` command beside the platform and returns what it printed."""
        return pavi_server(*command, *self.arguments)

    def new_user(self, name: str) -> str:
        """Makes a user and returns a token of theirs."""
        self.run("createuser", name, "--password", PASSWORD)
        return self.run("token", "--user", name).strip()

    def session(self, token: str | None = None) -> requests.Session:
        """A session that sends a token (the first user's unless another is given)."""
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {token or self.token}"
        session.trust_env = False
        return session

    def get(self, path: str, **params: Any) -> Any:
        """JSON of a GET below /api/v1 as the first user."""
        answer = self.session().get(f"{self.url}/api/v1{path}", params=params, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def environment(self, journals: Path) -> dict[str, str]:
        """The environment of a training process that logs into this platform."""
        return os.environ | {
            "PAVI_SERVER": self.url,
            "PAVI_TOKEN": self.token,
            "PAVI_DIR": str(journals),
            "PAVI_CONFIG_DIR": str(self.data_dir / "config"),
        }

    def children(self, name: str) -> list[psutil.Process]:
        """Processes of one part: ``redis``, ``worker`` or ``server``."""
        marks = {"redis": "redis-server", "worker": "celery", "server": "server.config.serve"}
        supervisor = psutil.Process(self.process.pid)
        found = []
        for child in supervisor.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if any(marks[name] in part for part in child.cmdline()):
                    found.append(child)
        return found

    def kill(self, name: str) -> None:
        """SIGKILLs every process of one part."""
        for process in self.children(name):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)

    def wait_ready(self, timeout: float = 60) -> None:
        """Returns when /readyz says ready."""
        deadline = time.monotonic() + timeout
        while True:
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            if self.process.poll() is not None:
                raise AssertionError(f"pavi-server ended with {self.process.returncode}: {self.log()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"not ready within {timeout} s: {self.log()}")
            time.sleep(0.05)

    def log(self) -> str:
        """The ends of all log files, for failure messages."""
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}"
            for path in sorted((self.data_dir / "logs").glob("*.log"))
        )

    def stop(self) -> None:
        """Ends it as Ctrl-C would, and sees to it that nothing is left."""
        tree = []
        with contextlib.suppress(psutil.NoSuchProcess):
            tree = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        finally:
            for process in tree:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            if self.process.poll() is None:
                self.process.kill()


@dataclass(frozen=True)
class Ground:
    """What a platform starts on: a data folder, the address of a database (empty: SQLite in the folder), and the
    token of its user ``ada``."""

    data_dir: Path
    database: str
    token: str

    def copy(self, data_dir: Path) -> "Ground":
        """The same once more. Nothing may run on this ground."""
        shutil.copytree(self.data_dir, data_dir)
        return Ground(data_dir, services.copy_database(self.database) if self.database else "", self.token)


def prepare(data_dir: Path, database: str = "") -> Ground:
    """Fresh ground; ``database`` is any database of a cluster in which another one may be made."""
    own = services.new_database(database) if database else ""
    arguments = ["--data-dir", str(data_dir)] + (["--database", own] if own else [])
    pavi_server("createuser", "ada", "--password", PASSWORD, "--admin", *arguments)
    return Ground(data_dir, own, pavi_server("token", "--user", "ada", *arguments).strip())


@contextlib.contextmanager
def platform(
    ground: Ground, *, workers: int = 1, environment: dict[str, str] | None = None
) -> Iterator[RunningPlatform]:
    """A platform on that ground, on a free port."""
    port = services.free_port()
    process = start(ground, port, workers=workers, environment=environment)
    running = RunningPlatform(f"http://127.0.0.1:{port}", port, ground, process)
    try:
        running.wait_ready()
        yield running
    finally:
        running.stop()


def start(
    ground: Ground, port: int, *, workers: int = 1, environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """`pavi-server up`, not waited for."""
    command = [PAVI_SERVER, "up", "--data-dir", str(ground.data_dir), "--port", str(port), "--workers", str(workers)]
    if ground.database:
        command += ["--database", ground.database]
    (ground.data_dir / "logs").mkdir(parents=True, exist_ok=True)
    with (ground.data_dir / "logs" / "up.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env=clean_environment() | (environment or {}))


def clean_environment() -> dict[str, str]:
    """This process's environment without what configures a Pavi server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PAVI_")}


def pavi_server(*command: str) -> str:
    """Runs a `pavi-server` command that must succeed and returns what it printed."""
    done = subprocess.run(
        [PAVI_SERVER, *command], capture_output=True, text=True, timeout=120, env=clean_environment(), check=False
    )
    if done.returncode:
        raise AssertionError(
            f"pavi-server {' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def facts(data_dir: Path) -> dict[str, Any]:
    """What the running platform wrote about itself."""
    return dict(json.loads((data_dir / "running.json").read_text() or "{}"))
