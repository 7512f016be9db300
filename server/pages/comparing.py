"""What the compare pages show: trainings, where their configs differ, and what their charts need to start."""

from dataclasses import dataclass
from typing import Any

from server.accounts.principal import Principal
from server.common.errors import InvalidInput
from server.pages.presentation import flatten
from server.trainings.selectors import compares as compare_selectors
from server.trainings.selectors import table as training_table
from server.trainings.selectors import trainings as training_selectors
from server.trainings.selectors.rows import TrainingRow

MAX_TRAININGS = 200
MAX_DIFFERENCES = 200
_ABSENT = object()


class TooManyToCompare(InvalidInput):
    """More trainings than one page of charts can show."""

    code = "pages.too_many_trainings"


@dataclass(frozen=True, slots=True)
class Difference:
    """A config key whose values are not the same everywhere; None where a training does not have it."""

    key: str
    values: list[Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Trainings side by side. ``number`` is None for one that is not saved."""

    name: str
    number: int | None
    owner: str
    trainings: list[TrainingRow]
    differences: list[Difference]
    equal: int
    """How many config keys are the same everywhere."""


def of_refs(*, viewer: Principal, refs: list[str]) -> Comparison:
    """Trainings by UUID or number; each once, in the given order.

    Raises:
        NoSuchTraining: one of them is not there for the viewer.
        TooManyToCompare
    """
    _check(len(refs))
    ids = [training_selectors.training_id(viewer=viewer, ref=ref) for ref in refs]
    rows = training_selectors.training_rows(viewer=viewer, ids=list(dict.fromkeys(ids)))
    return _comparison(viewer, "", None, "", rows)


def of_saved(*, viewer: Principal, ref: str) -> Comparison:
    """A saved compare.

    Raises:
        NoSuchCompare
        TooManyToCompare
    """
    saved = compare_selectors.compare(viewer=viewer, ref=ref)
    _check(len(saved.trainings))
    name = saved.name or f"Compare {saved.number}"
    return _comparison(viewer, name, saved.number, saved.owner, saved.trainings)


def chart_data(rows: list[TrainingRow]) -> dict[str, Any]:
    """What the charts' script starts from."""
    return {
        "trainings": [{"id": str(row.id), "number": row.number, "name": row.name, "status": row.status} for row in rows]
    }


def _check(count: int) -> None:
    if count > MAX_TRAININGS:
        raise TooManyToCompare(f"{count} trainings are too many for one page; choose at most {MAX_TRAININGS}.")


def _comparison(viewer: Principal, name: str, number: int | None, owner: str, rows: list[TrainingRow]) -> Comparison:
    configs = _configs(viewer, rows)
    keys = list(dict.fromkeys(key for config in configs for key in config))
    table = [Difference(key, [config.get(key, _ABSENT) for config in configs]) for key in keys]
    different = [line for line in table if any(value != line.values[0] for value in line.values)]
    shown = [
        Difference(line.key, [None if value is _ABSENT else value for value in line.values])
        for line in different[:MAX_DIFFERENCES]
    ]
    return Comparison(name, number, owner, rows, shown, len(table) - len(different))


def _configs(viewer: Principal, rows: list[TrainingRow]) -> list[dict[str, Any]]:
    if not rows:
        return []
    query = training_table.Query(
        where=f"number in [{', '.join(str(row.number) for row in rows)}]",
        columns=["config"],
        archived="any",
        limit=len(rows),
    )
    found, _ = training_table.list_trainings(viewer=viewer, query=query)
    configs = {row.id: flatten(row.columns.get("config") or {}) for row in found}
    return [configs.get(row.id, {}) for row in rows]
