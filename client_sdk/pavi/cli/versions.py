"""``pavi versions``, ``alias``, ``stage`` and ``inspect``: what a model is, and what people say of it."""

from dataclasses import asdict
from typing import Any

import click
from rich.markup import escape

from pavi import modelcloud
from pavi.cli import rendering, transferring
from pavi.exception import InvalidRequest

_PATHS = "PATH is pavi://project/folder/name; @v3 or @production behind it names a version, else it is the newest."
_STAGES = ("none", "candidate", "staging", "production", "archived")


@click.command(epilog=_PATHS)
@click.argument("path")
@click.option("--history", is_flag=True, help="Who gave which alias and stage, when and why, instead.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array, for programs.")
def versions(path: str, history: bool, as_json: bool) -> None:
    """List the versions of a model or file, newest first."""
    node = modelcloud.get(path)
    if history:
        _history(node, as_json)
        return
    found = node.versions()
    if as_json:
        rendering.print_json([asdict(version) for version in found])
        return
    table = rendering.table("#version", "file", "#size", "stage", "aliases", "by", "age", "training", "comment")
    for version in found:
        origin = version.training
        table.add_row(
            f"v{version.number}",
            escape(version.name),
            transferring.size(version.size),
            "" if version.stage == "none" else version.stage,
            " ".join(version.aliases),
            escape(version.created_by or ""),
            rendering.age(version.created_at),
            "" if origin is None else escape(f"{origin.number} {origin.name}"),
            escape(version.comment),
        )
    rendering.console().print(table)


@click.command(epilog=_PATHS)
@click.argument("path")
@click.argument("name")
@click.option("--comment", metavar="TEXT", help="Why; kept in the history.")
@click.option("--remove", is_flag=True, help="Take the alias away.")
def alias(path: str, name: str, comment: str | None, remove: bool) -> None:
    """Let the alias NAME point at the version that PATH names."""
    node = modelcloud.get(path)
    if remove:
        node.remove_alias(name, comment=comment)
        click.echo(f"{node.uri.partition('@')[0]} has no alias {name} any more")
        return
    node = node.set_alias(name, comment=comment)
    click.echo(f"{node.uri.partition('@')[0]}@{name} is v{node.version}")


@click.command(epilog=_PATHS)
@click.argument("path")
@click.argument("stage", type=click.Choice(_STAGES))
@click.option("--comment", metavar="TEXT", help="Why; kept in the history.")
def stage(path: str, stage: str, comment: str | None) -> None:
    """Set the stage of the version that PATH names."""
    node = modelcloud.get(path).set_stage(stage, comment=comment)
    click.echo(f"{node.uri.partition('@')[0]}@v{node.version} is {node.stage}")


@click.command(epilog=_PATHS)
@click.argument("path")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
def inspect(path: str, as_json: bool) -> None:
    """Show what the file at PATH is and which tensors it holds, without loading it anywhere."""
    node = modelcloud.get(path)
    try:
        found = node.tensors() if node.sha256 is not None else {}
    except InvalidRequest as error:  # no format that is known, or a damaged file; the rest can be shown
        found = {"problem": str(error)}
    if as_json:
        rendering.print_json({**node.data, "contents": found})
        return
    console = rendering.console()
    table = rendering.table("", "")
    table.show_header = False
    for name, value in _facts(node, found):
        if value:
            table.add_row(name, escape(value))
    console.print(table)
    if found.get("tensors"):
        tensors = rendering.table("tensor", "shape", "dtype")
        for one in found["tensors"]:
            shape = "×".join(map(str, one["shape"])) or "scalar"
            tensors.add_row(escape(str(one["name"])), shape, escape(str(one["dtype"])))
        console.print()
        console.print(tensors)


def _facts(node: modelcloud.Node, found: dict[str, Any]) -> list[tuple[str, str]]:
    origin = node.training
    facts = [
        ("path", node.path),
        ("kind", node.kind),
        ("size", transferring.size(node.size)),
        ("sha256", node.sha256 or ""),
        ("version", "" if node.version is None else str(node.version)),
        ("stage", "" if node.stage == "none" else node.stage),
        ("aliases", " ".join(f"{name}=v{number}" for name, number in sorted(node.aliases().items()))),
        ("comment", node.comment),
        ("created", f"{node.data.get('created_at') or ''} {node.data.get('created_by') or ''}".strip()),
    ]
    if origin is not None:
        at = "" if origin.iteration is None else f", iteration {origin.iteration}"
        facts += [("training", f"{origin.number} {origin.name}{at}"), ("commit", origin.commit)]
    facts += [
        ("format", str(found.get("format") or found.get("problem") or "")),
        ("parameters", f"{found['parameters']:,}" if found.get("parameters") else ""),
    ]
    return facts + [("globals", _global(one)) for one in found.get("globals") or []]


def _global(one: Any) -> str:
    if not isinstance(one, dict):
        return str(one)
    return f"{one['name']}{'  DANGEROUS' if one.get('dangerous') else ''}"


def _history(node: modelcloud.Node, as_json: bool) -> None:
    changes = node.history()
    if as_json:
        rendering.print_json([asdict(change) for change in changes])
        return
    table = rendering.table("age", "by", "what", "comment")
    for change in changes:
        table.add_row(rendering.age(change.at), escape(change.by or ""), escape(_what(change)), escape(change.comment))
    rendering.console().print(table)


def _what(change: modelcloud.Change) -> str:
    if change.kind == "stage":
        return f"v{change.version}: {change.previous_stage or 'none'} → {change.stage or 'none'}"
    before = "" if change.previous is None else f"v{change.previous} "
    return f"{change.alias}: {before}→ {'nothing' if change.version is None else f'v{change.version}'}"
