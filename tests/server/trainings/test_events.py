"""What the events of a journal do to a training; and which are refused beforehand."""

import hashlib
import math
import time
import uuid

import pytest

from server.accounts.principal import Role
from server.trainings.gating import TrainingsGate


def whole(client, opened):
    return client.get(f"/api/v1/trainings/{opened['training']['id']}").json()


def test_config_and_summary_merge_and_become_searchable(ada, api, emit):
    client = api(ada)
    opened = client.open(config={"optimizer": {"lr": 0.1, "name": "sgd"}})
    emit(
        opened,
        {"type": "config", "config": {"optimizer": {"lr": 0.2}, "max_iters": 50}},
        {"type": "summary", "summary": {"best": 0.9}},
        {"type": "summary", "summary": {"best": 0.95, "text": "ok\0"}},
    )
    found = whole(client, opened)
    assert found["config"] == {"optimizer": {"lr": 0.2, "name": "sgd"}, "max_iters": 50}
    assert found["summary"] == {"best": 0.95, "text": "ok"}
    assert found["progress"] == {"current": None, "total": 50, "unit": "iteration"}
    assert client.names(where="config.optimizer.lr == 0.2 and summary.best > 0.9") == [found["name"]]
    assert client.names(where="config.optimizer.lr == 0.1") == []


def test_a_key_that_becomes_an_object_leaves_no_old_value_behind(ada, api, emit):
    client = api(ada)
    opened = client.open(config={"a": 1})
    emit(opened, {"type": "config", "config": {"a": {"b": 2}}})
    assert client.names(where="config.a == 1") == []
    assert client.names(where="config.a.b == 2") == ["training"]


def test_details_environment_and_losses(ada, api, emit):
    client = api(ada)
    opened = client.open(tags=["old"])
    emit(
        opened,
        {"type": "details", "name": "renamed", "tags": ["new"], "notes": "# why"},
        {"type": "environment", "environment": {"command": ["python", "train.py"], "host": "gpu1", "nan": math.nan}},
        {"type": "loss", "points": 3, "reason": "disk full"},
        {"type": "loss", "points": 4, "reason": "disk full"},
        {"type": "from the future", "x": 1},
    )
    found = whole(client, opened)
    assert (found["name"], found["tags"], found["notes"]) == ("renamed", ["new"], "# why")
    assert (found["command"], found["host"], found["environment"]["nan"]) == ("python train.py", "gpu1", "NaN")
    assert found["lost_points"] == found["writers"][0]["lost_points"] == 7


def test_rank_0_says_finished_and_any_rank_says_crashed(ada, api, emit):
    client = api(ada)
    training = str(uuid.uuid4())
    zero, one = (client.open(training=training, rank=rank, rank_reduce="mean") for rank in (0, 1))
    emit(one, {"type": "finish", "status": "finished"})
    assert whole(client, zero)["status"] == "running"
    emit(zero, {"type": "finish", "status": "finished"})
    assert whole(client, zero)["status"] == "finished"
    emit(one, {"type": "finish", "status": "crashed", "reason": "OOM", "exit_code": 137})
    found = whole(client, zero)
    assert (found["status"], found["reason"], found["exit_code"]) == ("crashed", "OOM", 137)
    emit(zero, {"type": "finish", "status": "finished"})
    assert whole(client, zero)["status"] == "crashed"


def test_the_end_of_an_earlier_session_does_not_end_a_resumed_training(ada, api, emit):
    client, now = api(ada), time.time()
    first = client.open(time=now - 100)
    second = client.open(training=first["training"]["id"], time=now)
    emit(first, {"type": "finish", "status": "crashed"}, at=now - 50)
    assert whole(client, first)["status"] == "running"
    emit(second, {"type": "finish", "status": "finished"}, at=now + 50)
    assert whole(client, first)["status"] == "finished"


def test_a_journal_of_an_earlier_session_sent_late_does_not_revive(ada, api, emit):
    client, now = api(ada), time.time()
    late = client.open(time=now - 10)
    emit(late, {"type": "finish", "status": "finished"}, at=now)
    client.open(training=late["training"]["id"], time=now - 100, rank=3)
    assert whole(client, late)["status"] == "finished"


