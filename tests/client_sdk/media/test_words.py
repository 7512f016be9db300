"""Texts, tables, layouts and traces."""

import datetime
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

import pavi
from pavi.media import Layout, NotShown
from pavi.media.table import MAX_TABLE_BYTES


def test_text_small_and_large() -> None:
    small = pavi.Text("# ä\n*b*").encode()
    assert (small.body, small.meta) == ({"text": "# ä\n*b*"}, {"markdown": True})
    large = pavi.Text("ä" * 50_000, markdown=False).encode()
    assert large.data == ("ä" * 50_000).encode()
    assert (large.media_type, large.meta) == ("text/markdown", {"markdown": False})


def test_text_beyond_the_cap_is_cut_at_a_character() -> None:
    encoded = pavi.Text("ä" * 600_000 + "b").encode()
    assert encoded.data is not None
    assert encoded.data.decode() == "ä" * (1 << 19)
    assert "1,048,576" in encoded.warnings[0]


ROWS = [{"name": "a", "score": 1, "ok": True}, {"name": "b", "score": 2.5, "when": datetime.datetime(2026, 1, 2, 3)}]


def test_table_of_mappings_is_typed() -> None:
    encoded = pavi.Table(ROWS).encode()
    assert encoded.meta == {"rows": 2, "columns": 4}
    assert encoded.body == {
        "columns": [
            {"name": "name", "type": "string"},
            {"name": "score", "type": "number"},
            {"name": "ok", "type": "boolean"},
            {"name": "when", "type": "datetime"},
        ],
        "rows": [["a", 1, True, None], ["b", 2.5, None, "2026-01-02T03:00:00"]],
    }


@pytest.mark.parametrize(
    "data",
    [
        [[1, "x"], [2, "y"]],
        {"a": [1, 2], "b": ["x", "y"]},
        pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
        [{"a": np.int64(1), "b": "x"}, {"a": np.int8(2), "b": "y"}],
    ],
    ids=["rows", "columns", "frame", "numpy"],
)
def test_forms_of_a_table(data: Any) -> None:
    body = pavi.Table(data, columns=["a", "b"]).encode().body
    assert body["columns"] == [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]
    assert body["rows"] == [[1, "x"], [2, "y"]]


def test_table_of_an_array_and_row_by_row() -> None:
    body = pavi.Table(np.array([[1.0, np.nan], [np.inf, 2.0]])).encode().body
    assert body["columns"] == [{"name": "0", "type": "number"}, {"name": "1", "type": "number"}]
    assert body["rows"] == [[1.0, "NaN"], ["Infinity", 2.0]]
    table = pavi.Table(columns=["a", "b"])
    table.add_row(1)
    table.add_row(True, "x", "too many")
    assert table.encode().body["rows"] == [["1", None], ["True", "x"]]


def test_missing_values_of_pandas() -> None:
    frame = pandas.DataFrame({"t": [pandas.Timestamp("2026-01-01"), pandas.NaT], "s": ["a", None]})
    assert pavi.Table(frame).encode().body["rows"] == [["2026-01-01T00:00:00", "a"], [None, None]]


def test_long_table_is_cut_and_said() -> None:
    encoded = pavi.Table({"a": list(range(12_000))}).encode()
    assert encoded.meta["rows"] == len(encoded.body["rows"]) == 10_000
    assert "10,000" in encoded.warnings[0]


def test_wide_cells_are_cut_and_said() -> None:
    encoded = pavi.Table([["x" * 9_000] for _ in range(4_000)]).encode()
    assert 1_000 < encoded.meta["rows"] < 4_000
    assert len(json.dumps(encoded.body)) < MAX_TABLE_BYTES + 1_000_000
    assert "16.0 MiB" in encoded.warnings[0]


def test_table_without_columns_is_refused() -> None:
    with pytest.raises(NotShown, match="columns"):
        pavi.Table([]).encode()


def test_layout() -> None:
    layout = {"c": {"a": ["Multiline", ["x", "y"]], "b": ("Margin", ("v", "l", "u"))}}
    assert Layout(layout).encode().body == {"c": {"a": ["Multiline", ["x", "y"]], "b": ["Margin", ["v", "l", "u"]]}}
    for wrong in ({"c": 3}, {"c": {"a": ["Pie", ["x"]]}}, {"c": {"a": ["Margin", ["x"]]}}, {"c": {"a": 1}}, 3):
        with pytest.raises(NotShown):
            Layout(wrong).encode()  # type: ignore[arg-type]  # on purpose


TRACE = {"traceEvents": [{"ph": "M", "name": "p"}, {"ph": "X", "ts": 10, "dur": 5}, {"ph": "X", "ts": 2e6, "dur": 10}]}


def test_trace_files(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    path.write_text(json.dumps(TRACE))
    plain = pavi.Trace(path).encode()
    assert (plain.path, plain.media_type, plain.name) == (path, "application/json", "trace.json")
    assert plain.meta == {"events": 3, "seconds": pytest.approx(2.0)}
    packed = pavi.Trace(gzip.compress(path.read_bytes())).encode()
    assert packed.media_type == "application/gzip"
    assert pavi.Trace(b" [\n]").encode().meta == {"events": 0, "seconds": 0.0}


def test_profiler_is_asked_for_its_trace() -> None:
    class Profiler:
        def export_chrome_trace(self, path: str) -> None:
            Path(path).write_text(json.dumps(TRACE))

    encoded = pavi.Trace(Profiler()).encode()
    assert json.loads(gzip.decompress(encoded.data or b"")) == TRACE
    assert encoded.meta["events"] == 3


def test_profiler_that_still_runs_is_refused() -> None:
    class Profiler:
        def export_chrome_trace(self, path: str) -> None:
            raise RuntimeError("still running")

    with pytest.raises(NotShown, match="still running"):
        pavi.Trace(Profiler()).encode()
