"""The ``pavi-worker`` command. Parses and prints; what is true of the machine comes from `labels`."""

import dataclasses
import json
from typing import Any

import click

from pavi_worker import __version__, labels


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pavi-worker")
def main() -> None:
    """Describes this machine to Pavi."""


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds that one probe may take.")
def probe(as_json: bool, timeout: float) -> None:
    """Print the labels of this machine: CPU, memory, accelerators, inference backends."""
    described = labels.describe(timeout)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(described), indent=2))
        return
    for name, found in described.found.items():
        click.echo(name)
        for key, value in found.items() or [("none", "")]:
            click.echo(f"  {key:<14}{_shown(value)}".rstrip())
    for name, problem in described.problems.items():
        click.echo(f"{name}\n  not known: {problem}")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{key}={_shown(item)}" for key, item in value.items())
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            return " ".join(value)
        return "".join(f"\n    {_shown(item)}" for item in value) or "none"
    return str(value)
