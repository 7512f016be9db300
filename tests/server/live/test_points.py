"""Points reach the pages that watch, and only what they asked for."""

import json
from uuid import UUID

from server.accounts.principal import Principal
from tests.server.live.conftest import Allowed, LiveServer, Page, token_of


def collect(page: Page, count: int) -> dict[str, list[object]]:
    """Values by tag, until there are so many."""
    found: dict[str, list[object]] = {}
    while sum(map(len, found.values())) < count:
        for series in page.hear("points")["series"]:
            found.setdefault(series["tag"], []).extend(series["values"])
    return found


def test_points_come_with_steps_times_and_training(page: Page, allowed: Allowed, ada: Principal, store) -> None:
    training = allowed.new_training(ada)
    page.subscribe(training)
    store(training, {"train/loss": [0.5, 0.25]})
    assert page.hear("points") == {
        "type": "points",
        "training": str(training),
        "series": [
            {"tag": "train/loss", "rank": -1, "steps": [0, 1], "times": [1.5, 1.5], "values": [0.5, 0.25]},
        ],
    }


def test_every_point_after_the_subscription_comes_once_and_in_order(
    page: Page, allowed: Allowed, ada: Principal, store
) -> None:
    training = allowed.new_training(ada)
    page.subscribe(training)
    for number in range(200):
        store(training, {"loss": [float(number)]})
    assert collect(page, 200) == {"loss": [float(number) for number in range(200)]}


def test_only_matching_tags_come(page: Page, allowed: Allowed, ada: Principal, store) -> None:
    training = allowed.new_training(ada)
    page.subscribe(training, tags=["train/*", "val/[acc]"])
    store(training, {"train/loss": [1.0], "test/loss": [2.0], "val/[acc]": [3.0], "lr": [4.0]})
    assert collect(page, 2) == {"train/loss": [1.0], "val/[acc]": [3.0]}


def test_what_json_does_not_know_comes_as_words(page: Page, allowed: Allowed, ada: Principal, store) -> None:
    training = allowed.new_training(ada)
    page.subscribe(training)
    store(training, {"loss": [float("nan"), float("inf"), float("-inf"), 1.0]})
    assert collect(page, 4) == {"loss": ["NaN", "Infinity", "-Infinity", 1.0]}


def test_events_come_as_changes(page: Page, allowed: Allowed, ada: Principal, store) -> None:
    training = allowed.new_training(ada)
    page.subscribe(training)
    store(training, events=("summary", "finish"))
    assert page.hear("changed") == {"type": "changed", "training": str(training), "what": ["summary", "finish"]}


def test_two_pages_get_the_same(page: Page, server: LiveServer, allowed: Allowed, ada: Principal, store) -> None:
    training = allowed.new_training(ada)
    page.subscribe(training)
    with server.open(Authorization=f"Bearer {token_of(ada)}") as connection:
        other = Page(connection)
        other.subscribe(training, tags=["loss"])
        store(training, {"loss": [1.0]})
        assert collect(page, 1) == collect(other, 1) == {"loss": [1.0]}


def test_an_ended_subscription_is_silent(page: Page, allowed: Allowed, ada: Principal, store) -> None:
    first, second = allowed.new_training(ada), allowed.new_training(ada)
    page.subscribe(first, name="first")
    page.subscribe(second, name="second")
    page.say(type="unsubscribe", id="first")
    page.subscribe(second, name="second")  # its answer tells that the one before was carried out
    store(first, {"loss": [1.0]})
    store(second, {"loss": [2.0]})
    assert page.hear("points")["training"] == str(second)


def test_subscribing_again_replaces(page: Page, allowed: Allowed, ada: Principal, store) -> None:
    training = allowed.new_training(ada)
    page.subscribe(training, tags=["a"])
    page.subscribe(training, tags=["b"])
    store(training, {"a": [1.0], "b": [2.0]})
    assert collect(page, 1) == {"b": [2.0]}


def test_more_than_can_be_looked_at_becomes_advice_to_fetch(
    page: Page, allowed: Allowed, ada: Principal, store
) -> None:
    training = allowed.new_training(ada)
    page.subscribe(training)
    store(training, {"loss": [1.0] * 50_000})
    assert page.hear("refetch") == {"type": "refetch", "training": str(training), "tags": None}
    store(training, {"loss": [2.0]})
    assert collect(page, 1) == {"loss": [2.0]}


def test_unwatched_trainings_cost_nothing(broadcaster, allowed: Allowed, ada: Principal) -> None:
    assert not broadcaster.watched(allowed.new_training(ada))
    assert broadcaster.stored([]) is None


def test_messages_are_json_objects(page: Page, allowed: Allowed, ada: Principal) -> None:
    training = allowed.new_training(ada)
    page.say(type="subscribe", id="s", trainings=[training])
    assert json.loads(page.connection.recv(timeout=10)) == {"type": "subscribed", "id": "s", "missing": []}
    assert UUID(str(training))
