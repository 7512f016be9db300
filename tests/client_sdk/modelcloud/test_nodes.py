"""Nodes: what OpenMMLab's code asks of them, and what people do with versions, aliases, stages, moves and the trash."""

import hashlib
from pathlib import Path

import pytest

from pavi import exception, modelcloud
from pavi.delivery.client import Client
from pavi.exception import Conflict, InvalidRequest, NodeDuplicatedError, NodeNotFoundError, NotFound, NotLoggedIn
from pavi.modelcloud import Folder, Node
from tests.client_sdk.people import Person


def test_the_order_of_calls_of_save_and_load(client: Client, person: Person, weights: Path, tmp_path: Path) -> None:
    folder = f"{person.project}/deep/er"
    root = modelcloud.Folder()
    with pytest.raises(exception.NodeNotFoundError):
        modelcloud.get(folder)
    model = root.create_training_model(folder)
    model.create_file(str(weights), name="best.pth")
    assert modelcloud.get(folder).kind == "model"
    node = modelcloud.get(f"{folder}/best.pth")
    assert node.name == "best.pth"
    target = tmp_path / "elsewhere" / node.name
    target.parent.mkdir()
    node.download(str(target))
    assert target.read_bytes() == b"first weights"
    with pytest.raises(exception.NodeDuplicatedError, match=r"best\.pth"):
        modelcloud.get(folder).create_file(str(weights), name="best.pth")
    node.delete()
    with pytest.raises(exception.NodeNotFoundError):
        modelcloud.get(f"{folder}/best.pth")


def test_the_root(client: Client, person: Person, model: Node) -> None:
    root = modelcloud.get("")
    assert (root.name, root.path, root.kind, root.id, root.project) == ("", "", "folder", None, None)
    assert root.size is None
    assert person.project in [child.name for child in root.children()]
    assert Folder().path == ""
    assert Folder().create_training_model("").path == ""


def test_a_file_at_the_root_is_one_of_the_default_project(client: Client, weights: Path, person: Person) -> None:
    name = f"{person.project}.pth"
    modelcloud.get("").create_file(weights, name=name)
    found = modelcloud.get(f"pavi://{name}")
    assert (found.project, found.path, found.name) == ("default", f"default/{name}", name)


def test_errors_fit_into_the_tree() -> None:
    assert issubclass(NodeNotFoundError, NotFound)
    assert issubclass(NodeDuplicatedError, Conflict)


def test_facts(client: Client, model: Node, weights: Path, person: Person) -> None:
    node = model.create_file(weights, comment="a start")
    for one in (node, modelcloud.get(f"pavi://{model.path}/epoch_1.pth/")):
        assert (one.kind, one.name, one.project) == ("file", "epoch_1.pth", person.project)
        assert one.path == f"{person.project}/vision/resnet/epoch_1.pth"
        assert one.uri == f"pavi://{one.path}"
        assert (one.size, one.sha256) == (13, hashlib.sha256(b"first weights").hexdigest())
        assert (one.version, one.stage, one.comment, one.aliases(), one.training) == (1, "none", "a start", {}, None)
        assert one.data["created_by"] == person.name


def test_lineage(client: Client, model: Node, weights: Path, person: Person) -> None:
    training = person.training(name="run", config={"lr": 1}).training
    origin = model.create_file(weights, training=training["number"], iteration=300).training
    assert origin is not None
    assert (origin.id, origin.number, origin.name, origin.iteration) == (
        training["id"], training["number"], "run", 300,
    )  # fmt: skip
    with pytest.raises(NotFound):
        model.create_file(weights, "other.pth", training=999_999_999)


def test_versions_count_over_the_model(client: Client, model: Node, weights: Path, tmp_path: Path) -> None:
    model.create_file(weights, "a.pth")
    weights.write_bytes(b"second")
    model.create_file(weights, "b.pth")
    weights.write_bytes(b"third")
    assert model.create_file(weights, "a.pth", overwrite=True).version == 3
    versions = model.versions()
    assert [(one.number, one.name, one.size) for one in versions] == [
        (3, "a.pth", 5),
        (2, "b.pth", 6),
        (1, "a.pth", 13),
    ]
    assert [one.number for one in modelcloud.get(f"{model.path}/a.pth").versions()] == [3, 1]
    first = modelcloud.get(f"{model.path}/a.pth@v1")
    assert (first.version, first.name, first.size) == (1, "a.pth", 13)
    assert first.download(tmp_path / "first").read_bytes() == b"first weights"
    assert modelcloud.get(model.path).download(tmp_path / "newest").read_bytes() == b"third"
    assert modelcloud.get(versions[1].path).download(tmp_path / "second").read_bytes() == b"second"


