"""The ``pavi-server`` command: start the platform, make users and tokens, look after the database."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from server.config import startup
from server.config.startup import Options, StartupError


def _data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--data-dir`` and ``--database``, the same for every command."""
    command = click.option(
        "--database",
        envvar="PAVI_DATABASE",
        default="",
        metavar="URL",
        help="postgres://user:password@host/name; SQLite in the data folder when absent.",
    )(command)
    return click.option(
        "--data-dir",
        envvar="PAVI_DATA_DIR",
        default="data",
        show_default=True,
        type=click.Path(path_type=Path, file_okay=False),
        help="Where everything is kept.",
    )(command)


def _attach(data_dir: Path, database: str) -> None:
    """Sets Django up for a command that works beside a running platform, with tables that are up to date."""
    from django.db import connection

    data_dir = data_dir.resolve()
    startup.prepare_data_dir(data_dir)
    startup.export(Options(data_dir, database=database))
    startup.load_django()
    facts = startup.running(data_dir)
    if facts and facts.get("database") == startup.POSTGRES and connection.vendor == startup.SQLITE:
        raise StartupError("the platform on this folder uses PostgreSQL: give its address with --database too.")
    startup.check_database()
    if facts is None:
        startup.migrate()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pavi-server")
def main() -> None:
    """Runs and looks after a Pavi platform."""


@main.command()
@_data_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=8300, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--redis", envvar="PAVI_REDIS", default="", metavar="URL", help="A Redis to use; a private one when absent."
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Server processes.")
@click.option("--public-url", envvar="PAVI_PUBLIC_URL", default="", help="How browsers reach it, when behind a proxy.")
def up(data_dir: Path, database: str, host: str, port: int, redis: str, workers: int, public_url: str) -> None:
    """Starts the platform and keeps it running until Ctrl-C or SIGTERM."""
    from server.config.platform import Platform

    options = Options(data_dir.resolve(), host, port, database, redis, workers, public_url)
    platform = Platform(options, say=_say)
    platform.stop_on_signals()
    platform.start()
    try:
        _say(f"ready at {options.url}")
        _say(f"data in {options.data_dir}, logs in {options.data_dir / 'logs'}; Ctrl-C stops everything.")
        if _no_users():
            _say("there is no user yet; make one with: pavi-server createuser NAME --admin")
        platform.serve()
    finally:
        _say("stopping.")
        platform.stop()


def _no_users() -> bool:
    from django.contrib.auth import get_user_model
    from django.db import connection

    try:
        return not get_user_model()._default_manager.exists()
    finally:
        connection.close()


@main.command()
@_data_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8300, show_default=True, type=click.IntRange(1, 65535))
@click.option("--exit", "exit_when_done", is_flag=True, help="Stop everything after the two trainings.")
def demo(data_dir: Path, database: str, host: str, port: int, exit_when_done: bool) -> None:
    """Starts the platform, makes a user and runs two real trainings on handwritten digits."""
    from server.config.demo import run

    run(Options(data_dir.resolve(), host, port, database), exit_when_done=exit_when_done, say=_say)


@main.command()
@_data_options
def migrate(data_dir: Path, database: str) -> None:
    """Brings the database's tables up to date."""
    startup.prepare_data_dir(data_dir.resolve())
    startup.export(Options(data_dir.resolve(), database=database))
    startup.load_django()
    startup.check_database()
    startup.migrate(verbosity=1)


@main.command()
@click.argument("name")
@_data_options
@click.option("--password", help="Asked for when absent.")
@click.option("--admin", is_flag=True, help="May manage everything on this platform.")
def createuser(name: str, data_dir: Path, database: str, password: str | None, admin: bool) -> None:
    """Makes a user."""
    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    _attach(data_dir, database)
    from server.accounts import services
    from server.common.errors import PaviError

    try:
        services.create_user(username=name, password=password, is_admin=admin)
    except PaviError as error:
        raise StartupError(error.message) from error
    _say(f"user {name} created.")


@main.command()
@_data_options
@click.option("--user", required=True, help="Whose token.")
@click.option("--name", default="made by pavi-server token", help="What it is for.")
def token(data_dir: Path, database: str, user: str, name: str) -> None:
    """Prints a new token, and nothing else."""
    _attach(data_dir, database)
    from server.accounts import selectors, services
    from server.common.errors import PaviError

    owner = selectors.find_user(user)
    if owner is None:
        raise StartupError(f"there is no user {user!r}; make one with: pavi-server createuser {user}")
    try:
        made = services.create_token(user_id=owner.user_id, name=name)
    except PaviError as error:
        raise StartupError(error.message) from error
    click.echo(made.raw)


@main.command()
@_data_options
def doctor(data_dir: Path, database: str) -> None:
    """Checks the parts of the platform and explains what it finds."""
    from server.config.doctor import examine

    healthy = examine(Options(data_dir.resolve(), database=database))
    raise SystemExit(0 if healthy else 1)


def _say(line: str) -> None:
    click.echo(f"pavi-server: {line}", err=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.config.settings")
    main()
