"""``pavi cp``, ``mv``, ``rm``, ``restore``, and what ``pavi ls pavi://…`` prints."""

from pathlib import Path

import click
from rich.markup import escape

from pavi import modelcloud
from pavi.cli import rendering, transferring
from pavi.exception import BadSetting, NodeNotFoundError
from pavi.modelcloud import Node, trees
from pavi.modelcloud.connection import SCHEME, joined, normal

_PATHS = "PATH is pavi://project/folder/name; @v3 or @production behind it names a version."


def is_cloud(path: str) -> bool:
    """Whether a word of the command line is a ``pavi://`` address."""
    return path.startswith(SCHEME)


def list_nodes(path: str, *, recursive: bool, trash: bool, as_json: bool) -> None:
    """Prints what is at an address: a folder's children, a file itself, or a project's trash."""
    if trash:
        project = normal(path).partition("/")[0]
        if not project:
            raise BadSetting("name a project, such as `pavi ls --trash pavi://default`")
        nodes = list(modelcloud.trash(project))
    else:
        top = modelcloud.get(path)
        nodes = [top] if top.kind == "file" else list(top.children(recursive=recursive))
    if as_json:
        rendering.print_json([node.data for node in nodes])
        return
    if not nodes:
        click.echo("nothing is here", err=True)
        return
    columns = ("kind", "#size", "#version", "stage", "aliases", "age", "path", *(("id",) if trash else ()))
    table = rendering.table(*columns)
    for node in nodes:
        table.add_row(
            node.kind,
            transferring.size(node.size),
            "" if node.version is None else f"v{node.version}",
            "" if node.stage == "none" else node.stage,
            " ".join(f"{name}=v{number}" for name, number in sorted(node.aliases().items())),
            rendering.age(node.data.get("trashed_at") or node.data.get("created_at")),
            escape(node.path + ("" if node.kind == "file" else "/")),
            *((str(node.id),) if trash else ()),
        )
    rendering.console().print(table)


@click.command(epilog=_PATHS)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.argument("target")
@click.option("-r", "--recursive", is_flag=True, help="Folders, with all that they hold.")
@click.option("--overwrite", is_flag=True, help="A further version of what is there; locally, replace it.")
@click.option("--comment", metavar="TEXT", help="Kept with each version made.")
def cp(sources: tuple[str, ...], target: str, recursive: bool, overwrite: bool, comment: str | None) -> None:
    """Copy files to, from or inside of the ModelCloud. A copy that broke off is gone on with by the same command.

    A file goes into TARGET if that is a folder or ends in /, else it becomes TARGET; where nothing is there yet,
    pavi://project/name/ becomes a training model, whose files are its versions. A folder becomes TARGET, or goes into
    it under its own name if TARGET ends in /.
    """
    into = len(sources) > 1 or target.endswith("/")
    if is_cloud(target):
        folder = _holds_files(target)
        for source in sources:
            if is_cloud(source):
                node = modelcloud.get(source)
                inside = into or (folder and node.kind == "file")
                _across(node, target, into=inside, recursive=recursive, overwrite=overwrite)
            else:
                local = Path(source)
                inside = into or (folder and not local.is_dir())
                _up(local, target, into=inside, recursive=recursive, overwrite=overwrite, comment=comment)
        return
    if not all(is_cloud(source) for source in sources):
        raise BadSetting("neither SOURCE nor TARGET is in the ModelCloud; one of them must begin with pavi://")
    for source in sources:
        _down(source, Path(target), into=into, recursive=recursive, overwrite=overwrite)


@click.command(epilog=_PATHS)
@click.argument("source")
@click.argument("target")
def mv(source: str, target: str) -> None:
    """Move or rename a node, with all that it holds. A TARGET that is a folder takes it under its own name."""
    if not (is_cloud(source) and is_cloud(target)):
        raise BadSetting("`pavi mv` moves inside of the ModelCloud; use `pavi cp`, then remove the original")
    node = modelcloud.get(source)
    path = normal(target)
    if target.endswith("/") or _holds_files(target):
        path = joined(path, node.name)
    click.echo(node.move(path).uri)