def test_aliases_and_their_history(client: Client, model: Node, weights: Path, tmp_path: Path) -> None:
    model.create_file(weights, "a.pth")
    weights.write_bytes(b"second")
    model.create_file(weights, "b.pth")
    one = model.refreshed().set_alias("production", 1, comment="the first that works")
    assert one.aliases() == {"production": 1}
    assert modelcloud.get(f"{model.path}@production").download(tmp_path / "x").read_bytes() == b"first weights"
    assert one.set_alias("production", comment="better").aliases() == {"production": 2}
    assert modelcloud.get(f"{model.path}@production").download(tmp_path / "x").read_bytes() == b"second"
    assert one.remove_alias("production", comment="withdrawn").aliases() == {}
    with pytest.raises(NodeNotFoundError):
        modelcloud.get(f"{model.path}@production")
    history = [(change.alias, change.previous, change.version, change.comment) for change in model.history()]
    assert history == [
        ("production", 2, None, "withdrawn"),
        ("production", 1, 2, "better"),
        ("production", None, 1, "the first that works"),
    ]
    with pytest.raises(InvalidRequest, match="alias"):
        one.set_alias("No Alias", 1)


def test_stages(client: Client, model: Node, weights: Path) -> None:
    model.create_file(weights, "a.pth")
    model.create_file(weights, "b.pth")
    node = modelcloud.get(f"{model.path}@v1").set_stage("staging", comment="on trial")
    assert (node.stage, node.version) == ("staging", 1)
    assert [version.stage for version in model.versions()] == ["none", "staging"]
    change = model.history()[0]
    assert (change.kind, change.version, change.stage, change.comment) == ("stage", 1, "staging", "on trial")
    assert modelcloud.get(f"{model.path}@v2").set_comment("said later").comment == "said later"
    with pytest.raises(InvalidRequest):
        node.set_stage("retired")


def test_children_of_all_depths_and_pages(
    client: Client, model: Node, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pavi.modelcloud.connection._PAGE", 2)
    top = Folder(person.project)
    for name in ("b", "a/inner", "c"):
        top.create_folder(name)
    assert [(child.name, child.kind) for child in top.children()] == [
        ("a", "folder"), ("b", "folder"), ("c", "folder"), ("vision", "folder"),
    ]  # fmt: skip
    below = [child.path.removeprefix(f"{person.project}/") for child in top.children(recursive=True)]
    assert below == ["a", "a/inner", "b", "c", "vision", "vision/resnet"]


def test_existing_folders(client: Client, person: Person) -> None:
    top = Folder(person.project)
    first = top.create_folder("x")
    assert top.create_folder("x", exist_ok=True).id == first.id
    with pytest.raises(NodeDuplicatedError):
        top.create_folder("x")
    model = top.create_training_model("m")
    assert top.create_training_model("m").id == model.id
    with pytest.raises(NodeDuplicatedError):
        top.create_training_model("m", exist_ok=False)


def test_move_and_rename(client: Client, model: Node, weights: Path, person: Person) -> None:
    node = model.create_file(weights, "a.pth")
    moved = node.move(f"pavi://{person.project}/new/place.pth")
    assert (moved.path, moved.id) == (f"{person.project}/new/place.pth", node.id)
    assert moved.rename("again.pth").path == f"{person.project}/new/again.pth"
    model.create_file(weights, "b.pth")
    with pytest.raises(NodeDuplicatedError):
        modelcloud.get(f"{person.project}/new/again.pth").move(f"{model.path}/b.pth")


def test_trash_and_back(client: Client, model: Node, weights: Path, person: Person) -> None:
    node = model.create_file(weights, "a.pth")
    node.delete()
    [trashed] = modelcloud.trash(person.project)
    assert (trashed.id, trashed.path) == (node.id, node.path)
    other = model.create_file(weights, "a.pth")
    with pytest.raises(Conflict):
        trashed.restore()
    assert trashed.restore(to=f"{model.path}/old.pth").name == "old.pth"
    assert list(modelcloud.trash(person.project)) == []
    other.delete()
    [trashed] = modelcloud.trash(person.project)
    trashed.purge()
    with pytest.raises(NotFound):
        trashed.restore()


def test_quota(client: Client, model: Node, weights: Path, person: Person) -> None:
    model.create_file(weights, "a.pth")
    model.create_file(weights, "the-same.pth")
    assert modelcloud.quota(person.project).used == 13


def test_promote(client: Client, person: Person, tmp_path: Path) -> None:
    writer = person.training(name="run")
    writer.snapshot("m", 7, "epoch_7.pth", b"trained weights")
    [snapshot] = person.api.training(writer.training["id"]).snapshots()
    path = f"{person.project}/promoted"
    node = modelcloud.promote(writer.training["id"], snapshot, path, alias="candidate", comment="good")
    assert node.version == 1
    found = modelcloud.get(f"{path}@candidate")
    assert found.download(tmp_path / "x").read_bytes() == b"trained weights"
    assert found.training is not None
    assert found.training.iteration == 7


def test_a_folder_has_no_bytes(client: Client, person: Person, model: Node, tmp_path: Path) -> None:
    for path in (person.project, model.path):
        with pytest.raises(NodeNotFoundError, match="holds no bytes"):
            modelcloud.get(path).download(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_nobody_logged_in(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAVI_SERVER", person.platform.url)
    with pytest.raises(NotLoggedIn, match="pavi login"):
        modelcloud.get("")


def test_another_login_is_noticed(
    client: Client, model: Node, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert modelcloud.get(model.path).kind == "model"
    monkeypatch.setenv("PAVI_TOKEN", stranger.token)
    with pytest.raises(NodeNotFoundError):
        modelcloud.get(model.path)
