"""``pavi tb``: brings TensorBoard's event files in, once or as long as they grow."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pavi import settings
from pavi.api import Api
from pavi.exception import NotLoggedIn, ServerUnavailable, ServerUnreachable

if TYPE_CHECKING:
    from pavi.tensorboard.runs import Brought, Runs

_DEFAULT_PROJECT = "default"


@click.group()
def tb() -> None:
    """Bring in what TensorBoard's writers have written."""


_path = click.argument("path", type=click.Path(path_type=Path, exists=True))
_project = click.option("--project", metavar="P", help="Where the trainings go; `pavi init`'s, or 'default'.")
_name = click.option("--name", metavar="N", help="Names the training; with several runs, stands before their names.")


@tb.command("import")
@_path
@_project
@_name
def import_(path: Path, project: str | None, name: str | None) -> None:
    """Bring in the event files below PATH: each folder that holds some is a training.

    Doing it again adds what is new since, and nothing twice. Ends with exit code 1 when a file is damaged or the
    server refused something.
    """
    runs = _runs(path, project, name)
    found = good = 0
    for brought in runs.bring():
        _tell(brought)
        found += 1
        good += not brought.problems
    runs.finish()
    if not found:
        click.echo(f"pavi: there are no event files below {path} (their names hold 'tfevents')", err=True)
    raise click.exceptions.Exit(0 if found and good == found else 1)


@tb.command()
@_path
@_project
@_name
@click.option(
    "--interval", type=click.FloatRange(min=0.05), default=2.0, show_default=True, help="Seconds between looks."
)
def watch(path: Path, project: str | None, name: str | None, interval: float) -> None:
    """Bring in the event files below PATH and go on until Ctrl-C: files that grow, and new ones."""
    runs = _runs(path, project, name)
    known: set[str] = set()
    away = False
    try:
        while True:
            try:
                for brought in runs.bring():
                    if brought.name not in known or brought.points or brought.events or brought.problems:
                        _tell(brought)
                    known.add(brought.name)
                away = False
            except (ServerUnreachable, ServerUnavailable) as error:
                if not away:
                    click.echo(f"pavi: {error}; waiting for it", err=True)
                away = True
            time.sleep(interval)
    except KeyboardInterrupt:
        runs.finish()


def _runs(path: Path, project: str | None, name: str | None) -> "Runs":
    try:
        from pavi.tensorboard.runs import Runs
    except ImportError as error:
        if error.name != "numpy":
            raise
        raise click.ClickException("reading event files needs numpy: pip install numpy") from error

    found = settings.load()
    api = Api()
    if not api.client.token:
        raise NotLoggedIn(f"nobody is logged in to {api.server}", status=401)
    user = str(api.me()["username"])
    return Runs(path, api.client, user=user, project=project or found.project or _DEFAULT_PROJECT, name=name or "")


def _tell(brought: "Brought") -> None:
    training = brought.training
    new = f"{brought.points:,} points" + (f" and {brought.events:,} other things" if brought.events else "")
    if not brought.points and not brought.events:
        new = "nothing new"
    click.echo(f"{brought.name}: {new} → training {training['number']}, {training['url']}")
    if brought.skipped:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(brought.skipped.items()))
        click.echo(f"{brought.name}: not brought in: {kinds}", err=True)
    for problem in brought.problems:
        click.echo(f"pavi: {problem}", err=True)
