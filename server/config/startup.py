"""What must hold before the platform starts, each with one line that names the way out when it does not."""

import errno
import fcntl
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

SQLITE, POSTGRES = "sqlite", "postgresql"


class StartupError(click.ClickException):
    """Something outside the program prevents the start; the message is the whole story, without a traceback."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"pavi-server: {self.message}", file=file, err=file is None)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line decided."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8300
    database: str = ""
    redis: str = ""
    workers: int = 1
    public_url: str = ""

    @property
    def url(self) -> str:
        """The address for people on this machine (or the public one that was configured)."""
        if self.public_url:
            return self.public_url
        host = self.host
        if host in ("0.0.0.0", "::", ""):  # noqa: S104  # compared with, not bound to
            host = "127.0.0.1"
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def prepare_data_dir(folder: Path) -> None:
    """Creates the data folder and proves that it can be written."""
    probe = folder / f".writable-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise StartupError(
            f"the data folder {folder} cannot be written ({error.strerror}). "
            "Choose another with --data-dir, or give this user write permission."
        ) from error


def export(options: Options) -> None:
    """Puts the options where the settings, here and in child processes, read them."""
    os.environ["PAVI_DATA_DIR"] = str(options.data_dir)
    os.environ["PAVI_PUBLIC_URL"] = options.url
    if options.database:
        os.environ["PAVI_DATABASE"] = options.database
    if options.redis:
        os.environ["PAVI_REDIS"] = options.redis
    os.environ["DJANGO_SETTINGS_MODULE"] = "server.config.settings"


def load_django() -> None:
    """Sets Django up; a bad setting or database address becomes one line."""
    import django

    from server.common.env import BadSetting

    try:
        django.setup()
    except BadSetting as error:
        raise StartupError(str(error)) from error
    except ValueError as error:  # dj-database-url refuses what it cannot parse
        if "PAVI_DATABASE" in os.environ:
            raise StartupError(
                f"the database address cannot be used ({error}). "
                "Write sqlite:////absolute/path.sqlite3 or postgres://user:password@host:5432/name."
            ) from error
        raise


def check_database() -> None:
    """Connects once."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except (DatabaseError, ImproperlyConfigured) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        settings = connection.settings_dict
        if connection.vendor == SQLITE:
            where = f"The SQLite file {settings['NAME']}"
            way_out = "Check its permissions and the disk, or choose another folder with --data-dir."
        else:
            where = f"The database {settings['NAME']!r} at {settings['HOST'] or 'localhost'}:{settings['PORT'] or 5432}"
            way_out = "Start it, or give the right address with --database postgres://user:password@host:5432/name."
        raise StartupError(f"{where} does not answer ({reason}). {way_out}") from error


def migrate(verbosity: int = 0) -> None:
    """Brings the tables up to date."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=verbosity)
    connection.close()


def bind(host: str, port: int) -> socket.socket:
    """The listening socket that all server processes share."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise StartupError(
                f"port {port} on {host} is taken by another program. "
                f"Choose another with --port, for example --port {port + 1}."
            ) from error
        if error.errno == errno.EACCES:
            raise StartupError(f"port {port} needs administrator rights. Choose one above 1023 with --port.") from error
        raise StartupError(
            f"cannot listen on {host}:{port} ({error.strerror}). Choose an address of this machine with --host."
        ) from error
    except socket.gaierror as error:
        listener.close()
        raise StartupError(
            f"the host {host!r} is unknown ({error}). Use --host 127.0.0.1 or --host 0.0.0.0."
        ) from error
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


class Occupied:
    """Says which platform runs on a data folder: a locked file that the running one holds until it ends."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "running.json"
        self._file: IO[str] | None = None

    def take(self, **facts: Any) -> None:
        """Claims the folder and writes down who did."""
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            known = _facts(file.read())
            file.close()
            raise StartupError(
                f"a platform already runs on {self._path.parent} "
                f"(pid {known.get('pid', '?')}, {known.get('url', '?')}). "
                "Use that one, stop it, or choose another folder with --data-dir."
            ) from error
        self._file = file
        self.note(pid=os.getpid(), **facts)

    def note(self, **facts: Any) -> None:
        """Rewrites the facts while the folder is held."""
        if self._file is None:
            raise RuntimeError("take() the folder first")
        self._file.seek(0)
        known = _facts(self._file.read()) if facts.get("pid") is None else {}
        self._file.seek(0)
        self._file.truncate()
        json.dump(known | facts, self._file)
        self._file.flush()

    def release(self) -> None:
        """Lets go; the file stays, unlocked, with nothing in it."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()
            self._file = None


def running(data_dir: Path) -> dict[str, Any] | None:
    """The facts of the platform that runs on the folder; None when none does."""
    path = data_dir / "running.json"
    try:
        file = path.open("r")
    except OSError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return _facts(file.read())
    return None


def _facts(text: str) -> dict[str, Any]:
    try:
        facts = json.loads(text or "{}")
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
