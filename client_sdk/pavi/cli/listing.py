"""``pavi ls`` and ``pavi show``."""

import click
from rich.markup import escape
from rich.table import Table

from pavi.api import Api, StoredTraining
from pavi.cli import cloud, rendering
from pavi.exception import BadSetting


@click.command()
@click.argument("path", required=False, metavar="[pavi://…]")
@click.option("-r", "--recursive", is_flag=True, help="With pavi://: all that is below.")
@click.option("--trash", is_flag=True, help="With pavi://: what lies in the project's trash.")
@click.option("--project", metavar="NAME", help="Only this project's; owner/name for somebody else's.")
@click.option("--where", metavar="EXPRESSION", help="""Such as 'status == "running" and config.lr <= 0.1'.""")
@click.option(
    "--order-by", metavar="KEY", help="""Such as -number or 'metrics["val/acc"].max'; newest first when absent."""
)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="At most so many.")
@click.option("--archived", is_flag=True, help="The archived ones instead.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array, for programs.")
def ls(
    path: str | None,
    recursive: bool,
    trash: bool,
    project: str | None,
    where: str | None,
    order_by: str | None,
    limit: int,
    archived: bool,
    as_json: bool,
) -> None:
    """List trainings, newest first; with an address such as pavi://project/folder, what lies there."""
    if path is not None:
        if not cloud.is_cloud(path):
            raise BadSetting(f"{path} is no address in the ModelCloud; write pavi://{path}, or --project {path}")
        cloud.list_nodes(path, recursive=recursive, trash=trash, as_json=as_json)
        return
    found = list(Api().trainings(project, where, order_by, archived=archived, limit=limit))
    if as_json:
        rendering.print_json([training.listed for training in found])
        return
    if not found:
        click.echo(
            "no trainings" + (" match" if where or project else " yet; `pavi init` shows how to log one"), err=True
        )
        return
    table = rendering.table("#no.", "name", "status", "project", "age", "tags")
    for training in found:
        table.add_row(
            str(training.number),
            escape(training.name),
            rendering.coloured(training.status),
            escape(training.project),
            rendering.age(training["created_at"]),
            escape(" ".join(training.tags)),
        )
    rendering.console().print(table)


@click.command()
@click.argument("training")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
def show(training: str, as_json: bool) -> None:
    """Show what TRAINING (a number or id) is, and its series."""
    found = Api().training(training)
    series = found.series()
    if as_json:
        rows = [
            {
                "tag": one.tag,
                "rank": one.rank,
                "count": one.count,
                "first_step": one.first_step,
                "last_step": one.last_step,
                "last_value": one.last_value,
                "min": one.min,
                "max": one.max,
            }
            for one in series
        ]
        rendering.print_json({**found.data, "series": rows})
        return
    console = rendering.console()
    console.print(_facts(found))
    if series:
        table = rendering.table("series", "#points", "#last step", "#last", "#min", "#max")
        for one in series:
            rank = "" if one.rank is None else f" (rank {one.rank})"
            table.add_row(
                escape(one.tag) + rank,
                str(one.count),
                "" if one.last_step is None else str(one.last_step),
                rendering.short(one.last_value),
                rendering.short(one.min),
                rendering.short(one.max),
            )
        console.print()
        console.print(table)


def _facts(training: StoredTraining) -> Table:
    table = rendering.table("", "")
    table.show_header = False
    rows = [
        ("number", str(training.number)),
        ("id", training.id),
        ("name", training.name),
        ("project", training.project),
        ("created", str(training["created_at"])),
        ("tags", " ".join(training.tags)),
        ("notes", training.notes),
        ("url", training.url),
    ]
    table.add_row("status", rendering.coloured(training.status))
    rows += [(f"config.{name}", value) for name, value in rendering.flat(training.config)]
    rows += [(f"summary.{name}", value) for name, value in rendering.flat(training.summary)]
    for name, value in rows:
        if value:
            table.add_row(escape(name), escape(value))
    return table