@click.command(epilog=_PATHS)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("-r", "--recursive", is_flag=True, help="Folders and models too, with all that they hold.")
def rm(paths: tuple[str, ...], recursive: bool) -> None:
    """Put nodes into the trash. `pavi restore` brings them back for thirty days."""
    nodes = [modelcloud.get(_address(path)) for path in paths]
    for path, node in zip(paths, nodes, strict=True):
        if "@" in normal(path):
            raise BadSetting(f"{path} names one version; versions are not removed alone, name the file")
        if node.kind != "file" and not recursive:
            raise BadSetting(f"{path} is a {node.kind}; -r removes it with all that it holds")
    for node in nodes:
        node.delete()
        click.echo(f"{node.uri} is in the trash; to bring it back: pavi restore {node.id}")


@click.command(epilog=_PATHS)
@click.argument("what", metavar="PATH|ID")
@click.option("--to", metavar="PATH", help="Another place, where the old one is taken or its folder gone.")
def restore(what: str, to: str | None) -> None:
    """Bring a node back from the trash, by its path there (the one trashed last) or its id."""
    click.echo(_trashed(what).restore(to).uri)


def _trashed(what: str) -> Node:
    if not is_cloud(what):
        return Node(what, {"id": what, "path": what, "kind": "node"})
    path = normal(what)
    for node in modelcloud.trash(path.partition("/")[0]):
        if node.path == path:
            return node
    raise NodeNotFoundError(f"there is no {what} in the trash; `pavi ls --trash {what}` shows what is", status=404)


def _up(local: Path, target: str, *, into: bool, recursive: bool, overwrite: bool, comment: str | None) -> None:
    path = joined(normal(target), local.resolve().name) if into else normal(target)
    if local.is_dir() and not recursive:
        raise BadSetting(f"{local} is a folder; -r copies it with all that it holds")
    if not local.is_dir():
        files = [trees.Up(local, path, local.stat().st_size)]
        if into and "/" in normal(target):
            modelcloud.Folder().create_training_model(normal(target))
    else:
        files = list(trees.plan_upload(local, path))
        modelcloud.Folder().create_folder(path, exist_ok=True)
    for one in files:
        with transferring.bar(one.local.name) as show:
            sent = trees.upload(one, overwrite=overwrite, on_progress=show, comment=comment)
        click.echo(f"{one.local} {'→' if sent else '='} {SCHEME}{one.path}")


def _down(source: str, local: Path, *, into: bool, recursive: bool, overwrite: bool) -> None:
    node = modelcloud.get(source)
    # A model without -r is its newest version, as `pavi://project/model@production` is.
    alone = node.sha256 is not None and not (recursive and node.kind != "file")
    if into or (alone and local.is_dir()):
        local = local / (node.name or "models")
    if alone:
        files = [trees.Down(node, local)]
    elif recursive:
        files = list(trees.plan_download(node, local))
        local.mkdir(parents=True, exist_ok=True)
    else:
        raise BadSetting(f"{source} is a {node.kind}; -r copies it with all that it holds")
    for one in files:
        with transferring.bar(one.local.name) as show:
            fetched = trees.download(one, overwrite=overwrite, on_progress=show)
        click.echo(f"{one.node.uri} {'→' if fetched else '='} {one.local}")


def _across(node: Node, target: str, *, into: bool, recursive: bool, overwrite: bool) -> None:
    path = joined(normal(target), node.name) if into else normal(target)
    if node.kind == "file":
        pairs = [(node, path)]
    elif recursive:
        files = [child for child in node.children(recursive=True) if child.kind == "file"]
        pairs = [(child, path + child.path.removeprefix(node.path)) for child in files]
    else:
        raise BadSetting(f"{node.uri} is a {node.kind}; -r copies it with all that it holds")
    for one, to in pairs:
        with transferring.bar(one.name) as show:
            made = trees.copy(one, to, overwrite=overwrite, on_progress=show)
        click.echo(f"{one.uri} → {made.uri}")


def _holds_files(target: str) -> bool:
    """Whether something is there that files can be put into."""
    try:
        return modelcloud.get(target).kind != "file"
    except NodeNotFoundError:
        return False


def _address(path: str) -> str:
    if not is_cloud(path):
        raise BadSetting(f"{path} is no address in the ModelCloud; write pavi://{path}")
    return path
