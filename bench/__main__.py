"""``python -m bench [group …]``: measures the bars on PostgreSQL and SQLite, prints them, writes results.json."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench import report, results, sdk_kill, sdk_log_call, sdk_loop, sdk_start, server_memory, stores, transfer
from bench.bars import GROUPS
from bench.context import Context, Measured, end_in_order
from bench.databases import VENDORS, Cluster, cluster
from bench.results import Results
from tests.platform import platform, prepare

WITH_PLATFORM: dict[str, Callable[[Context], Measured]] = {
    "log_call": sdk_log_call.run,
    "loop": sdk_loop.run,
    "kill": sdk_kill.run,
    "start": sdk_start.run,
    "memory": server_memory.run,
    "transfer": transfer.run,
}


def main() -> int:
    """Measures what was asked for. Exit code 1 when a group could not be measured; a missed bar is a result."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="group", help=f"of {', '.join(GROUPS)}; all when absent")
    parser.add_argument("--database", choices=VENDORS, action="append", help="only this one")
    arguments = parser.parse_args()
    end_in_order()
    groups = arguments.groups or list(GROUPS)
    unknown = [group for group in groups if group not in GROUPS]
    if unknown:
        parser.error(f"there is no group {unknown[0]!r}; choose from {', '.join(GROUPS)}")
    measured = Results(results.header())
    for vendor in arguments.database or VENDORS:
        with _folder() as folder, cluster(vendor, folder) as databases:
            measured.header.setdefault("databases", {})[vendor] = databases.version
            _measure(measured, groups, databases, folder)
    print("\n" + report.text(measured))
    measured.write()
    print(f"\nwritten to {results.PATH}")
    return 1 if measured.failures else 0


def _measure(measured: Results, groups: Sequence[str], databases: Cluster, folder: Path) -> None:
    with_platform = [group for group in groups if group in WITH_PLATFORM]
    if with_platform:
        try:
            with platform(prepare(folder / "data", databases.address)) as running:
                for group in with_platform:
                    context = Context(folder / group, running)
                    _attempt(measured, group, databases.vendor, partial(WITH_PLATFORM[group], context))
        except Exception as error:  # noqa: BLE001  # no platform: the other groups can still be measured
            for group in with_platform:
                measured.failed(group, databases.vendor, f"the platform did not run: {error}")
    # The others start servers of their own: no idle platform may share the cores with them.
    for group in (group for group in groups if group in stores.GROUPS):
        _attempt(measured, group, databases.vendor, partial(_run_store, group, databases))


def _run_store(group: str, databases: Cluster) -> Measured:
    return stores.run(group, databases.fresh(group))


def _attempt(measured: Results, group: str, vendor: str, run: Callable[[], Measured]) -> None:
    began = time.monotonic()
    print(f"{group} on {vendor} …", end=" ", file=sys.stderr, flush=True)
    try:
        measured.add(group, vendor, run())
        seconds = round(time.monotonic() - began, 1)
        measured.header.setdefault("seconds", {}).setdefault(group, {})[vendor] = seconds
        print(f"{seconds:.0f} s", file=sys.stderr)
    except Exception as error:  # noqa: BLE001  # one group that fails must not cost the others their figures
        measured.failed(group, vendor, f"{type(error).__name__}: {error}")
        print(f"failed: {error}", file=sys.stderr)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="pavi-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
