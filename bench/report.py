"""Prints results as the table of bars, for the terminal and (``python -m bench.report --update``) for the docs."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import results
from bench.bars import BARS, Bar
from bench.databases import VENDORS
from bench.figures import Figure
from bench.results import Results

MET, MISSED, PARTLY, UNKNOWN = "met", "MISSED", "MISSED on one", "not measured"
_DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
_TITLES = {"postgres": "PostgreSQL", "sqlite": "SQLite"}


def number(value: float) -> str:
    """A figure with three significant digits, thousands separated."""
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def verdict(bar: Bar, by_vendor: dict[str, Figure]) -> str:
    """The bars are promised on PostgreSQL; what SQLite does is shown and judged beside it."""
    if not by_vendor:
        return UNKNOWN
    met = [bar.met(figure.value) for figure in by_vendor.values()]
    if all(met):
        return MET
    return MISSED if not any(met) else PARTLY


def rows(measured: Results) -> list[list[str]]:
    """Bar, limit, one cell a database (in brackets the quartiles), verdict."""
    table = []
    for bar in BARS:
        by_vendor = measured.figures.get(bar.key, {})
        failures = measured.failures.get(bar.group, {})
        if not by_vendor and not failures:
            continue
        cells = [_cell(bar, by_vendor.get(vendor), failures.get(vendor)) for vendor in VENDORS]
        judged = "failed" if failures and not by_vendor else verdict(bar, by_vendor)
        table.append([bar.what, f"{bar.direction} {number(bar.limit)} {bar.unit}", *cells, judged])
    return table


def _cell(bar: Bar, figure: Figure | None, failure: str | None) -> str:
    if figure is None:
        return "failed" if failure else "–"
    text = number(figure.value)
    if figure.low != figure.high:
        low, high = figure.quartiles
        text += f" ({number(low)}…{number(high)}, n {figure.n:,})"
    return text


def head(columns: Sequence[str] = ("bar", "limit")) -> list[str]:
    return [*columns, *(_TITLES[vendor] for vendor in VENDORS), "verdict"]


def plain(table: list[list[str]]) -> str:
    """Columns padded for a terminal."""
    widths = [max(len(row[index]) for row in table) for index in range(len(table[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines)


def markdown(table: list[list[str]]) -> str:
    """The same table for a document."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table]
    lines.insert(1, "|" + " --- |" * len(table[0]))
    return "\n".join(lines)


def origin(header: dict[str, Any]) -> str:
    """One sentence on where the figures come from, and whether they may be believed."""
    what, databases = header["machine"], header.get("databases", {})
    versions = "".join(f", {_TITLES[vendor]} {version}" for vendor, version in databases.items())
    text = (
        f"Measured {header['date']} at commit {what['commit']} on {what['cpu']}, {what['cores']} cores, "
        f"{what['memory_gb']:g} GB, {what['system']}, Python {what['python']}{versions}."
    )
    if header["quick"]:
        text += " A quick run: a smoke test, no statement."
    if header["busy"]:
        text += f" The machine was busy (load {header['load_before']} before the start): not to be quoted."
    return text


def notes(measured: Results) -> list[str]:
    """Remarks on single figures, and why groups failed."""
    remarks = [
        f"{bar.what}: {figure.note} ({_TITLES[vendor]})"
        for bar in BARS
        for vendor, figure in measured.figures.get(bar.key, {}).items()
        if figure.note
    ]
    return remarks + [
        f"{group} failed on {_TITLES[vendor]}: {reason.strip().splitlines()[-1].strip()}"
        for group, by_vendor in measured.failures.items()
        for vendor, reason in by_vendor.items()
    ]


def text(measured: Results, *, as_markdown: bool = False) -> str:
    """The whole report."""
    table = [head(), *rows(measured)]
    if as_markdown:
        parts = [origin(measured.header), markdown(table), "\n".join(f"- {note}" for note in notes(measured))]
    else:
        parts = [plain(table), "\n".join(notes(measured)), origin(measured.header)]
    return "\n\n".join(part for part in parts if part)


def update(path: Path, mark: str, content: str) -> None:
    """Puts ``content`` between ``<!-- mark -->`` and ``<!-- /mark -->`` of a document.

    Raises:
        ValueError: the document has no such marks.
    """
    opening, closing = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before, found, rest = path.read_text().partition(opening)
    _, ended, after = rest.partition(closing)
    if not (found and ended):
        raise ValueError(f"{path} has no {opening} … {closing}")
    path.write_text(f"{before}{opening}\n\n{content}\n\n{closing}{after}")


def _peers_markdown() -> str:
    from bench.peers import table  # prints through this module, so it is imported late

    data = json.loads(results.PEERS_PATH.read_text())
    parts = [origin(data), markdown(table.rows(data)), "\n".join(f"- {note}" for note in table.notes(data))]
    return "\n\n".join(part for part in parts if part)


def main() -> int:
    """``python -m bench.report [--markdown | --update]``: the last run's tables again."""
    parser = argparse.ArgumentParser(prog="python -m bench.report", description="Prints the last results again.")
    parser.add_argument("--markdown", action="store_true", help="as tables of a document")
    parser.add_argument("--update", action="store_true", help=f"put them into {_DOCUMENT.name}")
    arguments = parser.parse_args()
    try:
        measured = results.read()
    except FileNotFoundError:
        print("bench/results.json is not there yet: run `make bench` first.", file=sys.stderr)
        return 1
    if not arguments.update:
        print(text(measured, as_markdown=arguments.markdown))
        if arguments.markdown and results.PEERS_PATH.exists():
            print("\n" + _peers_markdown())
        return 0
    update(_DOCUMENT, "bars", text(measured, as_markdown=True))
    if results.PEERS_PATH.exists():
        update(_DOCUMENT, "peers", _peers_markdown())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
