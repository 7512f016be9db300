"""Groups that bring their own server and load: each is given a fresh database and answers with figures by bar."""

import importlib
from collections.abc import Mapping
from typing import Any

from bench import figures
from bench.bars import BARS
from bench.context import Measured
from bench.figures import Figure

GROUPS = ("ingest", "query", "table")


def run(group: str, database_url: str) -> Measured:
    """Calls ``bench.<group>.run(database_url)``.

    It answers with a dict. An entry whose key is that of a bar (``ingest.bulk``, or ``bulk`` alone) becomes its
    figure: a number, a sequence of samples, or a dict with a ``value`` or ``samples``. Everything is kept as details.
    """
    answer: dict[str, Any] = importlib.import_module(f"bench.{group}").run(database_url)
    measured = {}
    for bar in BARS:
        entry = answer.get(bar.key, answer.get(bar.key.removeprefix(f"{group}.")))
        if bar.group == group and entry is not None:
            measured[bar.key] = _figure(entry)
    return Measured(measured, answer)


def _figure(entry: Any) -> Figure:
    if isinstance(entry, Figure):
        return entry
    if isinstance(entry, Mapping):
        if "samples" in entry:
            return figures.of(entry["samples"], note=str(entry.get("note", "")))
        return figures.single(float(entry["value"]), n=int(entry.get("n", 1)), note=str(entry.get("note", "")))
    if isinstance(entry, (int, float)):
        return figures.single(float(entry))
    return figures.of([float(sample) for sample in entry])
