"""Files and what holds them: making, finding, listing, reading."""

import hashlib


def test_a_file_is_read_as_it_was_written(as_ada):
    made = as_ada.put_file("zoo/resnet/epoch_1.pth", b"weights", comment="first")
    assert (made["kind"], made["path"], made["size"]) == ("file", "zoo/resnet/epoch_1.pth", 7)
    assert (made["version"], made["versions"], made["comment"]) == (1, 1, "first")
    assert made["created_by"] == "ada"
    assert made["project"]["name"] == "zoo"
    assert as_ada.node("zoo/resnet/epoch_1.pth") == made
    assert as_ada.bytes_at("zoo/resnet/epoch_1.pth") == b"weights"
    part = as_ada.get("/api/v1/modelcloud/file?path=zoo/resnet/epoch_1.pth", headers={"Range": "bytes=2-3"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"ig")
    assert part.headers["ETag"] == f'"{hashlib.sha256(b"weights").hexdigest()}"'


def test_what_the_callers_of_2021_do_in_their_order(as_ada):
    """get(dir), on NotFound create_training_model(dir), create_file; then get, name, download."""
    assert as_ada.refused("get", "node", path="zoo/new/deep/dir") == (404, "modelcloud.no_such_node")
    model = as_ada.send("post", "nodes", {"path": "zoo/new/deep/dir", "kind": "model"}, 201)
    assert (model["kind"], model["name"]) == ("model", "dir")
    assert as_ada.node("zoo/new/deep")["kind"] == "folder"
    sha256 = as_ada.upload(b"checkpoint")
    file = {"path": "zoo/new/deep/dir/x.pth", "sha256": sha256}
    assert as_ada.send("post", "files", file, 201)["name"] == "x.pth"
    assert as_ada.refused("post", "files", file) == (409, "modelcloud.duplicate")
    assert as_ada.bytes_at("zoo/new/deep/dir/x.pth") == b"checkpoint"


def test_the_root(as_ada):
    root = as_ada.node("")
    assert (root["id"], root["kind"], root["path"], root["project"]) == (None, "folder", "", None)
    assert as_ada.listed("") == []
    made = as_ada.put_file("x.pth", b"loose")
    assert made["path"] == "default/x.pth"
    assert as_ada.bytes_at("x.pth") == b"loose"
    assert as_ada.bytes_at("x.pth@v1") == b"loose"
    assert as_ada.listed("") == ["default"]
    assert as_ada.refused("post", "files", {"path": "x.pth", "sha256": made["sha256"]}) == (
        409,
        "modelcloud.duplicate",
    )
