"""A training after it was made: notes, tags, archive, trash and its purge; and who may do each."""

import uuid
from datetime import timedelta

import pytest

from server.accounts.principal import Role
from server.blobs import selectors as blobs
from server.scalars import selectors as scalars
from server.trainings.models import ConsoleBlock, Entry, Snapshot, Training
from server.trainings.services import lifecycle
from tests.server.trainings.test_events import snapshot, upload


def test_names_notes_and_tags_change(ada, api):
    client = api(ada)
    number = client.open(name="old", tags=["a"])["training"]["number"]
    changes = {"name": "new", "notes": "# Markdown\n*x*", "tags": ["b", "c", "b"], "description": "d"}
    found = client.send("patch", f"trainings/{number}", changes).json()
    assert (found["name"], found["notes"], found["tags"], found["description"]) == (
        "new",
        changes["notes"],
        ["b", "c"],
        "d",
    )
    assert client.send("patch", f"trainings/{number}", {"tags": []}).json()["tags"] == []
    for wrong in ({"name": ""}, {"name": "x" * 201}, {"tags": "a"}, {"tags": [["a"]]}, {"notes": None}):
        assert client.send("patch", f"trainings/{number}", wrong).status_code == 400


def test_archived_trainings_leave_the_table(ada, api):
    client = api(ada)
    number = client.open(name="old")["training"]["number"]
    client.open(name="kept")
    assert client.send("patch", f"trainings/{number}", {"archived": True}).json()["archived"] is True
    assert (client.names(), client.names(archived="true")) == (["kept"], ["old"])
    assert client.names(archived="any", where="archived == true") == ["old"]
    client.send("patch", f"trainings/{number}", {"archived": False})
    assert client.names() == ["kept", "old"]


def test_the_trash_hides_and_gives_back(ada, carol, api, share):
    client = api(ada)
    training = client.open(project="p", name="gone", config={"a": 1})["training"]
    share("p", carol, Role.VIEWER)
    path = f"trainings/{training['id']}"
    assert client.send("delete", path).status_code == 204
    assert client.names() == []
    assert client.names(trashed="true") == ["gone"]
    assert api(carol).names(trashed="true") == []
    assert client.send("get", path).json()["deleted_at"] is not None
    assert [api(carol).send("get", path).status_code, client.send("get", f"{path}/console").status_code] == [404, 404]
    assert client.send("put", f"writers/{uuid.uuid4()}", {"training": training["id"]}).status_code == 404
    assert client.send("patch", path, {"name": "x"}).status_code == 404
    assert client.send("post", f"{path}/restore").json()["deleted_at"] is None
    assert client.names(where="config.a == 1") == ["gone"]


def test_who_may_change(ada, bob, carol, api, share):
    path = f"trainings/{api(ada).open(project='p')['training']['id']}"
    share("p", carol, Role.VIEWER)
    asked = [("patch", path, {"name": "x"}), ("delete", path), ("post", f"{path}/restore")]
    asked.append(("post", "trainings", {"trainings": [path.split("/")[1]], "action": "archive"}))
    for who, code in ((None, 401), (bob, 404), (carol, 403)):
        assert [api(who).send(*one).status_code for one in asked] == [code] * 4
    assert [api(who).send("get", path).status_code for who in (None, bob, carol)] == [401, 404, 200]
    share("p", carol, Role.MEMBER)
    assert [api(carol).send(*one).status_code for one in asked] == [200, 204, 200, 200]


def test_many_at_once_are_all_or_none(ada, bob, api):
    client = api(ada)
    numbers = [str(client.open(name=str(index))["training"]["number"]) for index in range(3)]
    foreign = str(api(bob).open()["training"]["number"])
    body = {"trainings": [*numbers, foreign], "action": "delete"}
    assert client.send("post", "trainings", body).status_code == 404
    assert len(client.names()) == 3
    assert client.send("post", "trainings", {"trainings": numbers, "action": "delete"}).json() == {"changed": 3}
    assert client.names() == []
    assert client.send("post", "trainings", {"trainings": numbers, "action": "restore"}).json() == {"changed": 3}
    assert client.send("post", "trainings", {"trainings": numbers, "action": "explode"}).status_code == 400
    actions = [entry["action"] for entry in client.get("/api/v1/audit").json()["items"]]
    assert actions.count("training.deleted") == actions.count("training.restored") == 3


def test_the_purge_takes_what_is_old_and_all_that_hangs_on_it(ada, api, emit):
    client, data = api(ada), uuid.uuid4().bytes * 10
    opened = client.open(config={"a": 1}, tags=["t"])
    upload(client, data)
    emit(opened, snapshot(data), {"type": "console", "stream": "stdout", "first_line": 0, "text": "x"})
    compare = client.send("post", "compares", {"trainings": [opened["training"]["id"]]}).json()["number"]
    young = client.open(name="young")["training"]
    for ref in (opened["training"]["id"], young["id"]):
        client.send("delete", f"trainings/{ref}")
    assert lifecycle.purge_trash() == 0
    old = Training.objects.get(id=opened["training"]["id"])
    old.deleted_at -= timedelta(days=31)
    old.save()
    assert lifecycle.purge_trash() == 1
    assert list(Training.objects.values_list("name", flat=True)) == ["young"]
    assert not Entry.objects.exists()
    assert not ConsoleBlock.objects.exists()
    assert not Snapshot.objects.exists()
    assert scalars.find_writer(opened["writer"]) is None
    assert blobs.stat(sha256=snapshot(data)["sha256"]) is not None  # collection takes it later: nobody holds it
    assert client.send("get", f"compares/{compare}").json()["trainings"] == []


@pytest.mark.parametrize(
    "ref", ["0", "999999999999", "9" * 40, "x", "-1", "1.5", "5c2d0862-a44e-45b4-871c-7eda55b222c0", "٣"]
)
def test_references_to_nothing_are_not_found(ada, api, ref):
    answer = api(ada).send("get", f"trainings/{ref}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "trainings.no_such_training"
