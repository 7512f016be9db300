"""Every route, asked from outside: nobody 401, a stranger 404, a reader 403 where something changes."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from tests.server.modelcloud.conftest import Api

PATH = "~ada/zoo/resnet/x.pth"
READS: dict[str, Callable[[dict], tuple]] = {
    "node": lambda made: ("get", "node", None, {"path": PATH}),
    "nodes": lambda made: ("get", "nodes", None, {"path": "~ada/zoo"}),
    "all nodes": lambda made: ("get", "nodes", None, {"path": "~ada/zoo", "recursive": "true"}),
    "file": lambda made: ("get", "file", None, {"path": PATH}),
    "tensors": lambda made: ("get", "tensors", None, {"path": "~ada/zoo/array.npy"}),
    "versions": lambda made: ("get", "versions", None, {"path": PATH}),
    "history": lambda made: ("get", "history", None, {"path": PATH}),
    "quota": lambda made: ("get", "quota", None, {"project": made["project"]}),
    "quota by name": lambda made: ("get", "quota", None, {"project": "~ada/zoo"}),
}
WRITES: dict[str, Callable[[dict], tuple]] = {
    "make a folder": lambda made: ("post", "nodes", {"path": "~ada/zoo/new", "kind": "folder"}, {}),
    "make a file": lambda made: ("post", "files", {"path": "~ada/zoo/new.pth", "sha256": made["own"]}, {}),
    "overwrite": lambda made: ("post", "files", {"path": PATH, "sha256": made["own"], "overwrite": True}, {}),
    "move": lambda made: ("post", "move", {"from": PATH, "to": "mine/x.pth"}, {}),
    "move in": lambda made: ("post", "move", {"from": made["mine"], "to": "~ada/zoo/y.pth"}, {}),
    "trash": lambda made: ("delete", "node", None, {"path": PATH}),
    "look into the trash": lambda made: ("get", "trash", None, {"project": made["project"]}),
    "restore": lambda made: ("post", f"nodes/{made['trashed']}/restore", {}, {}),
    "purge": lambda made: ("delete", f"nodes/{made['trashed']}", None, {}),
    "stage": lambda made: ("patch", f"versions/{made['version']}", {"stage": "production"}, {}),
    "alias": lambda made: ("put", "aliases", {"path": PATH, "alias": "a", "version": 1}, {}),
    "promote": lambda made: (
        "post",
        "promote",
        {"training": str(uuid.uuid4()), "snapshot": str(uuid.uuid4()), "path": "~ada/zoo/resnet"},
        {},
    ),
    "quota": lambda made: ("put", "quota", {"allowed": 1}, {"project": made["project"]}),
}


@pytest.fixture
def made(as_ada: Api, as_bob: Api) -> dict[str, Any]:
    """What Ada has in her project, and what Bob can offer."""
    out = io.BytesIO()
    np.save(out, np.zeros(3))
    as_ada.send("post", "nodes", {"path": "zoo/resnet", "kind": "model"})
    file = as_ada.put_file("zoo/resnet/x.pth")
    as_ada.put_file("zoo/array.npy", out.getvalue())
    trashed = as_ada.put_file("zoo/old.pth")
    as_ada.send("delete", "node", path="zoo/old.pth")
    (version,) = as_ada.send("get", "versions", path="zoo/resnet")["items"]
    return {
        "project": file["project"]["id"],
        "trashed": trashed["id"],
        "version": version["id"],
        "own": as_bob.upload(b"bob's"),
        "mine": as_bob.put_file("bobs/z.pth", b"bob's")["path"],
    }


def ask(who: Api, request: tuple) -> Any:
    method, route, body, query = request
    kinds = {} if body is None else {"data": body, "content_type": "application/json"}
    given = getattr(who, method)(f"/api/v1/modelcloud/{route}", query_params=query, **kinds)
    if given.streaming:
        b"".join(given.streaming_content)  # a stream that nobody reads stays open
    return given


def test_nobody_gets_401(anonymous):
    made = dict.fromkeys(["project", "trashed", "version"], str(uuid.uuid4())) | {"own": "0" * 64, "mine": "x"}
    for requests in (READS, WRITES):
        for what, request in requests.items():
            assert ask(anonymous, request(made)).status_code == 401, what


def test_a_stranger_sees_nothing(as_bob, made):
    for requests in (READS, WRITES):
        for what, request in requests.items():
            given = ask(as_bob, request(made))
            assert (given.status_code, given.json()["error"]["code"]) == (404, "modelcloud.no_such_node"), what


def test_a_reader_reads_and_changes_nothing(bob, as_ada, as_bob, made, share):
    share("zoo", bob, Role.VIEWER)
    before = as_ada.send("get", "nodes", path="zoo", recursive="true")
    for what, request in READS.items():
        assert ask(as_bob, request(made)).status_code == 200, what
    for what, request in WRITES.items():
        wanted = 404 if what == "promote" else 403  # there is no such training; `test_promotion` has one
        assert ask(as_bob, request(made)).status_code == wanted, what
    assert as_ada.send("get", "nodes", path="zoo", recursive="true") == before


@pytest.mark.parametrize("what", ["purge", "quota"])
def test_what_only_owners_and_administrators_do(bob, as_bob, made, share, what):
    share("zoo", bob, Role.MEMBER)
    given = ask(as_bob, WRITES[what](made))
    assert (given.status_code, given.json()["error"]["code"]) == (403, "modelcloud.owners_only")
    share("zoo", bob, Role.OWNER)
    assert ask(as_bob, WRITES[what](made)).status_code in (200, 204)


def test_a_member_may_do_the_rest(bob, as_bob, made, share):
    share("zoo", bob, Role.MEMBER)
    for what, request in WRITES.items():
        if what not in ("purge", "quota", "promote", "trash", "alias"):
            assert ask(as_bob, request(made)).status_code in (200, 201, 204), what
    assert as_bob.listed("mine") == ["mine/x.pth"]  # `move` has taken it there


def test_a_viewer_does_not_shadow_what_he_reads(bob, as_ada, as_bob, made, share):
    """Writing under the plain name would make a project of his own, and hide Ada's from then on."""
    share("zoo", bob, Role.VIEWER)
    assert as_bob.node("zoo/resnet")["path"] == "zoo/resnet"
    file = {"path": "zoo/resnet/y.pth", "sha256": made["own"]}
    assert as_bob.refused("post", "files", file) == (403, "modelcloud.read_only")
    assert as_bob.node("zoo/resnet")["path"] == "zoo/resnet"


