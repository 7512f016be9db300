"""``pavi sync``: sends what waits in journals, and proves that they and the server agree."""

import time
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from pavi import settings
from pavi.cli.waiting import look
from pavi.delivery import sync as delivery
from pavi.delivery.client import Client
from pavi.exception import ApiError, JournalDamaged, NotLoggedIn, ServerUnavailable, ServerUnreachable
from pavi.journal import Journal

_WATCH_S = 2.0


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--verify", is_flag=True, help="Compare count and checksum of every series with the server's afterwards.")
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C: send what is logged meanwhile.")
def sync(path: Path | None, verify: bool, watch: bool) -> None:
    """Send what waits in the journals below PATH (PAVI_DIR when absent).

    Ends with exit code 1 when something stays unsent, was refused, or a series differs.
    """
    found = settings.load()
    root = path or found.dir
    if not found.token:
        raise NotLoggedIn(f"nobody is logged in to {found.server}", status=401)
    client = Client(found.server, found.token)
    journals = _Journals(client, root)
    if watch:
        _watch(journals)
    good = journals.run(send=not watch, verify=verify)
    raise click.exceptions.Exit(0 if good else 1)


def _watch(journals: "_Journals") -> None:
    """Passes again and again until Ctrl-C; a server that is away is waited for."""
    away = False
    try:
        while True:
            try:
                journals.run(send=True, verify=False)
                away = False
            except (ServerUnreachable, ServerUnavailable) as error:
                if not away:
                    click.echo(f"pavi: {error}; waiting for it", err=True)
                away = True
            time.sleep(_WATCH_S)
    except KeyboardInterrupt:
        return


class _Journals:
    """All journals below a folder; each `run` goes over them. Says of each training only once that it is sent."""

    def __init__(self, client: Client, root: Path) -> None:
        self._client = client
        self._root = root
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._told: set[str] = set()
        self._good = True

    def run(self, *, send: bool, verify: bool) -> bool:
        """Sends and checks. False when something stays unsent or differs."""
        self._good = True
        found = list(look(self._root, self._client))
        waiting = [one for one in found if one.waits]
        if not waiting and not verify and not self._told:
            self._tell(f"nothing waits in {self._root} ({len(found)} journals, all on {self._client.server})")
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal) as bar:
            for one in found:
                if one.journal is None:
                    self._problem(one.problem)
                elif one.waits and not send:
                    self._problem(
                        f"{one.folder}: {one.slots} records and {one.files} files are not sent; run `pavi sync`"
                    )
                elif one.waits or verify:
                    self._one(one.folder, one.journal, bar if one.waits else None, verify=verify)
        return self._good

    def _one(self, folder: Path, journal: Journal, bar: Progress | None, *, verify: bool) -> None:
        try:
            if bar is not None:
                self._send(journal, bar)
            if verify:
                self._check(journal)
        except (NotLoggedIn, ServerUnavailable):
            raise  # the next journal would fare no better
        except (ApiError, JournalDamaged) as error:
            self._problem(f"{folder}: {error}")

    def _send(self, journal: Journal, bar: Progress) -> None:
        name = str(journal.opening.get("name") or journal.training)
        task = bar.add_task(escape(name), total=journal.committed)

        def on_progress(progress: delivery.Progress) -> None:
            files = f" + {progress.files} files" if progress.files else ""
            bar.update(task, completed=progress.sent, total=progress.total, description=escape(name) + files)

        try:
            report = delivery.sync(journal, self._client, on_progress)
        finally:
            bar.remove_task(task)
        training = report.training
        self._tell(f"sent training {training['number']} {training['name']!r} → {training['url']}")
        for tag, reason in report.refused_tags.items():
            self._problem(f"training {training['number']}: the server does not take series {tag!r}: {reason}")
        if report.refused_slots:
            self._problem(f"training {training['number']}: the server refused {report.refused_slots} records")
        if report.lost_slots:
            self._problem(f"{journal.folder}: {report.lost_slots} records were lost on disk before they could be sent")

    def _check(self, journal: Journal) -> None:
        report = delivery.verify(journal, self._client)
        if report.unsent:
            self._problem(f"{journal.folder}: {report.unsent} records are not on the server yet")
        for series in report.series:
            if not series.ok:
                what = "is damaged on the server" if not series.intact else "differs"
                self._problem(
                    f"{journal.folder}: series {series.tag!r} {what}: "
                    f"{series.local_count} points here, {series.server_count} on the server"
                )
        if report.ok:
            points = sum(series.local_count for series in report.series)
            click.echo(f"verified {journal.writer}: {len(report.series)} series, {points} points, all equal")

    def _tell(self, text: str) -> None:
        if text not in self._told:
            click.echo(text)
        self._told.add(text)

    def _problem(self, text: str) -> None:
        self._good = False
        if text not in self._told:
            click.echo(f"pavi: {text}", err=True)
        self._told.add(text)
