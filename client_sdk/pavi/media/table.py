"""Rows and columns of text, numbers and times."""

import datetime
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pavi.media.shape import Encoded, Media, NotShown, mebibytes

__all__ = ["MAX_ROWS", "MAX_TABLE_BYTES", "Table"]

MAX_ROWS = 10_000
MAX_TABLE_BYTES = 16 * 1024 * 1024
_MAX_COLUMNS = 1_000
_MAX_CELL = 10_000
"""Characters."""


class Table(Media):
    """A table.

    Args:
        data: a list of mappings (rows), a mapping from column to list, a pandas or polars data frame, a list of rows,
            or a two-dimensional array. At most 10,000 rows and 16 MiB are kept.
        columns: their names, in order; None takes what ``data`` names, or numbers them.
        caption: one line of text beside it.
    """

    kind = "table"

    def __init__(self, data: Any = None, columns: Sequence[Any] | None = None, caption: str | None = None) -> None:
        super().__init__(caption)
        self.data = [] if data is None else data
        self.columns = None if columns is None else [str(name) for name in columns]

    def add_row(self, *cells: Any) -> None:
        """One more row, when the table was begun with a list of rows, or with columns alone."""
        self.data.append(list(cells))

    def _encode(self) -> Encoded:
        columns, rows, total = _columns_and_rows(self.data, self.columns)
        if not columns:
            raise NotShown("has no columns; give columns= or rows that name them")
        if len(columns) > _MAX_COLUMNS:
            raise NotShown(f"has {len(columns):,} columns, more than {_MAX_COLUMNS:,}; turn it, or choose some")
        cells = [[_cell(value) for value in row] for row in rows]
        types = [_type(row[index] for row in cells) for index in range(len(columns))]
        for row in cells:
            for index, kind in enumerate(types):
                row[index] = _plain(row[index], kind)
        kept = _fitting(cells)
        warnings: tuple[str, ...] = ()
        if kept < total:
            cap = f"{MAX_ROWS:,} rows" if kept == MAX_ROWS else mebibytes(MAX_TABLE_BYTES)
            warnings = (
                f"has {total:,} rows; the first {kept:,} are kept, because {cap} is the most. "
                "add_snapshot_file keeps a file of any size",
            )
        body = {
            "columns": [{"name": name[:500], "type": kind} for name, kind in zip(columns, types, strict=True)],
            "rows": cells[:kept],
        }
        return Encoded(self.kind, {"rows": kept, "columns": len(columns)}, body=body, warnings=warnings)


def _columns_and_rows(data: Any, columns: list[str] | None) -> tuple[list[str], list[list[Any]], int]:
    """Names, at most `MAX_ROWS` rows of one length, and how many rows there are."""
    if hasattr(data, "columns") and (hasattr(data, "itertuples") or hasattr(data, "iter_rows")):
        columns = columns or [str(name) for name in data.columns]
        total = len(data)
        head = data.head(MAX_ROWS)
        rows: Iterable[Any] = head.itertuples(index=False, name=None) if hasattr(head, "itertuples") else head.rows()
        return columns, [_fitted(list(row), len(columns)) for row in rows], total
    if isinstance(data, Mapping):
        lists = {str(name): list(values) for name, values in data.items()}
        columns = columns or list(lists)
        total = max((len(values) for values in lists.values()), default=0)
        chosen = [lists.get(name, []) for name in columns]
        return columns, [_row_of(chosen, index) for index in range(min(total, MAX_ROWS))], total
    if hasattr(data, "shape"):
        from pavi.media.arrays import as_array

        array = as_array(data)
        if array.ndim != 2:
            raise NotShown(f"has the shape {array.shape}, not (rows, columns)")
        columns = columns or [str(index) for index in range(array.shape[1])]
        return columns, [_fitted(row, len(columns)) for row in array[:MAX_ROWS].tolist()], len(array)
    return _listed(list(data), columns)


def _listed(data: list[Any], columns: list[str] | None) -> tuple[list[str], list[list[Any]], int]:
    total, data = len(data), data[:MAX_ROWS]
    if data and all(isinstance(row, Mapping) for row in data):
        columns = columns or [str(name) for name in dict.fromkeys(name for row in data for name in row)]
        named = [{str(name): value for name, value in row.items()} for row in data]
        return columns, [[row.get(name) for name in columns] for row in named], total
    rows = [list(row) if isinstance(row, list | tuple) or hasattr(row, "tolist") else [row] for row in data]
    width = max((len(row) for row in rows), default=0)
    columns = columns or [str(index) for index in range(width)]
    return columns, [_fitted(row, len(columns)) for row in rows], total


def _row_of(columns: list[list[Any]], index: int) -> list[Any]:
    return [column[index] if index < len(column) else None for column in columns]


def _fitted(row: list[Any], width: int) -> list[Any]:
    return row[:width] + [None] * (width - len(row))


def _cell(value: Any) -> Any:
    """A Python value of one of the types that there are; None for what is missing."""
    if type(value).__name__ in ("NaTType", "NAType"):  # pandas
        return None
    if value is None or isinstance(value, bool | int | str | datetime.datetime):
        return value
    if isinstance(value, float):
        return float(value)
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)  # a day has no zone
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:  # numpy's scalars, and tensors of one element
        value = value.item()
        return value if isinstance(value, bool | int | float | datetime.datetime) else str(value)
    if hasattr(value, "tolist"):
        return str(value.tolist())
    return str(value)


def _type(values: Iterable[Any]) -> str:
    present = [value for value in values if value is not None]
    kinds = {type(value) for value in present if value == value}  # NaN fits into every column
    if not kinds:
        return "number" if present else "string"
    if kinds == {bool}:
        return "boolean"
    if bool not in kinds and all(issubclass(kind, int) for kind in kinds):
        return "integer" if all(value == value for value in present) else "number"
    if bool not in kinds and all(issubclass(kind, int | float) for kind in kinds):
        return "number"
    if all(issubclass(kind, datetime.datetime) for kind in kinds):
        return "datetime"
    return "string"


def _plain(value: Any, kind: str) -> Any:
    if value is None or (value != value and kind != "number"):
        return None
    if kind == "datetime":
        return value.isoformat()
    if kind == "string":
        return str(value)[:_MAX_CELL]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return value


def _fitting(rows: list[list[Any]]) -> int:
    """How many rows fit."""
    size = 0
    for number, row in enumerate(rows):
        more = len(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))
        if size + more > MAX_TABLE_BYTES:
            return number
        size += more
    return len(rows)