def test_everybody_has_a_default_project_of_his_own(bob, as_ada, as_bob, share):
    as_ada.put_file("x.pth", b"ada's")
    share("default", bob, Role.VIEWER)
    assert as_bob.bytes_at("default/x.pth") == b"ada's"
    as_bob.put_file("x.pth", b"bob's")
    assert as_bob.bytes_at("x.pth") == b"bob's"
    assert as_bob.bytes_at("~ada/default/x.pth") == b"ada's"
    assert as_bob.node("~ada/default/x.pth")["path"] == "~ada/default/x.pth"
    assert sorted(as_bob.listed("")) == ["default", "~ada/default"]


def test_bytes_that_somebody_else_uploaded_cannot_be_claimed_by_their_hash(as_ada, as_bob):
    sha256 = as_ada.upload(b"secret weights")
    assert as_bob.refused("post", "files", {"path": "mine/x.pth", "sha256": sha256}) == (
        409,
        "modelcloud.not_uploaded",
    )


def test_an_administrator_sets_the_quota_of_any_project_and_reads_none(db, made):
    root: Principal = accounts.create_user(username="root", password="correct horse three", is_admin=True)
    as_root = Api(root)
    assert as_root.send("put", "quota", {"allowed": 5}, project=made["project"])["allowed"] == 5
    assert as_root.send("get", "quota", project=made["project"])["set"] == 5
    assert as_root.refused("get", "node", path="~ada/zoo") == (404, "modelcloud.no_such_node")
