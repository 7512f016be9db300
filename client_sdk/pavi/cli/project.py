"""``pavi init``: a project to log into, and the lines that do it."""

import click

from pavi import settings
from pavi.api import Api
from pavi.exception import Conflict


@click.command()
@click.argument("project", required=False)
def init(project: str | None) -> None:
    """Make PROJECT the default of new trainings, and show the lines to paste into a training loop.

    Without PROJECT, show the present default.
    """
    if project is not None:
        _create(project)
        settings.save_project(project)
    name = settings.load().project or "default"
    click.echo(f"New trainings go to project {name}.\n")
    click.echo(f'    import pavi\n    training = pavi.init(project="{name}", config={{"lr": 0.1}})\n')
    click.echo('and in the loop:\n\n    training.log({"train/loss": loss}, step=step)')


def _create(name: str) -> None:
    """Makes it on the server unless it is there already."""
    api = Api()
    if "/" in name:  # somebody else's: it is there, or it cannot be made from here
        if not any(f"{found.owner}/{found.name}" == name for found in api.projects()):
            raise click.ClickException(f"there is no project {name} that you may see; ask its owner to add you")
        return
    try:
        api.client.post("projects", {"name": name})
    except Conflict:
        return
    click.echo(f"made project {name} on {api.server}")
