"""``pavi snapshots TRAINING``: the checkpoints of a training, and what may be done with one of them."""

from pathlib import Path

import click
from rich.markup import escape

from pavi import modelcloud
from pavi.api import Api, Snapshot, StoredTraining
from pavi.cli import rendering, transferring
from pavi.exception import BadSetting

_WHICH = "SNAPSHOT is an iteration, `last`, or the beginning of an id."


class _AfterwardsToo(click.Group):
    """Takes ``--json`` behind TRAINING as well, where people write it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = ["--json"] if "--json" in args else []
        return super().parse_args(ctx, [*first, *(word for word in args if word != "--json")])


@click.group(cls=_AfterwardsToo, invoke_without_command=True, subcommand_metavar="[COMMAND SNAPSHOT]")
@click.argument("training")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array, for programs.")
@click.pass_context
def snapshots(context: click.Context, training: str, as_json: bool) -> None:
    """List the checkpoints of TRAINING (a number or id), or do something with one of them."""
    context.obj = training
    if context.invoked_subcommand is None:
        _list(Api().training(training), as_json)


@snapshots.command(epilog=_WHICH)
@click.argument("snapshot")
@click.pass_obj
def pin(training: str, snapshot: str) -> None:
    """Keep SNAPSHOT from the rules that delete checkpoints."""
    found = _find(training, snapshot).pin()
    click.echo(f"{found.name} of iteration {found.iteration} is pinned")


@snapshots.command(epilog=_WHICH)
@click.argument("snapshot")
@click.pass_obj
def unpin(training: str, snapshot: str) -> None:
    """Leave SNAPSHOT to the rules again."""
    found = _find(training, snapshot).pin(False)
    click.echo(f"{found.name} of iteration {found.iteration} is not pinned")


@snapshots.command(epilog=_WHICH)
@click.argument("snapshot")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path(), help="A file, or a folder to put it in."
)
@click.pass_obj
def download(training: str, snapshot: str, output: Path) -> None:
    """Fetch the file of SNAPSHOT. A download that broke off is gone on with by the same command."""
    found = _find(training, snapshot)
    with transferring.bar(found.name) as show:
        path = found.download(output, show)
    click.echo(path)


@snapshots.command(epilog=_WHICH)
@click.argument("snapshot")
@click.argument("path")
@click.option("--alias", metavar="NAME", help="Let it point at the new version.")
@click.option("--comment", metavar="TEXT", help="Kept with the version.")
@click.pass_obj
def promote(training: str, snapshot: str, path: str, alias: str | None, comment: str | None) -> None:
    """Make SNAPSHOT a version of the model at PATH (pavi://project/model)."""
    found = _find(training, snapshot)
    node = modelcloud.promote(training, found, path, alias=alias, comment=comment)
    click.echo(f"{node.uri.partition('@')[0]}@v{node.version}")


@snapshots.command(epilog=_WHICH)
@click.argument("snapshot")
@click.pass_obj
def rm(training: str, snapshot: str) -> None:
    """Forget SNAPSHOT."""
    found = _find(training, snapshot)
    found.delete()
    click.echo(f"{found.name} of iteration {found.iteration} is forgotten")


def _list(training: StoredTraining, as_json: bool) -> None:
    found = training.snapshots()
    if as_json:
        rendering.print_json([_plain(snapshot) for snapshot in found])
        return
    if not found:
        click.echo("no snapshots", err=True)
        return
    tags = sorted({tag for snapshot in found for tag in snapshot.metrics})[:6]
    table = rendering.table("id", "tag", "#iteration", "file", "#size", "", *(f"#{tag}" for tag in tags))
    for snapshot in found:
        table.add_row(
            snapshot.id[:8] if _distinct(found) else snapshot.id,
            escape(snapshot.tag),
            str(snapshot.iteration),
            escape(snapshot.name),
            transferring.size(snapshot.size),
            " ".join(["pinned"] * snapshot.pinned + ["not arrived"] * (not snapshot.available)),
            *(_value(snapshot.metrics.get(tag)) for tag in tags),
        )
    rendering.console().print(table)


def _find(training: str, which: str) -> Snapshot:
    found = Api().training(training).snapshots()
    if which == "last":
        chosen = sorted(found, key=lambda snapshot: snapshot.iteration)[-1:]
    else:
        chosen = [snapshot for snapshot in found if str(snapshot.iteration) == which]
        if not chosen and len(which) >= 4:
            chosen = [snapshot for snapshot in found if snapshot.id.startswith(which)]
    if len(chosen) == 1:
        return chosen[0]
    many = f"{len(chosen)} snapshots are" if chosen else "no snapshot is"
    raise BadSetting(f"{many} {which!r}; `pavi snapshots {training}` lists them, name one by its id")


def _distinct(found: list[Snapshot]) -> bool:
    return len({snapshot.id[:8] for snapshot in found}) == len(found)


def _value(value: object) -> str:
    return rendering.short(value) if isinstance(value, int | float) else "" if value is None else escape(str(value))


def _plain(snapshot: Snapshot) -> dict[str, object]:
    names = ("id", "tag", "iteration", "name", "size", "sha256", "available", "pinned")
    return {**{name: getattr(snapshot, name) for name in names}, "metrics": dict(snapshot.metrics)}
