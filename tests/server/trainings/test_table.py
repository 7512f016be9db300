"""The table: pages that never repeat or skip a row, any order, values last where there are none, columns."""

import time
import uuid

import pytest

from server.accounts.principal import Role
from server.trainings.gating import TrainingsGate
from server.trainings.models import Training


def test_newest_first_in_pages_of_any_size(ada, api):
    client = api(ada)
    for index in range(7):
        client.open(name=str(index))
    for limit in (1, 2, 3, 7, 50):
        assert client.names(limit=limit) == list("6543210")
        assert client.names(limit=limit, order_by="created_at") == list("0123456")


def test_pages_are_stable_while_trainings_begin(ada, api):
    client = api(ada)
    for index in range(4):
        client.open(name=str(index))
    first = client.get("/api/v1/trainings", {"limit": 2}).json()
    client.open(name="new")
    rest = client.get("/api/v1/trainings", {"limit": 5, "cursor": first["next"]}).json()
    assert [row["name"] for row in first["items"] + rest["items"]] == list("3210")


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_sorting_by_a_metric_puts_those_without_last(ada, api, series, limit):
    client = api(ada)
    for name, value in (("low", 0.1), ("none", None), ("high", 0.9), ("nan", "nan"), ("low too", 0.1)):
        opened = client.open(name=name)
        if value is not None:
            number = None if value == "nan" else value
            series(opened, "val/acc", count=3, last_value=number, max_value=number)
    down = client.names(limit=limit, order_by='-metrics["val/acc"].max')
    up = client.names(limit=limit, order_by='metrics["val/acc"].max')
    assert down[0] == "high"
    assert set(down[1:3]) == set(up[:2]) == {"low", "low too"}
    assert set(down[3:]) == set(up[3:]) == {"none", "nan"}


@pytest.mark.parametrize("limit", [1, 50])
def test_sorting_by_config_has_numbers_then_texts_then_nothing(ada, api, limit):
    client = api(ada)
    for name, config in (("b", {"k": "beta"}), ("2", {"k": 2}), ("10", {"k": 10.5}), ("-", {}), ("a", {"k": "alpha"})):
        client.open(name=name, config=config)
    assert client.names(limit=limit, order_by="config.k") == ["2", "10", "a", "b", "-"]
    assert client.names(limit=limit, order_by="-config.k") == ["10", "2", "b", "a", "-"]


def test_every_field_sorts_both_ways_and_pages(ada, api, emit):
    client = api(ada)
    for index in range(5):
        opened = client.open(name=str(index), host="h", model="m", time=time.time() - 100)
        if index % 2:
            emit(opened, {"type": "finish", "status": "finished"}, at=time.time() + index)
    fields = (
        "name model host status number duration created_at started_at finished_at heartbeat_at project user archived"
    )
    for field in fields.split():
        for sign in ("", "-"):
            assert sorted(client.names(limit=2, order_by=sign + field)) == list("01234"), field
    assert client.names(order_by="-finished_at")[:2] == ["3", "1"]
    assert client.names(order_by="-duration")[:2] == ["3", "1"]


def test_columns_add_values_to_the_rows(ada, api, series):
    client = api(ada)
    opened = client.open(config={"lr": 0.1, "steps": 100, "amp": True, "name": "sgd", "null": None, "big": 2**60})
    series(opened, "loss", count=5, last_value=0.5, min_value=0.25, last_step=4)
    series(opened, "train/loss", count=5, last_step=77)
    asked = ["config.lr", "config.steps", "config.amp", "config.name", "config.null", "config.big", "config.none"]
    asked += ["metrics.loss", "metrics.loss.min", "metrics.loss.count", "metrics.none", "config", "notes", "name"]
    (row,) = client.table(column=asked)
    values = [row["columns"].get(column) for column in asked]
    assert values[:11] == [0.1, 100, True, "sgd", None, 2**60, None, 0.5, 0.25, 5, None]
    assert row["columns"]["config"]["lr"] == 0.1
    assert "name" not in row["columns"]
    assert row["progress"]["current"] == 77  # its first step is unknown, so it may count from 1


@pytest.mark.parametrize(
    "params",
    [
        {"order_by": "nonsense"},
        {"order_by": "tags"},
        {"order_by": "metrics.x.median"},
        {"column": "metrics"},
        {"column": "a b"},
        {"cursor": "nonsense"},
        {"limit": 0},
        {"limit": 501},
        {"archived": "maybe"},
    ],
)
def test_questions_that_make_no_sense_are_explained(ada, api, params):
    answer = api(ada).get("/api/v1/trainings", params)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_a_cursor_of_another_order_is_refused(ada, api):
    client = api(ada)
    client.open()
    client.open()
    cursor = client.get("/api/v1/trainings", {"limit": 1}).json()["next"]
    answer = client.get("/api/v1/trainings", {"cursor": cursor, "order_by": "name"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "common.bad_cursor"


def test_lists_hold_what_the_viewer_may_see(ada, bob, carol, api, share):
    api(ada).open(project="p", name="hers")
    api(bob).open(project="q", name="his")
    assert api(bob).names() == ["his"]
    share("p", carol, Role.VIEWER)
    assert api(carol).names() == ["hers"]
    assert api(carol).names(project="ada/p") == api(carol).names(project="p") == ["hers"]
    project = api(carol).table()[0]["project"]["id"]
    assert api(carol).names(project=project) == ["hers"]
    for hidden in ("ada/p", project, str(uuid.uuid4()), "none"):
        assert api(bob).get("/api/v1/trainings", {"project": hidden}).status_code == 404
    assert api(None).get("/api/v1/trainings").status_code == 401


def test_another_projects_values_are_never_looked_at(ada, bob, api, series):
    opened = api(ada).open(project="p", config={"secret": 1})
    series(opened, "loss", count=1, last_value=0.5)
    mine = api(bob).open(name="mine")
    assert api(bob).names(where="config.secret == 1 or metrics.loss > 0") == []
    assert api(bob).names(order_by="config.secret") == [mine["training"]["name"]]


def test_a_running_training_without_heartbeat_is_lost_until_it_returns(ada, api, emit, settings):
    client = api(ada)
    opened = client.open(name="silent")
    client.open(name="alive")
    done = client.open(name="done")
    emit(done, {"type": "finish", "status": "finished"})
    for training in Training.objects.filter(name__in=["silent", "done"]):
        training.heartbeat_at = training.heartbeat_at.replace(year=2020)
        training.save()
    statuses = {row["name"]: row["status"] for row in client.table()}
    assert statuses == {"silent": "lost", "alive": "running", "done": "finished"}
    assert client.names(where='status == "lost"') == ["silent"]
    assert client.names(where='status == "running"') == ["alive"]
    assert client.names(where='status in ["lost", "finished"]', order_by="status") == ["done", "silent"]
    assert client.names(where='status != "lost"', order_by="name") == ["alive", "done"]
    TrainingsGate().seen(training_ids=[uuid.UUID(opened["training"]["id"])])
    assert client.names(where='status == "lost"') == []
