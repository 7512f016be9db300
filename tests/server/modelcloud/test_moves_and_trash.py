"""Moving, deleting, restoring, deleting for good, and what becomes of names, numbers and bytes."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from server.accounts.principal import Role
from server.blobs.models import Hold
from server.modelcloud.models import Node, Version
from server.modelcloud.tasks import purge_trash


def move(api, source: str, target: str) -> dict:
    return api.send("post", "move", {"from": source, "to": target})


def test_a_folder_moves_with_all_that_it_holds(as_ada):
    as_ada.put_file("zoo/a/b/x", b"1")
    assert move(as_ada, "zoo/a", "zoo/new/place/c")["path"] == "zoo/new/place/c"
    assert as_ada.bytes_at("zoo/new/place/c/b/x") == b"1"
    assert as_ada.refused("get", "node", path="zoo/a")[0] == 404
    assert move(as_ada, "zoo/new/place/c", "zoo/new/place/c")["path"] == "zoo/new/place/c"


def test_what_cannot_be_moved(as_ada):
    as_ada.put_file("zoo/a/b/x", b"1")
    as_ada.put_file("zoo/y", b"2")
    refused = {
        ("zoo/a", "zoo/a/b/c"): (400, "modelcloud.bad_place"),
        ("zoo/a", "zoo/a/c"): (400, "modelcloud.bad_place"),
        ("zoo/a", "zoo/y"): (409, "modelcloud.duplicate"),
        ("zoo/y", "zoo/a"): (409, "modelcloud.duplicate"),
        ("zoo/a", "zoo/y/c"): (400, "modelcloud.bad_place"),
        ("zoo", "other/a"): (400, "modelcloud.bad_place"),
        ("", "other/a"): (400, "modelcloud.bad_place"),
        ("zoo/a", "loose"): (400, "modelcloud.bad_place"),
        ("zoo/none", "zoo/c"): (404, "modelcloud.no_such_node"),
        ("zoo/y@v1", "zoo/c"): (400, "modelcloud.bad_path"),
        ("zoo/a", "zoo/" + "d/" * 29 + "e"): (400, "modelcloud.bad_place"),
    }
    for (source, target), answer in refused.items():
        assert as_ada.refused("post", "move", {"from": source, "to": target}) == answer, (source, target)
    assert as_ada.listed("zoo", recursive="true") == ["zoo/a", "zoo/a/b", "zoo/a/b/x", "zoo/y"]


def test_a_file_moves_to_the_root(as_ada):
    as_ada.put_file("zoo/y", b"2")
    assert move(as_ada, "zoo/y", "y")["path"] == "default/y"


def test_moves_between_projects_need_both_and_carry_the_bytes_counted(as_ada, as_bob, bob, share):
    as_ada.put_file("zoo/a/x", b"12345")
    as_ada.put_file("zoo/keep", b"12345")
    as_ada.put_file("zoo/a/y", b"123")
    as_bob.put_file("bobs/z", b"12")
    used = lambda api, project: api.send("get", "quota", project=project)["used"]  # noqa: E731
    assert used(as_ada, "zoo") == 8
    share("zoo", bob, Role.MEMBER)
    moved = move(as_bob, "zoo/a", "bobs/a")
    assert moved["project"]["name"] == "bobs"
    assert (used(as_ada, "zoo"), used(as_bob, "bobs")) == (5, 10)
    assert as_bob.bytes_at("bobs/a/x") == b"12345"
    assert as_ada.refused("get", "node", path="~bob/bobs/a")[0] == 404


def test_versions_count_on_where_a_file_goes(as_ada):
    as_ada.send("post", "nodes", {"path": "zoo/m", "kind": "model"})
    as_ada.put_file("zoo/m/a", b"1")
    as_ada.put_file("zoo/x", b"2")
    as_ada.put_file("zoo/x", b"3", overwrite=True)
    as_ada.send("put", "aliases", {"path": "zoo/x", "alias": "best", "version": 2})
    move(as_ada, "zoo/x", "zoo/m/x")
    assert [as_ada.bytes_at(f"zoo/m@v{number}") for number in (1, 2, 3)] == [b"1", b"2", b"3"]
    assert as_ada.node("zoo/m")["aliases"] == {"best": 3}
    assert as_ada.refused("post", "move", {"from": "zoo/m/x", "to": "zoo/x"}) == (409, "modelcloud.alias_points")
    as_ada.send("put", "aliases", {"path": "zoo/m", "alias": "best", "version": 1})
    move(as_ada, "zoo/m/x", "zoo/x")
    assert [version["number"] for version in as_ada.send("get", "versions", path="zoo/x")["items"]] == [4, 3]
    as_ada.put_file("zoo/m/b", b"4")
    assert as_ada.node("zoo/m")["version"] == 4  # 2 and 3 never come again


def test_the_trash_frees_the_name_and_gives_back(as_ada):
    as_ada.put_file("zoo/a/b/x", b"1")
    as_ada.send("delete", "node", path="zoo/a")
    for path in ("zoo/a", "zoo/a/b/x"):
        assert as_ada.refused("get", "node", path=path) == (404, "modelcloud.no_such_node")
    assert as_ada.listed("zoo", recursive="true") == []
    (item,) = as_ada.send("get", "trash", project="zoo")["items"]
    assert (item["path"], item["trashed_at"] is not None) == ("zoo/a", True)
    as_ada.put_file("zoo/a/new", b"2")
    restore = f"nodes/{item['id']}/restore"
    assert as_ada.refused("post", restore, {}) == (409, "modelcloud.duplicate")
    assert as_ada.refused("post", restore, {"to": "zoo/a"}) == (409, "modelcloud.duplicate")
    assert as_ada.send("post", restore, {"to": "zoo/back/a"})["path"] == "zoo/back/a"
    assert as_ada.bytes_at("zoo/back/a/b/x") == b"1"
    assert as_ada.send("get", "trash", project="zoo")["items"] == []
    assert as_ada.refused("post", restore, {}) == (409, "modelcloud.not_trashed")


def test_restoring_where_the_folder_is_gone(as_ada):
    made = as_ada.put_file("zoo/a/x", b"1")
    as_ada.send("delete", "node", path="zoo/a/x")
    as_ada.send("delete", "node", path="zoo/a")
    restore = f"nodes/{made['id']}/restore"
    assert as_ada.refused("post", restore, {}) == (409, "modelcloud.parent_gone")
    assert as_ada.send("post", restore, {"to": "zoo/x"})["path"] == "zoo/x"


def test_versions_in_the_trash_are_out_of_reach(as_ada):
    as_ada.send("post", "nodes", {"path": "zoo/m", "kind": "model"})
    as_ada.put_file("zoo/m/a", b"1")
    as_ada.put_file("zoo/m/b", b"2")
    (newest, _) = as_ada.send("get", "versions", path="zoo/m")["items"]
    as_ada.send("put", "aliases", {"path": "zoo/m", "alias": "production", "version": 2})
    assert as_ada.refused("delete", "node", path="zoo/m/b") == (409, "modelcloud.alias_points")
    as_ada.send("put", "aliases", {"path": "zoo/m", "alias": "production", "version": 1})
    as_ada.send("delete", "node", path="zoo/m/b")
    node = as_ada.node("zoo/m")
    assert (node["version"], node["versions"]) == (1, 1)
    assert as_ada.bytes_at("zoo/m") == b"1"
    assert as_ada.refused("get", "file", path="zoo/m@v2")[0] == 404
    assert as_ada.refused("patch", f"versions/{newest['id']}", {"comment": "x"})[0] == 404
    assert as_ada.refused("put", "aliases", {"path": "zoo/m", "alias": "x", "version": 2})[0] == 404
    as_ada.put_file("zoo/m/b", b"3")
    assert as_ada.node("zoo/m")["version"] == 3
    as_ada.send("delete", "node", path="zoo/m")  # with what points into it
    (item,) = [item for item in as_ada.send("get", "trash", project="zoo")["items"] if item["name"] == "m"]
    as_ada.send("post", f"nodes/{item['id']}/restore", {})
    assert as_ada.bytes_at("zoo/m@production") == b"1"


def test_purging_lets_go_of_bytes_that_nobody_else_needs(as_ada):
    as_ada.put_file("zoo/keep", b"shared")
    as_ada.send("post", "nodes", {"path": "zoo/a/m", "kind": "model"})
    as_ada.put_file("zoo/a/m/x", b"shared")
    as_ada.put_file("zoo/a/m/x", b"alone", overwrite=True)
    as_ada.send("put", "aliases", {"path": "zoo/a/m", "alias": "best", "version": 1})
    folder = as_ada.node("zoo/a")
    assert as_ada.refused("delete", f"nodes/{folder['id']}") == (409, "modelcloud.not_trashed")
    assert as_ada.send("get", "quota", project="zoo")["used"] == 11
    as_ada.send("delete", "node", path="zoo/a")
    assert Hold.objects.count() == 3
    assert as_ada.send("get", "quota", project="zoo")["used"] == 11  # the trash counts
    as_ada.send("delete", f"nodes/{folder['id']}", status=204)
    assert [hold.holder for hold in Hold.objects.all()] == [f"model:{Version.objects.get().id}"]
    assert Node.objects.count() == 1
    assert as_ada.send("get", "quota", project="zoo")["used"] == 6
    assert as_ada.refused("delete", f"nodes/{folder['id']}")[0] == 404
    assert as_ada.refused("post", f"nodes/{folder['id']}/restore", {})[0] == 404


def test_what_is_30_days_in_the_trash_goes_by_itself(as_ada):
    for name in ("old", "young"):
        as_ada.put_file(f"zoo/{name}/x", name.encode())
        as_ada.send("delete", "node", path=f"zoo/{name}")
    Node.objects.filter(name="old").update(trashed_at=timezone.now() - timedelta(days=31))
    assert purge_trash() == 1
    assert [item["name"] for item in as_ada.send("get", "trash", project="zoo")["items"]] == ["young"]
    assert Hold.objects.count() == 1
    assert purge_trash() == 0


def test_a_purge_that_died_is_finished(as_ada):
    made = as_ada.put_file("zoo/a/x", b"1")
    as_ada.send("delete", "node", path="zoo/a")
    Node.objects.filter(name="a").update(purging=True)
    assert as_ada.send("get", "trash", project="zoo")["items"] == []
    assert as_ada.refused("post", f"nodes/{made['id']}/restore", {})[0] == 409
    purge_trash()
    assert not Node.objects.exists()


def test_pages_of_the_trash(as_ada):
    for number in range(5):
        as_ada.put_file(f"zoo/{number}")
        as_ada.send("delete", "node", path=f"zoo/{number}")
    names, cursor = [], {}
    while True:
        page = as_ada.send("get", "trash", project="zoo", limit=2, **cursor)
        names += [item["name"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert names == ["4", "3", "2", "1", "0"]
    assert as_ada.refused("get", "trash", project="zoo", cursor="WyJhIiwiYiJd") == (400, "common.bad_cursor")


def test_projects_are_not_deleted_here(as_ada):
    made = as_ada.put_file("zoo/x")
    assert as_ada.refused("delete", "node", path="zoo") == (400, "modelcloud.bad_place")
    assert as_ada.refused("delete", "node", path="") == (400, "modelcloud.bad_place")
    given = as_ada.delete(f"/api/v1/projects/{made['project']['id']}")
    assert given.status_code == 409
    assert "models or files" in given.json()["error"]["message"]
    assert as_ada.refused("delete", f"nodes/{uuid.uuid4()}")[0] == 404


class TestQuota:
    """Bytes of all distinct contents, the trash included."""

    @pytest.fixture(autouse=True)
    def _limit(self, settings):
        settings.MODEL_QUOTA = 10

    def test_what_does_not_fit_is_refused_and_leaves_nothing(self, as_ada):
        as_ada.put_file("zoo/a", b"123456")
        as_ada.put_file("zoo/b", b"123456")  # the same bytes: counted once
        sha256 = as_ada.upload(b"12345")
        given = as_ada.post(
            "/api/v1/modelcloud/files", {"path": "zoo/new/c", "sha256": sha256}, content_type="application/json"
        )
        error = given.json()["error"]
        assert (given.status_code, error["code"]) == (413, "modelcloud.quota")
        assert error["details"] == {"used": 6, "allowed": 10, "needed": 5}
        assert "trash" in error["message"]
        assert as_ada.listed("zoo") == ["zoo/a", "zoo/b"]
        assert Hold.objects.count() == 2
        as_ada.send("delete", "node", path="zoo/a")
        as_ada.send("delete", "node", path="zoo/b")
        assert as_ada.refused("post", "files", {"path": "zoo/c", "sha256": sha256})[0] == 413
        for item in as_ada.send("get", "trash", project="zoo")["items"]:
            as_ada.send("delete", f"nodes/{item['id']}")
        as_ada.send("post", "files", {"path": "zoo/c", "sha256": sha256})

    def test_a_move_into_a_full_project_is_refused(self, as_ada):
        as_ada.put_file("full/a", b"12345678")
        as_ada.put_file("zoo/b", b"abc")
        assert as_ada.refused("post", "move", {"from": "zoo/b", "to": "full/b"}) == (413, "modelcloud.quota")
        assert as_ada.bytes_at("zoo/b") == b"abc"

    def test_owners_lower_it_and_do_not_raise_it(self, as_ada):
        as_ada.put_file("zoo/a", b"123456")
        for allowed in (0, 11):
            assert as_ada.refused("put", "quota", {"allowed": allowed}, project="zoo") == (
                403,
                "modelcloud.owners_only",
            )
        quota = as_ada.send("put", "quota", {"allowed": 3}, project="zoo")
        assert (quota["used"], quota["allowed"], quota["set"]) == (6, 3, 3)
        assert as_ada.refused("post", "files", {"path": "zoo/b", "sha256": as_ada.upload(b"1")})[0] == 413
        assert as_ada.send("put", "quota", {"allowed": None}, project="zoo")["allowed"] == 10
