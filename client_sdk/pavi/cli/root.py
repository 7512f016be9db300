"""The group that all commands hang on, and the one place where an error becomes a line for people."""

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from pavi import exception
from pavi.cli import (
    account,
    cloud,
    exporting,
    listing,
    project,
    server,
    snapshots,
    syncing,
    tensorboard,
    versions,
    weights,
)


class _OneLineErrors(click.Group):
    """Ends with one line and exit code 1 where Python would print a traceback; ``PAVI_DEBUG=1`` prints it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise  # click's own ways to end
        except Exception as error:  # the last stop: a command never ends in a traceback
            if os.environ.get("PAVI_DEBUG", "0") not in ("", "0"):
                raise
            click.echo(f"pavi: {_line(error)}", err=True)
            sys.exit(1)


def _line(error: Exception) -> str:
    """What went wrong and the way out, in one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    match error:
        case exception.ServerUnreachable():
            return f"{text}. Is it running (`pavi-server up`)? `pavi login --server URL` names another."
        case exception.NotLoggedIn():
            return f"{text.rstrip('.')}. Run `pavi login`."
        case exception.InvalidRequest() if "column" in error.details:
            return f"{text} (column {error.details['column']})"
        case exception.PaviError() | ValueError():
            return text
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return f"{where}{error.strerror or text}"
        case ImportError():
            return f"{text}; install what is missing with: pip install 'pavi-sdk[all]'"
    return f"this should not have happened ({type(error).__name__}: {text}); PAVI_DEBUG=1 shows where"


def _version() -> str:
    try:
        return version("pavi-sdk")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "unknown"


@click.group(cls=_OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="pavi")
def root() -> None:
    """Tracks trainings: what was logged, what waits to be sent, how they compare, and the models that came of them."""


for _command in (
    account.login,
    account.logout,
    account.whoami,
    project.init,
    listing.ls,
    listing.show,
    syncing.sync,
    exporting.export,
    exporting.open_training,
    server.server,
    tensorboard.tb,
    cloud.cp,
    cloud.mv,
    cloud.rm,
    cloud.restore,
    versions.versions,
    versions.alias,
    versions.stage,
    versions.inspect,
    snapshots.snapshots,
    weights.convert_weights,
):
    root.add_command(_command)
