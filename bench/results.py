"""The file of results: written by the runs, read by the report."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import figures, machine
from bench.context import Measured, quick
from bench.figures import Figure

PATH = Path(__file__).with_name("results.json")
PEERS_PATH = Path(__file__).with_name("results-peers.json")
_SCHEMA = 1


@dataclass(slots=True)
class Results:
    """Figures by bar and database, details by group and database, and groups that failed with their reason."""

    header: dict[str, Any]
    figures: dict[str, dict[str, Figure]] = field(default_factory=dict)
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, group: str, vendor: str, measured: Measured) -> None:
        for key, figure in measured.figures.items():
            self.figures.setdefault(key, {})[vendor] = figure
        self.details.setdefault(group, {})[vendor] = measured.details

    def failed(self, group: str, vendor: str, reason: str) -> None:
        self.failures.setdefault(group, {})[vendor] = reason

    def write(self, path: Path = PATH) -> None:
        data = {
            **self.header,
            "bars": {
                key: {vendor: figure.as_dict() for vendor, figure in by_vendor.items()}
                for key, by_vendor in self.figures.items()
            },
            "failures": self.failures,
            "details": self.details,
        }
        path.write_text(json.dumps(data, indent=1) + "\n")


def header() -> dict[str, Any]:
    """When, on what, and how busy that was before the first measurement."""
    load = machine.load()
    return {
        "schema": _SCHEMA,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick(),
        "load_before": round(load, 2),
        "busy": load > machine.BUSY_LOAD,
        "machine": machine.describe(),
    }


def read(path: Path = PATH) -> Results:
    """The results of an earlier run.

    Raises:
        FileNotFoundError: there was none.
    """
    data = json.loads(path.read_text())
    bars, failures, details = data.pop("bars"), data.pop("failures"), data.pop("details")
    by_bar = {
        key: {vendor: figures.from_dict(figure) for vendor, figure in by_vendor.items()}
        for key, by_vendor in bars.items()
    }
    return Results(data, by_bar, details, failures)
