"""Scalars as JSON, for curl and other languages."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from server.scalars import export, selectors
from tests.server.scalars.conftest import Answer, Logger, call


def post(logger: Logger, body: Any, training: uuid.UUID | None = None, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = f"/api/v1/ingest/{training or logger.training}"
    every = {"Authorization": f"Bearer {logger.token}"} | {k.replace("_", "-"): v for k, v in headers.items()}
    answer: Answer = logger.endpoint.run(lambda app: call(app, path, raw, every))
    return answer


def series(**columns: Any) -> dict[str, Any]:
    return {"series": [{"tag": "a", "steps": [1, 2], "values": [0.5, 1.5], **columns}]}


def test_columns_are_stored(logger: Logger) -> None:
    assert post(logger, series(times=[10.0, 11.0])).status == 200
    assert post(logger, series(tag="b", values=[None, "Infinity"])).status == 200
    infos = {info.tag: info.stats for info in selectors.series([logger.training])}
    assert (infos["a"].last_time, infos["a"].last_value) == (11.0, 1.5)
    assert infos["b"].maximum == float("inf")
    assert (infos["b"].first_time or 0) > 1.7e9  # the server's own clock


def test_a_repeat_with_the_same_key_stores_nothing(logger: Logger) -> None:
    key = str(uuid.uuid4())
    first = post(logger, series(), Idempotency_Key=key)
    again = post(logger, series(), Idempotency_Key=key)
    assert (first.status, again.status) == (200, 200)
    assert first.json["watermark"] == again.json["watermark"]
    row = export.find(logger.training, "a", None)
    assert row is not None
    assert len(export.newest(row, 10)) == selectors.series([logger.training])[0].stats.count == 2


def test_a_key_belongs_to_one_training(new_logger: Callable[..., Logger]) -> None:
    first, second = new_logger(), new_logger()
    key = str(uuid.uuid4())
    post(first, series(), Idempotency_Key=key)
    answer = post(second, series(), Idempotency_Key=key)
    assert (answer.status, answer.code) == (409, "scalars.writer_taken")
    assert post(first, series(), Idempotency_Key="soon").code == "scalars.bad_key"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        {"series": [{"tag": "a"}]},
        {"points": []},
        series(steps=[1]),
        series(times=[1.0]),
        series(steps=[1, 2.5]),
        series(steps=[1, 2**63]),
        series(values=[1.0, "high"]),
        series(values=[1.0, [2.0]]),
        series(tag=7),
    ],
)
def test_other_shapes_are_refused(logger: Logger, body: Any) -> None:
    answer = post(logger, body)
    assert (answer.status, answer.code) == (400, "scalars.malformed")
    assert selectors.series([logger.training]) == []


def test_a_bad_tag_is_answered_like_everywhere(logger: Logger) -> None:
    assert post(logger, series(tag="")).json["refused"][0]["points"] == 2


def test_only_an_opened_training_can_be_logged_into(logger: Logger, memory_gate: Any) -> None:
    other = uuid.uuid4()
    assert post(logger, series(), other).status == 404
    memory_gate.owners[other] = logger.owner.user_id
    assert post(logger, series(), other).code == "scalars.unknown_writer"
