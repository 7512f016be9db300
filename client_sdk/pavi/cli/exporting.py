"""``pavi export`` and ``pavi open``."""

import webbrowser
from pathlib import Path
from typing import Literal

import click

from pavi.api import Api, get_training_url


@click.command()
@click.argument("training")
@click.option("--format", "kind", type=click.Choice(["parquet", "csv", "json"]), default="parquet", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="training-NUMBER.FORMAT when absent."
)
def export(training: str, kind: Literal["parquet", "csv", "json"], output: Path | None) -> None:
    """Write every point of TRAINING (a number or id) to a file."""
    found = Api().training(training)
    path = found.export(output or Path(f"training-{found.number}.{kind}"), kind)
    click.echo(path)


@click.command("open")
@click.argument("training")
def open_training(training: str) -> None:
    """Show TRAINING (a number or id) in the browser, and print its address."""
    url = get_training_url(training)
    click.echo(url)
    webbrowser.open(url)
