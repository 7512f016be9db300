"""Trainings are listed lazily and filtered, and each tells what was logged into it."""

import functools
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pavi.api import Api
from pavi.exception import InvalidRequest, NotFound, NotLoggedIn
from tests.client_sdk.people import Person
from tests.platform import RunningPlatform


def _wait(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_newest_first_and_page_by_page(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pavi.api.api._PAGE", 2)
    for index in range(5):
        person.training(name=f"t{index}")
    api = person.api
    mine = functools.partial(api.trainings, person.project)
    assert [training.name for training in mine()] == ["t4", "t3", "t2", "t1", "t0"]
    assert [training.name for training in itertools.islice(api.trainings(), 3)] == ["t4", "t3", "t2"]
    assert [training.name for training in mine(limit=3)] == ["t4", "t3", "t2"]
    assert [training.name for training in mine(order_by="name")] == ["t0", "t1", "t2", "t3", "t4"]


def test_filter_and_sort(person: Person) -> None:
    for index, rate in enumerate([0.1, 0.01, 0.001]):
        writer = person.training(name=f"t{index}", config={"optimizer": {"lr": rate}}, tags=["base"] if index else [])
        writer.points("val/acc", [(0, 1.0, 0.5 + index / 10)])
        if index == 2:
            writer.finish()
    api = person.api

    def names(where: str | None = None, order_by: str | None = None) -> list[str]:
        return [training.name for training in api.trainings(person.project, where, order_by)]

    assert names("config.optimizer.lr < 0.05") == ["t2", "t1"]
    _wait(lambda: names('metrics["val/acc"].count >= 1') == ["t2", "t1", "t0"])  # figures follow points by seconds
    assert names('metrics["val/acc"].max >= 0.6 and status == "running"') == ["t1"]
    assert names('"base" in tags', "name") == ["t1", "t2"]
    assert names(None, '-metrics["val/acc"].last') == ["t2", "t1", "t0"]


def test_a_wrong_filter_points_at_the_place(person: Person) -> None:
    with pytest.raises(InvalidRequest) as caught:
        list(person.api.trainings(where="status = = 3"))
    assert caught.value.details["column"]


def test_what_a_training_tells(person: Person) -> None:
    before = datetime.now(UTC)
    writer = person.training(
        name="resnet", config={"lr": 0.1, "data": {"size": 32}}, tags=["b", "a"], notes="*better*", model="ResNet"
    )
    writer.event(type="summary", summary={"best": "NaN", "acc": 0.9})
    writer.event(type="environment", environment={"host": "box", "packages": {"numpy": "2.4"}})
    writer.finish()
    number = writer.training["number"]
    training = person.api.training(number)
    assert (training.id, training.number, training.name) == (writer.training["id"], number, "resnet")
    assert training.status == "finished"
    assert training.config == {"lr": 0.1, "data": {"size": 32}}
    assert training.summary["acc"] == 0.9
    assert str(training.summary["best"]) == "nan"
    assert sorted(training.tags) == ["a", "b"]
    assert training.notes == "*better*"
    assert training.project == person.project
    assert training.environment["packages"] == {"numpy": "2.4"}
    assert training.url == writer.training["url"]
    assert before - timedelta(seconds=5) <= training.created_at <= datetime.now(UTC) + timedelta(seconds=5)
    assert training.finished_at is not None
    assert training["model"] == "ResNet"
    assert person.api.training(training.id).name == "resnet"


def test_out_of_a_list_the_rest_is_fetched_when_read(person: Person) -> None:
    person.training(name="a", config={"deep": {"key": 1}}, notes="later")
    [training] = person.api.trainings(person.project)
    assert training.config == {"deep": {"key": 1}}
    assert training.notes == "later"
    assert training.status == "running"


def test_reload_sees_what_changed(person: Person) -> None:
    writer = person.training(name="a")
    training = person.api.training(writer.training["id"])
    assert training.status == "running"
    writer.finish()
    assert training.status == "running"
    training.reload()
    assert training.status == "finished"


def test_projects_and_compares(person: Person) -> None:
    first, second = person.training(name="a"), person.training(name="b")
    created = person.api.client.post(
        "compares", {"name": "two", "trainings": [first.training["id"], second.training["id"]]}
    )
    compare = person.api.compare(created["number"])
    assert compare.name == "two"
    assert [training.name for training in compare.trainings()] == ["a", "b"]
    assert person.api.compare(compare.id).number == compare.number
    assert person.project in [project.name for project in person.api.projects()]


def test_other_peoples_trainings_are_not_there(person: Person, stranger: Person) -> None:
    writer = person.training(name="secret")
    assert list(stranger.api.trainings()) == []
    with pytest.raises(NotFound):
        list(stranger.api.trainings(f"{person.name}/{person.project}"))
    for ref in (writer.training["id"], writer.training["number"]):
        with pytest.raises(NotFound):
            stranger.api.training(ref)


def test_without_or_with_a_wrong_token(platform: RunningPlatform) -> None:
    for token in (None, "pavi_wrong"):
        with pytest.raises(NotLoggedIn):
            list(Api(platform.url, token).trainings())


@pytest.mark.parametrize("ref", ["", "..", "."])
def test_a_reference_that_names_nothing(person: Person, ref: str) -> None:
    with pytest.raises(ValueError, match="number or its id"):
        person.api.training(ref)


@pytest.mark.parametrize("ref", ["1/../../me", "x?y", "0", 10**12])
def test_a_reference_cannot_become_another_address(person: Person, ref: int | str) -> None:
    with pytest.raises((NotFound, InvalidRequest)):
        person.api.training(ref)
