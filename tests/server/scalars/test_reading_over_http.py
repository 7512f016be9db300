"""Charts, whole series, the newest points and exports, as clients get them."""

import io
import json
import math
from typing import Any

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
from django.test import Client

from pavi.protocol import series_checksum
from server.scalars import columns, services
from tests.server.scalars.conftest import Logger


class Reader:
    """A client that reads as a logger's owner."""

    def __init__(self, logger: Logger) -> None:
        self._logger, self._client = logger, Client()

    def get(self, path: str, **headers: str) -> Any:
        return self._client.get(f"/api/v1/scalars/{path}", HTTP_AUTHORIZATION=f"Bearer {self._logger.token}", **headers)

    def query(self, accept: str = "application/json", **body: Any) -> Any:
        whole = {"trainings": [str(self._logger.training)], "tags": ["a"], **body}
        return self._client.post(
            "/api/v1/scalars/query",
            whole,
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self._logger.token}",
            HTTP_ACCEPT=accept,
        )


def unframe(body: bytes) -> list[Any]:
    """Reads frames as their format says."""
    documents = []
    while body:
        assert body[:4] == columns.MAGIC
        header_bytes, data_bytes = int.from_bytes(body[4:8], "little"), int.from_bytes(body[8:16], "little")
        assert header_bytes % 8 == 0
        data = body[16 + header_bytes : 16 + header_bytes + data_bytes]

        def arrays(item: dict[str, Any], data: bytes = data) -> Any:
            if "$array" not in item:
                return item
            dtype, offset, length = item["$array"]
            assert offset % 8 == 0
            return np.frombuffer(data, f"<{dtype}", length, offset)

        documents.append(json.loads(body[16 : 16 + header_bytes], object_hook=arrays))
        body = body[16 + header_bytes + data_bytes :]
    return documents


@pytest.fixture(params=["fresh", "compacted", "half"])
def reader(request: pytest.FixtureRequest, logger: Logger) -> Reader:
    """A thousand points of ``a``, with a spike, a repeated step and values that are no numbers."""
    values = [math.sin(step / 50) for step in range(1_000)]
    values[333] = 100.0
    values[700], values[701] = math.nan, math.inf
    points = [(step, 1_000.0 + step * 0.5, value) for step, value in enumerate(values)]
    logger.log("a", points[:500])
    logger.log("a", [(10, 1_005.1, -5.0)])
    if request.param == "half":
        services.compact(logger.training)
    logger.log("a", points[500:])
    logger.log("b", [(step, 2_000.0 + step, float(step)) for step in range(3)])
    if request.param == "compacted":
        services.compact(logger.training)
    return Reader(logger)


def test_an_overview_keeps_extremes_and_counts(reader: Reader) -> None:
    answer = reader.query(buckets=50).json()
    (series,) = answer["series"]
    assert answer["mode"] == "buckets"
    assert len(answer["x"]) == len(series["max"]) <= 50
    assert (series["points"], series["total"]) == (1_000, 1_001)
    assert max(high for high in series["max"] if high is not None) == 100.0
    assert min(low for low in series["min"] if low is not None) == -5.0
    assert sum(series["count"]) == 998
    assert series["nonfinite"] == [[700, "NaN"], [701, "Infinity"]]


def test_a_zoom_shows_the_points(reader: Reader) -> None:
    answer = reader.query(buckets=50, start=8, stop=12.5).json()
    assert (answer["mode"], answer["x"]) == ("points", [8.0, 9.0, 10.0, 11.0, 12.0])
    assert answer["series"][0]["last"][2] == -5.0  # of a repeated step, what was received last


def test_two_curves_share_one_grid(reader: Reader) -> None:
    answer = reader.query(tags=["b", "a"], buckets=2_000).json()
    b, a = answer["series"]
    assert len(answer["x"]) == 1_000
    assert b["last"][:5] == [0.0, 1.0, 2.0, None, None]
    assert a["last"][700] is None


@pytest.mark.parametrize(("axis", "first", "last"), [("time", 1_000.0, 1_499.5), ("relative", 0.0, 499.5)])
def test_other_axes(reader: Reader, axis: str, first: float, last: float) -> None:
    exact = reader.query(x=axis, buckets=2_000).json()
    assert (exact["mode"], exact["x"][0], exact["x"][-1]) == ("points", first, last)
    coarse = reader.query(x=axis, buckets=40).json()
    assert sum(coarse["series"][0]["count"]) == 998
    assert max(high for high in coarse["series"][0]["max"] if high is not None) == 100.0


