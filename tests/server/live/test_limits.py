"""What one connection may ask for, and what happens to one that does not read."""

import time

import pytest

from server.accounts.principal import Principal
from server.live import consumer, messages
from tests.server.live.conftest import Allowed, LiveServer, Page, token_of


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"type": "dance"}',
        '{"type": "subscribe"}',
        '{"type": "unsubscribe", "id": 5}',
        '{"type": "subscribe", "id": "s", "trainings": []}',
        '{"type": "subscribe", "id": "s", "trainings": ["7"]}',
    ],
)
def test_nonsense_is_answered_and_forgiven(page: Page, allowed: Allowed, ada: Principal, text: str) -> None:
    page.connection.send(text)
    assert page.hear("error")["code"] == "live.bad_message"
    page.subscribe(allowed.new_training(ada))


def test_subscriptions_are_limited(
    page: Page, allowed: Allowed, ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MAX_SUBSCRIPTIONS", 2)
    training = allowed.new_training(ada)
    for name in ("a", "b", "a"):
        page.subscribe(training, name=name)
    page.say(type="subscribe", id="c", trainings=[training])
    assert page.hear("error")["code"] == "live.too_many"


def test_trainings_are_limited(page: Page, allowed: Allowed, ada: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_TRAININGS", 2)
    page.subscribe(*[allowed.new_training(ada) for _ in range(2)], name="a")
    page.say(type="subscribe", id="b", trainings=[allowed.new_training(ada)])
    assert page.hear("error")["code"] == "live.too_many"


def test_a_large_message_ends_the_connection(page: Page) -> None:
    page.connection.send("x" * (messages.MAX_MESSAGE_BYTES + 1))
    assert page.closed_with() == messages.CLOSE_MISBEHAVED


def test_bytes_end_the_connection(page: Page) -> None:
    page.connection.send(b"{}")
    assert page.closed_with() == messages.CLOSE_MISBEHAVED


def test_a_flood_ends_the_connection(page: Page) -> None:
    for _ in range(150):
        page.say(type="unsubscribe", id="none")
    assert page.closed_with() == messages.CLOSE_MISBEHAVED


def test_a_page_that_does_not_read_is_sent_away(
    server: LiveServer, allowed: Allowed, ada: Principal, store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "SEND_TIMEOUT_S", 0.5)
    training = allowed.new_training(ada)
    with server.open(buffer_bytes=4096, Authorization=f"Bearer {token_of(ada)}") as connection:
        page = Page(connection)
        page.subscribe(training)
        # The client library reads ahead a few messages; then the line fills, then the server's side of it.
        for _ in range(12):
            store(training, {"loss": [1.0] * 19_000})
            time.sleep(0.35)  # one publication each: more at once would be told as "refetch"
        assert page.closed_with() == messages.CLOSE_TOO_SLOW
