"""``pavi-server doctor``: looks at each part the platform stands on and says what is wrong and what to do."""

import http.client
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import click

from server.config import startup
from server.config.startup import Options, StartupError

T = TypeVar("T")
_LOW_DISK_BYTES = 2 * 1024**3


def examine(options: Options) -> bool:
    """Runs all checks, prints a line each, and returns whether all are well."""
    facts = startup.running(options.data_dir)
    checks: list[tuple[str, Callable[[], str]]] = [
        ("data folder", lambda: _data_folder(options.data_dir)),
        ("disk", lambda: _disk(options.data_dir)),
        ("database", lambda: _database(options)),
        ("tables", _tables),
        ("users", _users),
        ("series store", _store),
        ("platform", lambda: _platform(facts)),
    ]
    healthy = True
    for name, check in checks:
        try:
            click.echo(f"  ok    {name}: {check()}")
        except StartupError as problem:
            healthy = False
            click.echo(f"  FAIL  {name}: {problem.message}")
    click.echo("everything is well." if healthy else "see the lines marked FAIL.")
    return healthy


def _data_folder(folder: Path) -> str:
    startup.prepare_data_dir(folder)
    return f"{folder} can be written"


def _disk(folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    if free < _LOW_DISK_BYTES:
        raise StartupError(f"only {free / 1024**2:,.0f} MB are free on the disk of {folder}; make room.")
    return f"{free / 1024**3:,.0f} GB free"


def _database(options: Options) -> str:
    from django.db import connection

    startup.export(options)
    startup.load_django()
    startup.check_database()
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == startup.SQLITE else "SHOW server_version")
        version = cursor.fetchone()[0]
    return f"{connection.vendor} {version} answers in {(time.perf_counter() - started) * 1000:.1f} ms"


def _tables() -> str:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise StartupError(f"the database cannot be read ({error}).") from error
    if pending:
        raise StartupError(f"{len(pending)} migrations are not applied yet; run: pavi-server migrate")
    return "up to date"


def _users() -> str:
    from django.contrib.auth import get_user_model

    count = _ask(lambda: get_user_model()._default_manager.filter(is_active=True).count())
    if not count:
        raise StartupError("nobody can sign in; run: pavi-server createuser NAME --admin")
    return f"{count} can sign in"


def _store() -> str:
    from server.scalars import selectors

    backlog = _ask(selectors.backlog)
    if backlog.oldest_s is not None and backlog.oldest_s > 600:
        raise StartupError(
            f"{backlog.segments:,} batches wait for compaction, the oldest for {backlog.oldest_s / 60:.0f} min: "
            "is the Celery worker running? (Nothing is lost; reads get slower.)"
        )
    return f"{backlog.segments:,} batches wait for compaction"


def _ask(query: Callable[[], T]) -> T:
    from django.db import DatabaseError

    try:
        return query()
    except DatabaseError as error:
        raise StartupError(f"the database cannot be read ({str(error).strip().splitlines()[0]}).") from error


def _platform(facts: dict[str, object] | None) -> str:
    if facts is None:
        return "not running on this folder (start it with: pavi-server up)"
    url = str(facts.get("url", ""))
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port or 80, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        body = answer.read(2000).decode(errors="replace")
    except OSError as error:
        raise StartupError(f"pid {facts.get('pid')} holds the folder, but {url} does not answer ({error}).") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise StartupError(f"{url} is not ready: {body}")
    return f"runs as pid {facts.get('pid')} at {url}"
