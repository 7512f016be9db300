"""Snapshots after they came: the metrics at each, pins, rules, and who may do what."""

import hashlib
import math
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from server.accounts.principal import Role
from server.blobs import collection
from server.blobs.models import Hold
from server.scalars import services as scalars
from server.trainings import extensions, tasks
from server.trainings.models import Snapshot
from tests.server.trainings.conftest import Api
from tests.server.trainings.test_events import upload

START = 1_000_000.0


class Run:
    """A training of Ada's that logs points and snapshots."""

    def __init__(self, client: Api, emit: Callable[..., None], user_id: int, **event: Any) -> None:
        self.client, self._emit, self._user_id = client, emit, user_id
        self.opened = client.open(project="p", **event)
        self.id = self.opened["training"]["id"]
        self.path = f"trainings/{self.id}/snapshots"

    def log(self, tag: str, points: Sequence[tuple[int, float]], *, at: float = START) -> None:
        """Points (step, value); their time is ``at`` plus the step."""
        scalars.append(
            training_id=uuid.UUID(self.id),
            writer_id=self.opened["writer"],
            sender=self._user_id,
            time=at,
            points=[(tag, step, at + step, value) for step, value in points],
        )

    def save(self, iteration: int, *, name: str = "w.pth", stored: bool = True, at: float | None = None) -> None:
        data = f"{self.id} {iteration} {name}".encode()
        if stored:
            upload(self.client, data)
        event = {
            "type": "snapshot",
            "tag": "run",
            "iteration": iteration,
            "name": name,
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        self._emit(self.opened, event, at=START + iteration if at is None else at)

    def rows(self) -> list[dict[str, Any]]:
        response = self.client.send("get", self.path)
        assert response.status_code == 200, response.content
        return response.json()["items"]

    def iterations(self) -> list[int]:
        return [snapshot["iteration"] for snapshot in self.rows()]

    def metrics(self) -> list[dict[str, Any]]:
        return [snapshot["metrics"] for snapshot in self.rows()]

    def rules(self, **rules: Any) -> dict[str, Any]:
        response = self.client.send("put", f"{self.path}/rules", rules)
        assert response.status_code == 200, response.content
        return response.json()

    def best(self, metric: str = "val/acc", mode: str = "max", count: int = 1) -> dict[str, Any]:
        return {"metric": metric, "mode": mode, "count": count}

    def pin(self, iteration: int, pinned: bool = True) -> None:
        (found,) = [one for one in self.rows() if one["iteration"] == iteration]
        response = self.client.send("patch", f"{self.path}/{found['id']}", {"pinned": pinned})
        assert (response.status_code, response.json()["pinned"]) == (200, pinned)


@pytest.fixture(autouse=True)
def _blob_folder(tmp_path: Any, settings: Any) -> None:
    settings.BLOBS_URL = str(tmp_path / "blobs")


@pytest.fixture
def new_run(ada, api, emit) -> Callable[..., Run]:
    return lambda **event: Run(api(ada), emit, ada.user_id, **event)


@pytest.fixture
def run(new_run) -> Run:
    return new_run()


@pytest.mark.parametrize("compact", [False, True])
def test_the_metrics_of_a_snapshot_are_the_last_at_or_before_it(run, compact):
    run.log("loss", [(step, step / 10) for step in range(0, 100, 2)])
    run.log("val/acc", [(10, 0.5), (20, math.nan), (30, math.inf)])
    run.log("system/cpu", [(0, 50.0)])
    if compact:
        scalars.compact(uuid.UUID(run.id))
    for iteration in (-1, 0, 11, 20, 1_000):
        run.save(iteration)
    assert run.metrics() == [
        {},
        {"loss": 0.0},
        {"loss": 1.0, "val/acc": 0.5},
        {"loss": 2.0, "val/acc": "NaN"},
        {"loss": 9.8, "val/acc": "Infinity"},
    ]


def test_metrics_that_a_rewind_hid_are_not_told(run):
    run.log("loss", [(step, 1.0) for step in range(10)])
    scalars.append(
        training_id=uuid.UUID(run.id),
        writer_id=run.opened["writer"],
        sender=0,
        time=START,
        events=[{"type": "rewind", "step": 3}],
    )
    run.log("loss", [(4, 2.0)])
    run.save(3)
    run.save(9)
    assert run.metrics() == [{"loss": 1.0}, {"loss": 2.0}]


def test_where_snapshots_count_epochs_iterations_are_told_by_time(new_run):
    """As mmcv's hooks log: `train` counts iterations, `val` and snapshots count epochs."""
    run = new_run(config={"runner": {"max_epochs": 3}})
    for epoch in (1, 2, 3):
        run.log("train/loss", [(step, float(step)) for step in range(epoch * 100 - 90, epoch * 100 + 1, 10)])
        run.log("val/acc", [(epoch, epoch / 10)], at=START + epoch * 100)
        run.save(epoch, at=START + epoch * 100 + 5)
    assert run.metrics() == [{"train/loss": 100.0 * n, "val/acc": n / 10} for n in (1, 2, 3)]


def test_the_last_saved_stay(run):
    for iteration in (10, 20, 30, 40):
        run.save(iteration)
        run.save(iteration, name="optimizer.pth")
    assert run.rules(keep_last=2) == {"keep_last": 2, "keep_best": None, "inherited": False}
    assert run.iterations() == [30, 30, 40, 40]
    run.save(25, at=START + 100)  # a resumed training went on from an earlier iteration
    tasks.hold_snapshots()
    assert run.iterations() == [25, 40, 40]
    assert Hold.objects.count() == 3
    assert collection.collect(grace=timedelta(seconds=-1)).blobs == 6


@pytest.mark.parametrize(
    ("mode", "count", "kept"), [("max", 1, [20, 50]), ("max", 2, [20, 40, 50]), ("min", 1, [30, 50])]
)
def test_the_best_by_a_metric_stay_and_so_does_the_newest(run, mode, count, kept):
    run.log("val/acc", [(10, 0.3), (20, 0.9), (30, 0.2), (40, 0.8), (50, 0.5)])
    for iteration in (10, 20, 30, 40, 50):
        run.save(iteration)
    run.rules(keep_best=run.best(mode=mode, count=count))
    assert run.iterations() == kept


def test_what_either_rule_keeps_stays(run):
    run.log("val/acc", [(10, 0.3), (20, 0.9), (30, 0.2), (40, 0.8), (50, 0.5)])
    for iteration in (10, 20, 30, 40, 50):
        run.save(iteration)
    run.rules(keep_last=2, keep_best=run.best())
    assert run.iterations() == [20, 40, 50]


def test_nan_is_never_the_best_and_no_value_is_never_the_worst(run):
    run.log("val/acc", [(10, math.nan), (20, 0.1), (30, 0.0), (40, 0.0)])
    for iteration in (5, 10, 20, 30, 40):
        run.save(iteration)
    run.rules(keep_best=run.best())
    assert run.iterations() == [5, 20, 40]
    run.rules(keep_best=run.best(metric="misspelt"))
    assert run.iterations() == [5, 20, 40]


def test_pinned_pending_and_used_ones_stay(run, monkeypatch):
    for iteration in (10, 20, 30, 40):
        run.save(iteration, stored=iteration != 20)
    run.save(50)
    run.pin(10)
    used = Snapshot.objects.get(iteration=30).id
    monkeypatch.setattr(extensions, "_in_use", {})
    extensions.register_snapshot_use("a model", lambda ids: [one for one in ids if one == used])
    run.rules(keep_last=1)
    assert run.iterations() == [10, 20, 30, 50]
    run.pin(10, pinned=False)
    tasks.hold_snapshots()
    assert run.iterations() == [20, 30, 50]


def test_a_projects_rules_are_for_those_without_their_own(run, new_run):
    other, own = new_run(), new_run()
    for one in (run, other, own):
        for iteration in (10, 20, 30):
            one.save(iteration)
    assert own.rules(keep_last=2) == {"keep_last": 2, "keep_best": None, "inherited": False}
    project = run.client.send("get", "projects").json()["items"][0]["id"]
    path = f"projects/{project}/snapshots/rules"
    assert run.client.send("get", path).json() == {"keep_last": None, "keep_best": None}
    rules = {"keep_last": 1, "keep_best": {"metric": "loss", "mode": "min", "count": 2}}
    assert run.client.send("put", path, rules).json() == rules
    assert run.client.send("get", path).json() == rules
    assert run.client.send("get", f"{run.path}/rules").json() == {**rules, "inherited": True}
    rules["keep_best"] = None
    run.client.send("put", path, rules)
    tasks.hold_snapshots()
    assert [one.iterations() for one in (run, other, own)] == [[30], [30], [20, 30]]
    assert own.rules(inherited=True) == {**rules, "inherited": True}
    assert own.iterations() == [30]


def test_rules_wait_for_the_bytes(run):
    run.rules(keep_last=1)
    run.save(10)
    run.save(20, stored=False)
    tasks.hold_snapshots()
    assert run.iterations() == [10, 20]
    upload(run.client, f"{run.id} 20 w.pth".encode())
    tasks.hold_snapshots()
    assert run.iterations() == [20]


def test_deleting_one_lets_go_of_its_bytes_and_is_on_record(run):
    run.save(10)
    run.save(20)
    run.pin(10)
    first, second = run.rows()
    assert run.client.send("delete", f"{run.path}/{first['id']}").status_code == 409
    assert run.client.send("delete", f"{run.path}/{second['id']}").status_code == 204
    assert run.client.send("delete", f"{run.path}/{second['id']}").status_code == 404
    assert run.iterations() == [10]
    assert collection.collect(grace=timedelta(seconds=-1)).blobs == 1
    entry = run.client.send("get", "audit").json()["items"][0]
    assert (entry["action"], entry["details"]["iteration"]) == ("snapshot.deleted", 20)


@pytest.mark.parametrize(
    "rules",
    [
        {"keep_last": 0},
        {"keep_last": "many"},
        {"keep_best": {"metric": "a", "mode": "best", "count": 1}},
        {"keep_best": {"mode": "max"}},
        {"keep_best": {"metric": "a", "mode": "max", "count": 0}},
    ],
)
def test_rules_that_make_no_sense_are_refused(run, rules):
    assert run.client.send("put", f"{run.path}/rules", rules).status_code == 400


def test_who_may_do_what(ada, bob, carol, dave, api, share, run):
    run.save(10)
    share("p", carol, Role.VIEWER)
    share("p", dave, Role.MEMBER)
    project = run.client.send("get", "projects").json()["items"][0]["id"]
    one = f"{run.path}/{run.rows()[0]['id']}"
    requests = [
        ("get", run.path, None),
        ("get", f"{run.path}/rules", None),
        ("get", f"projects/{project}/snapshots/rules", None),
        ("put", f"projects/{project}/snapshots/rules", {"keep_last": 5}),
        ("put", f"{run.path}/rules", {"keep_last": 5}),
        ("patch", one, {"pinned": False}),
        ("delete", one, None),
    ]
    answers = {
        name: [api(who).send(*request).status_code for request in requests]
        for name, who in {"nobody": None, "stranger": bob, "viewer": carol, "member": dave}.items()
    }
    assert answers == {
        "nobody": [401] * 7,
        "stranger": [404] * 7,
        "viewer": [200, 200, 200, 403, 403, 403, 403],
        "member": [200, 200, 200, 403, 200, 200, 204],
    }
    assert run.client.send(*requests[3]).status_code == 200


def test_a_snapshot_of_another_training(run, new_run):
    run.save(10)
    other = new_run()
    (found,) = run.rows()
    assert run.client.send("delete", f"{other.path}/{found['id']}").status_code == 404
    assert run.client.send("patch", f"{other.path}/{found['id']}", {"pinned": True}).status_code == 404
    assert run.iterations() == [10]
