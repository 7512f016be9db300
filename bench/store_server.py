"""A server for the store's benchmarks: migrations, a user, Redis, and one server process; no background worker.

Owns processes and the opening of trainings; measures nothing.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from tests import services


@dataclass(frozen=True, slots=True)
class StoreServer:
    """A running server. ``environment`` makes another process work on the same database."""

    url: str
    port: int
    token: str
    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    def memory_mb(self) -> float:
        """Resident memory of the server process."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6

    def open(self, name: str) -> tuple[str, str]:
        """Opens a writer of a new training; returns both ids."""
        training, writer = str(uuid.uuid4()), str(uuid.uuid4())
        body = {"type": "open", "protocol": 1, "training": training, "project": "bench", "name": name, "time": 0.0}
        answer = requests.put(f"{self.url}/api/v1/writers/{writer}", json=body, headers=self.headers, timeout=30)
        answer.raise_for_status()
        return str(answer.json()["training"]["id"]), writer

    @property
    def headers(self) -> dict[str, str]:
        """Who asks."""
        return {"Authorization": f"Bearer {self.token}"}

    def compact(self, *trainings: str) -> None:
        """Compacts trainings in a process of its own, as the worker would."""
        code = (
            "import sys, uuid, django; django.setup()\n"
            "from server.scalars import services\n"
            "for one in sys.argv[1:]: services.compact(uuid.UUID(one))"
        )
        subprocess.run([sys.executable, "-c", code, *trainings], env=self.environment, check=True)


@contextlib.contextmanager
def running(database_url: str) -> Iterator[StoreServer]:
    """Starts it on a fresh database."""
    folder = Path(tempfile.mkdtemp(prefix="pavi-bench-store-"))
    try:
        with services.redis() as redis:
            environment = os.environ | {
                "PAVI_DATA_DIR": str(folder),
                "PAVI_DATABASE": database_url,
                "PAVI_REDIS": redis,
                "PAVI_LOG_LEVEL": "WARNING",
                "DJANGO_SETTINGS_MODULE": "server.config.settings",
            }
            token = _prepare(environment)
            with socket.socket() as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(("127.0.0.1", 0))
                listener.listen(1024)
                descriptor = listener.fileno()
                process = subprocess.Popen(
                    [sys.executable, "-m", "server.config.serve", str(descriptor)],
                    env=environment,
                    pass_fds=[descriptor],
                )
                port = listener.getsockname()[1]
            server = StoreServer(f"http://127.0.0.1:{port}", port, token, process, environment)
            try:
                _wait(server)
                yield server
            finally:
                process.terminate()
                process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(environment: dict[str, str]) -> str:
    code = (
        "import django; django.setup()\n"
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from server.accounts import services\n"
        "user = services.create_user(username='ada', password='correct horse battery staple')\n"
        "print(services.create_token(user_id=user.user_id, name='bench').raw)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout.strip().splitlines()[-1]


def _wait(server: StoreServer) -> None:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{server.url}/readyz", timeout=5).status_code == 200:
                return
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the server did not start")
        time.sleep(0.05)


def ask(server: StoreServer, path: str, **params: Any) -> Any:
    """JSON of a GET."""
    answer = requests.get(f"{server.url}/api/v1/{path}", params=params, headers=server.headers, timeout=120)
    answer.raise_for_status()
    return json.loads(answer.content)
