"""Who may read and write, tested from the outside on every endpoint."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from server.accounts import services as accounts
from server.accounts.models import User
from tests.server.scalars.conftest import Logger, MemoryGate

READS = [
    "/api/v1/scalars/series?training={training}",
    "/api/v1/scalars/points?training={training}&tag=a",
    "/api/v1/scalars/latest?training={training}&tag=a",
    "/api/v1/scalars/export?training={training}&format=csv",
    "/api/v1/scalars/checksums?training={training}",
]


def read(client: Client, path: str, logger: Logger, **headers: str) -> int:
    if path == "query":
        body = {"trainings": [str(logger.training)], "tags": ["a"]}
        return client.post("/api/v1/scalars/query", body, content_type="application/json", **headers).status_code
    return client.get(path.format(training=logger.training), **headers).status_code


@pytest.fixture
def stranger() -> str:
    """Somebody else's token."""
    user = User.objects.create_user("bob", password="battery staple")
    return accounts.create_token(user_id=user.id, name="t").raw


@pytest.mark.parametrize("path", [*READS, "query"])
def test_reading(logger: Logger, stranger: str, client: Client, path: str) -> None:
    logger.log("a", [(1, 1.0, 1.0)])
    assert read(client, path, logger) == 401
    assert read(client, path, logger, HTTP_AUTHORIZATION=f"Bearer {stranger}") == 404
    assert read(client, path, logger, HTTP_AUTHORIZATION=f"Bearer {logger.token}") == 200


def test_one_foreign_training_among_own_ones_is_not_found(
    new_logger: Callable[..., Logger], memory_gate: MemoryGate, client: Client
) -> None:
    own, foreign = new_logger(), new_logger()
    memory_gate.owners[foreign.training] = -1
    path = f"/api/v1/scalars/series?training={own.training}&training={foreign.training}"
    answer = client.get(path, HTTP_AUTHORIZATION=f"Bearer {own.token}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "scalars.unknown_training")


def test_logging(logger: Logger, stranger: str, memory_gate: MemoryGate) -> None:
    data = logger.pack("a", [(1, 1.0, 1.0)])
    for header in ("", "Bearer wrong", "Basic YTpi"):
        answer = logger.post(data, Authorization=header)
        assert (answer.status, answer.code) == (401, "accounts.not_authenticated")
        assert "www-authenticate" in answer.headers
    assert logger.post(data, Authorization=f"Bearer {stranger}").status == 404
    memory_gate.viewers[logger.training] = {User.objects.get(username="bob").id}
    viewer = logger.post(data, Authorization=f"Bearer {stranger}")
    assert (viewer.status, viewer.code) == (403, "accounts.forbidden")
    assert logger.post(data).status == 200


def test_a_writer_logs_into_its_own_training_only(new_logger: Callable[..., Logger]) -> None:
    first, second = new_logger(), new_logger()
    first.writer, foreign = second.writer, first.training
    answer = first.post(first.pack("a", [(1, 1.0, 1.0)]))
    assert (answer.status, answer.code) == (404, "scalars.unknown_writer")
    assert foreign != second.training


def test_a_writer_must_be_opened(logger: Logger) -> None:
    logger.writer = uuid.uuid4()
    answer = logger.post(logger.pack("a", [(1, 1.0, 1.0)]))
    assert (answer.status, answer.code) == (404, "scalars.unknown_writer")
    assert "Open it first" in answer.json["error"]["message"]


def test_a_session_needs_the_csrf_token(logger: Logger) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="ada"))
    assert read(browser, READS[0], logger) == 200
    assert read(browser, "query", logger) == 403