def test_the_average_is_of_all_points_whatever_is_shown(reader: Reader) -> None:
    whole = reader.query(smoothing=0.9, buckets=2_000).json()
    zoomed = reader.query(smoothing=0.9, buckets=2_000, start=600, stop=650).json()
    coarse = reader.query(smoothing=0.9, buckets=20).json()
    assert zoomed["series"][0]["smoothed"] == pytest.approx(whole["series"][0]["smoothed"][600:651])
    assert coarse["series"][0]["smoothed"][-1] == pytest.approx(whole["series"][0]["smoothed"][-1])


def test_binary_columns_say_the_same(reader: Reader) -> None:
    plain = reader.query(buckets=50, smoothing=0.5).json()
    answer = reader.query(columns.MEDIA_TYPE, buckets=50, smoothing=0.5)
    assert answer["Content-Type"] == columns.MEDIA_TYPE
    (binary,) = unframe(answer.content)
    assert columns.plain(binary) == plain


def test_the_same_question_has_the_same_answer(reader: Reader) -> None:
    assert reader.query(buckets=33).content == reader.query(buckets=33).content


@pytest.mark.parametrize(
    "body",
    [
        {"buckets": 0},
        {"buckets": 10_001},
        {"smoothing": 1.0},
        {"tags": []},
        {"trainings": ["x"]},
        {"x": "epoch"},
        {"start": 1e300},
        {"columns": ["median"]},
    ],
)
def test_nonsense_is_refused(reader: Reader, body: dict[str, Any]) -> None:
    answer = reader.query(**body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "common.invalid")


def test_a_range_without_points_is_empty(reader: Reader) -> None:
    assert reader.query(start=5_000).json()["x"] == []
    assert reader.query(tags=["none"]).json()["series"] == []


def test_whole_series_in_both_forms(reader: Reader, logger: Logger) -> None:
    path = f"points?training={logger.training}&tag=a"
    plain = json.loads(b"".join(reader.get(path).streaming_content))
    assert len(plain["steps"]) == 1_001
    assert plain["steps"] == sorted(plain["steps"])
    assert plain["values"][11] == -5.0
    assert "NaN" in plain["values"]
    frames = unframe(b"".join(reader.get(path, HTTP_ACCEPT=columns.MEDIA_TYPE).streaming_content))
    binary = {name: np.concatenate([frame[name] for frame in frames]) for name in ("steps", "times", "values")}
    assert binary["steps"].tolist() == plain["steps"]
    assert binary["times"].tolist() == plain["times"]
    assert columns.plain([columns.number(value) for value in binary["values"].tolist()]) == plain["values"]
    items = reader.get(f"checksums?training={logger.training}").json()["items"]
    checksum = series_checksum(zip(*(binary[name].tolist() for name in ("steps", "times", "values")), strict=True))
    assert items[0] == {"tag": "a", "rank": None, "count": 1_001, "checksum": str(checksum), "intact": True}


def test_an_unknown_series_is_said_so(reader: Reader, logger: Logger) -> None:
    answer = reader.get(f"points?training={logger.training}&tag=none")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "scalars.unknown_series")


def test_the_newest_points(reader: Reader, logger: Logger) -> None:
    items = reader.get(f"latest?training={logger.training}&tag=a&n=3").json()["items"]
    assert [item["step"] for item in items] == [999, 998, 997]
    every = reader.get(f"latest?training={logger.training}&tag=a&n=5000").json()["items"]
    assert len(every) == 1_000
    assert every[-11]["value"] == -5.0


@pytest.mark.parametrize("kind", ["parquet", "csv", "json"])
def test_exports_are_complete(reader: Reader, logger: Logger, kind: str) -> None:
    answer = reader.get(f"export?training={logger.training}&format={kind}")
    assert "attachment" in answer["Content-Disposition"]
    body = b"".join(answer.streaming_content)
    if kind == "parquet":
        rows = pyarrow.parquet.read_table(io.BytesIO(body)).to_pylist()
    elif kind == "csv":
        rows = pyarrow.csv.read_csv(io.BytesIO(body)).to_pylist()
    else:
        rows = [json.loads(line) for line in body.splitlines()]
    assert len(rows) == 1_004
    assert {row["tag"] for row in rows} == {"a", "b"}
    assert {row["training"] for row in rows} == {str(logger.training)}
    first = [row for row in rows if row["tag"] == "a" and row["step"] == 333]
    assert [(row["value"], row["time"]) for row in first] == [(100.0, 1_166.5)]


def test_an_export_of_nothing_is_a_whole_file(logger: Logger) -> None:
    path = f"export?training={logger.training}&format=parquet"
    body = b"".join(Reader(logger).get(path).streaming_content)
    assert pyarrow.parquet.read_table(io.BytesIO(body)).num_rows == 0
