"""``python -m bench.peers [tool …]``: installs the peers, measures them and Pavi on the same work, interleaved."""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import children, report, results
from bench.children import Tool
from bench.context import end_in_order, pick
from bench.peers import environments, measure, table
from bench.peers.measure import Sheet
from tests import services
from tests.platform import platform, prepare


def main() -> int:
    """Measures and prints; Pavi is always among the tools."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("tools", nargs="*", metavar="tool", help=f"of {', '.join(environments.NAMES)}; all when absent")
    names = parser.parse_args().tools or list(environments.NAMES)
    if unknown := set(names) - set(environments.NAMES):
        parser.error(f"there is no peer {min(unknown)!r}; choose from {', '.join(environments.NAMES)}")
    end_in_order()
    installed, missing = _install(names)
    folder = Path(tempfile.mkdtemp(prefix="pavi-peers-"))
    header = results.header()
    try:
        with platform(prepare(folder / "data")) as running:
            environment = {"PAVI_SERVER": running.url, "PAVI_TOKEN": running.token}
            environment["PAVI_CONFIG_DIR"] = str(folder / "config")
            tools = [children.pavi(environment), *(Tool(each.name, each.python) for each in installed)]
            sheets = _measure(tools, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    versions = {each.name: each.version for each in installed}
    data = {**header, "versions": versions, "not_installed": missing, "tools": _as_data(sheets)}
    parts = [report.plain(table.rows(data)), "\n".join(table.notes(data)), report.origin(data)]
    print("\n\n".join(part for part in parts if part))
    results.PEERS_PATH.write_text(json.dumps(data, indent=1) + "\n")
    print(f"\nwritten to {results.PEERS_PATH}")
    return 0


def _install(names: list[str]) -> tuple[list[environments.Environment], dict[str, str]]:
    installed, missing = [], {}
    for name in names:
        print(f"installing {name} …", file=sys.stderr)
        try:
            installed.append(environments.install(name))
        except environments.NotInstallable as error:
            missing[name] = str(error)
            print(f"{name} cannot be installed here and is left out: {error}", file=sys.stderr)
    return installed, missing


def _measure(tools: list[Tool], folder: Path) -> dict[str, Sheet]:
    """Round by round, each tool once a round and another one first each time, so that drift hits all alike."""
    sheets = {tool.name: Sheet() for tool in tools}
    for number in range(pick(3, 1)):
        order = tools[number % len(tools) :] + tools[: number % len(tools)]
        for tool in order:
            own = folder / f"round-{number}" / tool.name
            with _said(f"round {number + 1}: {tool.name}"):
                measure.one_round(tool, own, sheets[tool.name])
            shutil.rmtree(own, ignore_errors=True)
    for tool in tools:
        with _said(f"kills and a dead server: {tool.name}"):
            measure.kills(tool, folder / "kills" / tool.name, sheets[tool.name], count=pick(5, 1))
            url = f"http://127.0.0.1:{services.free_port()}"
            measure.dead_server(tool, folder / "dead" / tool.name, url, sheets[tool.name])
    return sheets


@contextmanager
def _said(what: str) -> Iterator[None]:
    began = time.monotonic()
    print(f"{what} …", end=" ", file=sys.stderr, flush=True)
    yield
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)


def _as_data(sheets: dict[str, Sheet]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, sheet in sheets.items():
        measured = {key: figure.as_dict() for key, _ in table.COLUMNS if (figure := sheet.figure(key)) is not None}
        ratios = {key: sheet.ratio(sheets["pavi"], key) for key in measured}
        data[name] = {
            "figures": measured,
            "ratio_to_pavi": ratios,
            "killed": {"calls_returned": sheet.killed_points, "lost": sheet.lost},
            "dead_server": {"start_s": sheet.dead_start, "note": sheet.dead_note},
            "failures": sheet.failures,
        }
    return data


if __name__ == "__main__":
    raise SystemExit(main())
