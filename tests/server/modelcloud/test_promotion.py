"""A snapshot becomes a version of a model, with where it comes from, and is kept from then on."""

import hashlib
import time
import uuid
from typing import Any

import pytest
from django.db import transaction

from server.accounts.principal import Principal, Role
from server.blobs.models import Hold
from server.scalars.gate import Event
from server.trainings import extensions
from server.trainings.gating import TrainingsGate
from server.trainings.models import Training
from server.trainings.services import lifecycle


@pytest.fixture
def snapshot(ada: Principal, as_ada) -> dict[str, Any]:
    """A training of Ada's with one snapshot; what `promote` takes."""
    training, writer = str(uuid.uuid4()), uuid.uuid4()
    opening = {"type": "open", "protocol": 1, "training": training, "time": time.time(), "project": "runs", "name": "r"}
    as_ada.answer("put", f"writers/{writer}", opening)
    data = b"epoch two"
    event = {
        "type": "snapshot",
        "tag": "resnet",
        "iteration": 2,
        "name": "epoch_2.pth",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    gate = TrainingsGate()
    assert gate.check_event(event) is None
    with transaction.atomic():
        gate.apply(training_id=uuid.UUID(training), events=[Event(writer, 0, time.time(), event, ada.user_id)])
    as_ada.upload(data)
    (found,) = as_ada.answer("get", f"trainings/{training}/snapshots")["items"]
    return {"training": training, "snapshot": found["id"]}


def test_a_snapshot_becomes_a_version(as_ada, snapshot):
    made = as_ada.send("post", "promote", {**snapshot, "path": "zoo/resnet", "alias": "candidate", "comment": "good"})
    assert (made["kind"], made["version"], made["path"]) == ("model", 1, "zoo/resnet@v1")
    assert made["aliases"] == {"candidate": 1}
    assert (made["training"]["id"], made["training"]["iteration"]) == (snapshot["training"], 2)
    assert made["training"]["snapshot"] == snapshot["snapshot"]
    assert as_ada.bytes_at("zoo/resnet@candidate") == b"epoch two"
    assert as_ada.listed("zoo/resnet") == ["zoo/resnet/epoch_2.pth"]
    assert Hold.objects.filter(holder__startswith="model:").count() == 1
    again = as_ada.send("post", "promote", {**snapshot, "path": "zoo/resnet", "comment": "good"})
    assert again["versions"] == 1  # word for word the same
    assert extensions.snapshots_in_use([uuid.UUID(snapshot["snapshot"]), uuid.uuid4()]) == {
        uuid.UUID(snapshot["snapshot"])
    }


def test_a_snapshot_becomes_a_version_of_a_file(as_ada, snapshot):
    as_ada.put_file("zoo/x.pth", b"before")
    assert as_ada.send("post", "promote", {**snapshot, "path": "zoo/x.pth"})["version"] == 2
    assert as_ada.bytes_at("zoo/x.pth") == b"epoch two"


def test_where_no_snapshot_can_go(as_ada, snapshot):
    as_ada.send("post", "nodes", {"path": "zoo/folder", "kind": "folder"})
    refused = {
        "zoo/folder": (400, "modelcloud.bad_place"),
        "zoo": (400, "modelcloud.bad_place"),
        "": (400, "modelcloud.bad_place"),
        "zoo/x@v1": (400, "modelcloud.bad_path"),
    }
    for path, answer in refused.items():
        assert as_ada.refused("post", "promote", {**snapshot, "path": path}) == answer, path
    for change in ({"training": str(uuid.uuid4())}, {"snapshot": str(uuid.uuid4())}):
        body = {**snapshot, "path": "zoo/m", **change}
        assert as_ada.refused("post", "promote", body) == (404, "modelcloud.no_such_node")
    body = {**snapshot, "path": "zoo/m", "alias": "v1"}
    assert as_ada.refused("post", "promote", body) == (400, "modelcloud.bad_alias")
    assert as_ada.listed("zoo") == ["zoo/folder"]


def test_who_may_promote(as_ada, as_bob, bob, share, snapshot):
    body = {**snapshot, "path": "bobs/m"}
    assert as_bob.refused("post", "promote", body) == (404, "modelcloud.no_such_node")
    share("runs", bob, Role.VIEWER)
    assert as_bob.send("post", "promote", body)["version"] == 1
    as_ada.put_file("zoo/x")
    share("zoo", bob, Role.VIEWER)
    assert as_bob.refused("post", "promote", {**snapshot, "path": "zoo/m"}) == (403, "modelcloud.read_only")


def test_what_was_promoted_outlives_its_training(as_ada, snapshot):
    as_ada.send("post", "promote", {**snapshot, "path": "zoo/resnet"})
    as_ada.answer("delete", f"trainings/{snapshot['training']}")
    Training.objects.update(deleted_at="2020-01-01T00:00:00Z")
    assert lifecycle.purge_trash() == 1
    assert as_ada.bytes_at("zoo/resnet") == b"epoch two"
    assert as_ada.node("zoo/resnet")["training"]["name"] == "r"
