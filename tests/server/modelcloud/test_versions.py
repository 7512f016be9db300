"""Versions of models and files, aliases, stages, and who held what when."""

import time
import uuid

import pytest

from server.modelcloud.selectors.versions import resolve


@pytest.fixture
def model(as_ada):
    """A model with three versions: two files, of which the first came twice."""
    as_ada.send("post", "nodes", {"path": "zoo/resnet", "kind": "model"})
    as_ada.put_file("zoo/resnet/a.pth", b"one", comment="first")
    as_ada.put_file("zoo/resnet/b.pth", b"two")
    as_ada.put_file("zoo/resnet/a.pth", b"three", overwrite=True)
    return as_ada


def numbers(api, path: str) -> list[int]:
    return [version["number"] for version in api.send("get", "versions", path=path)["items"]]


def test_a_model_counts_over_its_files(model):
    assert numbers(model, "zoo/resnet") == [3, 2, 1]
    assert numbers(model, "zoo/resnet/a.pth") == [3, 1]
    node = model.node("zoo/resnet")
    assert (node["version"], node["versions"], node["size"]) == (3, 3, 5)
    assert model.bytes_at("zoo/resnet") == b"three"
    assert [model.bytes_at(f"zoo/resnet@v{number}") for number in (1, 2, 3)] == [b"one", b"two", b"three"]
    assert model.bytes_at("zoo/resnet/a.pth@v1") == b"one"
    assert model.refused("get", "file", path="zoo/resnet/b.pth@v1") == (404, "modelcloud.no_such_node")
    assert model.node("zoo/resnet@v1")["path"] == "zoo/resnet@v1"


def test_files_in_folders_count_for_themselves(as_ada):
    for data in (b"1", b"2"):
        as_ada.put_file("zoo/x", data, overwrite=True)
    as_ada.put_file("zoo/y", b"3")
    assert numbers(as_ada, "zoo/x") == [2, 1]
    assert numbers(as_ada, "zoo/y") == [1]


def test_overwriting_word_for_word_adds_nothing(as_ada):
    for comment in ("", "", "new"):
        as_ada.put_file("zoo/x", b"same", overwrite=True, comment=comment)
    assert numbers(as_ada, "zoo/x") == [2, 1]


def test_pages_of_versions(model):
    first = model.send("get", "versions", path="zoo/resnet", limit=2)
    rest = model.send("get", "versions", path="zoo/resnet", limit=2, cursor=first["next"])
    assert [version["number"] for version in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next"] is None


def test_aliases_move_and_their_history_stays(model):
    point = {"path": "zoo/resnet", "alias": "production"}
    assert model.send("put", "aliases", {**point, "version": 1, "comment": "go"})["aliases"] == {"production": 1}
    assert model.send("put", "aliases", {**point, "version": 1})["aliases"] == {"production": 1}  # is so already
    assert model.bytes_at("zoo/resnet@production") == b"one"
    assert model.bytes_at("zoo/resnet/a.pth@production") == b"one"
    assert model.node("zoo/resnet@production")["path"] == "zoo/resnet@v1"
    model.send("put", "aliases", {**point, "version": 2, "comment": "better"})
    assert model.bytes_at("zoo/resnet@production") == b"two"
    assert model.refused("get", "file", path="zoo/resnet/a.pth@production")[0] == 404
    assert model.node("zoo/resnet/b.pth")["aliases"] == {"production": 2}
    model.send("put", "aliases", {**point, "version": None})
    assert model.refused("get", "file", path="zoo/resnet@production") == (404, "modelcloud.no_such_node")
    assert model.refused("put", "aliases", {**point, "version": None}) == (404, "modelcloud.no_such_node")
    history = model.send("get", "history", path="zoo/resnet")["items"]
    assert [(row["alias"], row["previous"], row["version"], row["comment"]) for row in history] == [
        ("production", 2, None, ""),
        ("production", 1, 2, "better"),
        ("production", None, 1, "go"),
    ]
    assert {row["by"] for row in history} == {"ada"}
    assert [row["version"] for row in model.send("get", "history", path="zoo/resnet/a.pth")["items"]] == [1]
    page = model.send("get", "history", path="zoo/resnet", limit=2)
    assert len(model.send("get", "history", path="zoo/resnet", limit=2, cursor=page["next"])["items"]) == 1


@pytest.mark.parametrize("alias", ["v3", "Production", "", "-x", "a b", "a/b", "a@b", "x" * 65, "ü"])
def test_words_that_are_no_aliases(model, alias):
    status, code = model.refused("put", "aliases", {"path": "zoo/resnet", "alias": alias, "version": 1})
    assert (status, code) in ((400, "modelcloud.bad_alias"), (400, "common.invalid"))


def test_aliases_of_what_is_not_there(model):
    point = {"path": "zoo/resnet", "alias": "x", "version": 9}
    assert model.refused("put", "aliases", point) == (404, "modelcloud.no_such_node")
    assert model.refused("put", "aliases", {**point, "path": "zoo", "version": 1}) == (400, "modelcloud.bad_place")
    assert model.refused("put", "aliases", {**point, "path": "zoo/none"}) == (404, "modelcloud.no_such_node")
    assert model.refused("put", "aliases", {**point, "path": "zoo/resnet/b.pth", "version": 1})[0] == 404


def test_stages_and_comments(model):
    (newest, *_) = model.send("get", "versions", path="zoo/resnet")["items"]
    route = f"versions/{newest['id']}"
    assert model.send("patch", route, {"comment": "tuned"})["comment"] == "tuned"
    changed = model.send("patch", route, {"stage": "staging", "comment": "passed the tests"})
    assert (changed["stage"], changed["comment"]) == ("staging", "tuned")
    model.send("patch", route, {"stage": "staging"})  # is so already
    model.send("patch", route, {"stage": "production"})
    history = model.send("get", "history", path="zoo/resnet")["items"]
    assert [(row["kind"], row["version"], row["previous_stage"], row["stage"], row["comment"]) for row in history] == [
        ("stage", 3, "staging", "production", ""),
        ("stage", 3, "none", "staging", "passed the tests"),
    ]
    assert model.node("zoo/resnet")["stage"] == "production"
    assert model.refused("patch", route, {"stage": "perfect"}) == (400, "common.invalid")


def test_what_other_apps_resolve(model, ada):
    model.send("put", "aliases", {"path": "zoo/resnet", "alias": "production", "version": 2})
    found = resolve(viewer=ada, path="zoo/resnet@production")
    assert (found.number, found.name, found.size, found.path) == (2, "b.pth", 3, "zoo/resnet@v2")


def test_lineage_is_copied_from_the_training(as_ada):
    training, writer = str(uuid.uuid4()), uuid.uuid4()
    body = {
        "type": "open",
        "protocol": 1,
        "training": training,
        "time": time.time(),
        "name": "run",
        "config": {"lr": 1},
    }
    opened = as_ada.answer("put", f"writers/{writer}", body)
    made = as_ada.put_file("zoo/x", b"1", training=training, iteration=7)
    number = opened["training"]["number"]
    assert made["training"]["number"] == number
    assert (made["training"]["name"], made["training"]["iteration"]) == ("run", 7)
    assert len(made["training"]["config_sha256"]) == 64
    as_ada.answer("delete", f"trainings/{number}")
    assert as_ada.node("zoo/x")["training"] == made["training"]
    file = {"path": "zoo/y", "sha256": made["sha256"], "training": str(uuid.uuid4())}
    assert as_ada.refused("post", "files", file) == (404, "modelcloud.no_such_node")
