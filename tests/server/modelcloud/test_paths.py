"""What may stand in a path, and what it means."""

import pytest

from server.modelcloud import paths
from server.modelcloud.errors import BadPath


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", ""),
        ("/", ""),
        ("//zoo//resnet/", "zoo/resnet"),
        ("zoo/a b (c)/ü 模型.pth", "zoo/a b (c)/ü 模型.pth"),
        ("zoo/e\u0301.pth", "zoo/é.pth"),
        ("zoo/.hidden", "zoo/.hidden"),
        ("zoo/...", "zoo/..."),
        ("zoo/%2e%2e", "zoo/%2e%2e"),
        ("zoo/a\\..\\b", "zoo/a\\..\\b"),
        ("~ada/zoo/x", "~ada/zoo/x"),
        ("~ada@example.org/zoo/x@v3", "~ada@example.org/zoo/x@v3"),
        ("zoo/x@production", "zoo/x@production"),
        ("zoo/" + "n" * 255, "zoo/" + "n" * 255),
    ],
)
def test_what_a_path_means(text, plain):
    assert str(paths.parse(text)) == plain


@pytest.mark.parametrize(
    "text",
    [
        *("..", "zoo/..", "zoo/../other/x", "./zoo", "zoo/./x", "zoo/ /x", "zoo/\t", "zoo/a\0b", "zoo/a\nb"),
        *("zoo/a\u202eb", "zoo/a\u2028b", "zoo/a\ud800", "zoo/" + "n" * 256, "zoo/" + "/".join("a" * 32)),
        *("zoo/a@b/c", "zoo/x@", "zoo/x@V3", "zoo/x@v0", "zoo/x@v03", "zoo/x@a b", "zoo/x@@v1", "zoo/@v1", "~ada"),
        "zoo/" + "a/" * 9_000,
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_what_cannot_be_a_path(text):
    with pytest.raises(BadPath):
        paths.parse(text)


def test_bad_paths_from_outside_are_400(as_ada):
    sha256 = as_ada.upload(b"x")
    for path in ("zoo/../x", "zoo/a\u202eb", "zoo/a@b/c", "zoo/" + "n" * 256):
        assert as_ada.refused("get", "node", path=path) == (400, "modelcloud.bad_path")
        assert as_ada.refused("post", "files", {"path": path, "sha256": sha256}) == (400, "modelcloud.bad_path")
        assert as_ada.refused("post", "nodes", {"path": path, "kind": "folder"}) == (400, "modelcloud.bad_path")
    assert as_ada.refused("post", "files", {"path": "", "sha256": sha256}) == (400, "modelcloud.bad_place")
    assert as_ada.refused("post", "files", {"path": "zoo/x@v1", "sha256": sha256}) == (400, "modelcloud.bad_path")


def test_names_that_look_the_same_are_the_same(as_ada):
    as_ada.put_file("zoo/e\u0301.pth", b"1")
    assert as_ada.bytes_at("zoo/\u00e9.pth") == b"1"
    assert as_ada.refused("post", "nodes", {"path": "zoo/\u00e9.pth", "kind": "folder"})[0] == 409


def test_names_at_their_longest_in_the_deepest_place(as_ada):
    folder = "/".join(["zoo", *(f"{number:02}" + "ü" * 253 for number in range(30))])
    file = f"{folder}/{'模' * 255}"
    assert as_ada.put_file(file, b"deep")["path"] == file
    assert as_ada.listed(folder) == [file]
    assert as_ada.listed("zoo", recursive="true")[-1] == file
    assert as_ada.refused("post", "nodes", {"path": f"{folder}/a/b", "kind": "folder"})[0] == 400


def test_a_file_holds_nothing(as_ada):
    as_ada.put_file("zoo/x.pth")
    assert as_ada.refused("post", "nodes", {"path": "zoo/x.pth/sub", "kind": "model"}) == (400, "modelcloud.bad_place")
    assert as_ada.refused("get", "node", path="zoo/x.pth/sub") == (404, "modelcloud.no_such_node")
    assert as_ada.listed("zoo/x.pth") == []


def test_a_folder_has_no_bytes(as_ada):
    as_ada.send("post", "nodes", {"path": "zoo/folder", "kind": "folder"})
    for path in ("", "zoo", "zoo/folder", "zoo/folder@v1"):
        assert as_ada.refused("get", "file", path=path) == (400, "modelcloud.bad_place")


def test_making_what_is_there(as_ada):
    made = as_ada.send("post", "nodes", {"path": "zoo/m", "kind": "model"})
    again = {"path": "zoo/m", "kind": "model"}
    assert as_ada.refused("post", "nodes", again) == (409, "modelcloud.duplicate")
    assert as_ada.send("post", "nodes", {**again, "exist_ok": True})["id"] == made["id"]
    assert as_ada.refused("post", "nodes", {"path": "zoo", "kind": "model"}) == (409, "modelcloud.duplicate")
    assert as_ada.send("post", "nodes", {"path": "zoo", "kind": "model", "exist_ok": True})["kind"] == "folder"
    assert as_ada.send("post", "nodes", {"path": "fresh", "kind": "model"})["path"] == "fresh"
    as_ada.put_file("zoo/x")
    assert as_ada.refused("post", "nodes", {"path": "zoo/x", "kind": "model", "exist_ok": True})[0] == 409
    assert as_ada.refused("post", "files", {"path": "zoo", "sha256": as_ada.upload(b"x")})[0] == 409


def test_pages_of_children(as_ada):
    names = [f"n{number:02}" for number in range(6)]
    for name in names:
        as_ada.send("post", "nodes", {"path": f"zoo/dir/{name}", "kind": "folder"})
        as_ada.send("post", "nodes", {"path": f"zoo/dir/{name}/b/c", "kind": "model"})
    assert as_ada.listed("zoo/dir", limit=4) == [f"zoo/dir/{name}" for name in names]
    below = [f"zoo/dir/{name}{rest}" for name in names for rest in ("", "/b", "/b/c")]
    for limit in (1, 4, 1_000):
        assert as_ada.listed("zoo/dir", limit=limit, recursive="true") == below
        assert as_ada.listed("", limit=limit, recursive="true") == ["zoo", "zoo/dir", *below]
    assert as_ada.listed("", limit=1) == ["zoo"]


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJhIl0", "WyJhIixudWxsXQ", "W251bGwsbnVsbF0", "%00"])
@pytest.mark.parametrize("recursive", ["true", "false"])
def test_cursors_from_elsewhere_are_refused(as_ada, cursor, recursive):
    as_ada.put_file("zoo/x")
    for path in ("", "zoo"):
        given = as_ada.get(
            "/api/v1/modelcloud/nodes", query_params={"path": path, "cursor": cursor, "recursive": recursive}
        )
        assert given.status_code in (200, 400), given.content
        assert given.status_code == 400 or (cursor, recursive, path) == ("WyJhIl0", "false", "zoo")