@pytest.mark.parametrize(
    "body",
    [
        {"type": "config"},
        {"type": "config", "config": []},
        {"type": "summary", "summary": "x"},
        {"type": "environment", "environment": None},
        {"type": "details", "name": 7},
        {"type": "details", "tags": {"a": 1}},
        {"type": "console", "stream": "stdin", "text": ""},
        {"type": "console", "stream": "stdout", "text": 5},
        {"type": "console", "stream": "stdout", "text": "", "first_line": -1},
        {"type": "snapshot", "tag": "t", "iteration": 1, "name": "f", "size": 1, "sha256": "x"},
        {"type": "snapshot", "tag": "t", "iteration": 1, "name": "", "size": 1, "sha256": "0" * 64},
        {"type": "snapshot", "tag": "t", "iteration": "x", "name": "f", "size": 1, "sha256": "0" * 64},
        {"type": "snapshot", "tag": "t", "iteration": 1, "name": "f", "size": -1, "sha256": "0" * 64},
        {"type": "finish", "status": "lost"},
        {"type": "loss", "points": -1},
        {"type": "loss"},
    ],
)
def test_events_that_make_no_sense_are_refused_with_a_reason(body):
    assert TrainingsGate().check_event(body)


def test_a_config_nested_without_end_is_refused():
    deep: dict = {}
    for _ in range(100):
        deep = {"d": deep}
    assert "nested deeper" in (TrainingsGate().check_event({"type": "config", "config": deep}) or "")
    assert TrainingsGate().check_event({"type": "what is this"}) is None


def test_the_gate_lets_readers_read_and_members_write(ada, bob, carol, api, share):
    gate = TrainingsGate()
    training = uuid.UUID(api(ada).open(project="p")["training"]["id"])
    share("p", carol, Role.VIEWER)
    can_read = {who.username for who in (ada, bob, carol) if gate.readable(viewer=who, training_ids=[training])}
    can_write = {who.username for who in (ada, bob, carol) if gate.writable(viewer=who, training_id=training)}
    assert (can_read, can_write) == ({"ada", "carol"}, {"ada"})
    api(ada).send("delete", f"trainings/{training}")
    assert not gate.readable(viewer=ada, training_ids=[training])
    assert not gate.writable(viewer=ada, training_id=training)
    assert not gate.writable(viewer=ada, training_id=uuid.uuid4())


def snapshot(data: bytes, name: str = "epoch_2.pth") -> dict:
    digest = hashlib.sha256(data).hexdigest()
    return {"type": "snapshot", "tag": "last", "iteration": 2, "name": name, "size": len(data), "sha256": digest}


def upload(client, data: bytes) -> None:
    start = client.send("post", "blobs/uploads", {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}).json()
    path = f"/api/v1/blobs/uploads/{start['id']}"
    assert client.put(f"{path}/parts/1", data, content_type="application/octet-stream").status_code < 300
    assert client.post(f"{path}/complete").status_code < 300


@pytest.mark.parametrize("bytes_first", [True, False])
def test_snapshots_come_before_or_after_their_bytes(ada, api, emit, bytes_first):
    client, data = api(ada), uuid.uuid4().bytes * 100
    opened = client.open()
    path = f"trainings/{opened['training']['id']}/snapshots"
    if bytes_first:
        upload(client, data)
    emit(opened, snapshot(data))
    emit(opened, snapshot(data))
    (found,) = client.send("get", path).json()["items"]
    assert found["pending"] is not bytes_first
    if not bytes_first:
        assert client.send("get", f"{path}/{found['id']}/file").status_code == 409
        upload(client, data)
    response = client.send("get", f"{path}/{found['id']}/file")
    assert b"".join(response) == data
    part = client.send("get", f"{path}/{found['id']}/file", HTTP_RANGE="bytes=5-9")
    assert part.status_code == 206
    assert b"".join(part) == data[5:10]


def test_naming_a_hash_does_not_give_somebody_elses_bytes(ada, bob, api, emit):
    secret = uuid.uuid4().bytes * 50
    upload(api(ada), secret)
    thief = api(bob)
    opened = thief.open()
    emit(opened, snapshot(secret))
    path = f"trainings/{opened['training']['id']}/snapshots"
    (found,) = thief.send("get", path).json()["items"]
    assert found["pending"]
    assert thief.send("get", f"{path}/{found['id']}/file").status_code == 409


def test_a_member_cannot_name_bytes_that_only_another_member_has(ada, bob, api, emit, share):
    """Bob may write into Ada's writer, but what his token brings is his word, not hers."""
    secret = uuid.uuid4().bytes * 50
    owner = api(ada)
    upload(owner, secret)
    opened = owner.open(project="p")
    share("p", bob, Role.MEMBER)
    emit(opened, snapshot(secret), sender=bob)
    path = f"trainings/{opened['training']['id']}/snapshots"
    (found,) = api(bob).send("get", path).json()["items"]
    assert found["pending"]
    assert api(bob).send("get", f"{path}/{found['id']}/file").status_code == 409
    emit(opened, snapshot(secret), sender=ada)
    (found,) = api(bob).send("get", path).json()["items"]
    assert not found["pending"]  # now Ada gave it to the project
