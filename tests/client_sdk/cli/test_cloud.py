"""The commands of the ModelCloud, as people type them."""

import json
from pathlib import Path

import pytest

from tests.client_sdk.cli.conftest import Pavi
from tests.client_sdk.people import Person


@pytest.fixture
def home(person: Person) -> str:
    """Where a test keeps its models."""
    return f"pavi://{person.project}/vision"


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "epoch_1.pth"
    path.write_bytes(b"first weights")
    return path


def lines(pavi: Pavi, *arguments: object) -> list[str]:
    """Runs a command that must succeed."""
    done = pavi(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def fails(pavi: Pavi, *arguments: object) -> str:
    """Runs a command that must fail with one line."""
    done = pavi(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    return done.stderr


def test_up_list_and_down(pavi: Pavi, home: str, weights: Path, tmp_path: Path) -> None:
    assert lines(pavi, "cp", weights, f"{home}/resnet/") == [f"{weights} → {home}/resnet/epoch_1.pth"]
    assert lines(pavi, "cp", weights, f"{home}/resnet/renamed.pth") == [f"{weights} → {home}/resnet/renamed.pth"]
    listed = lines(pavi, "ls", f"{home}/resnet")
    assert [line.split()[0] for line in listed[1:]] == ["file", "file"]
    assert "13 B" in listed[1]
    assert listed[1].endswith(f"{home.removeprefix('pavi://')}/resnet/epoch_1.pth")
    assert lines(pavi, "cp", f"{home}/resnet/epoch_1.pth", tmp_path / "back.pth")[0].endswith("back.pth")
    assert (tmp_path / "back.pth").read_bytes() == b"first weights"
    (tmp_path / "folder").mkdir()
    lines(pavi, "cp", f"{home}/resnet/epoch_1.pth", f"{home}/resnet/renamed.pth", tmp_path / "folder")
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == ["epoch_1.pth", "renamed.pth"]


def test_the_same_again_is_passed_over_and_another_refused(
    pavi: Pavi, home: str, weights: Path, tmp_path: Path
) -> None:
    target = f"{home}/x.pth"
    lines(pavi, "cp", weights, target)
    assert lines(pavi, "cp", weights, target) == [f"{weights} = {target}"]
    assert lines(pavi, "cp", target, tmp_path / "epoch_1.pth") == [f"{target} = {tmp_path / 'epoch_1.pth'}"]
    weights.write_bytes(b"second")
    assert "--overwrite" in fails(pavi, "cp", weights, target)
    assert "--overwrite" in fails(pavi, "cp", target, weights)
    assert lines(pavi, "cp", "--overwrite", "--comment", "better", weights, target) == [f"{weights} → {target}"]
    [newest, first] = json.loads("\n".join(lines(pavi, "versions", target, "--json")))
    assert (newest["number"], newest["comment"], newest["size"], first["size"]) == (2, "better", 6, 13)
    assert lines(pavi, "cp", "--overwrite", f"{target}@v1", weights)
    assert weights.read_bytes() == b"first weights"


def test_folders(pavi: Pavi, home: str, tmp_path: Path) -> None:
    for name in ("a/one.bin", "a/b/two.bin", "three.bin"):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    assert "-r" in fails(pavi, "cp", tmp_path / "tree", home)
    assert len(lines(pavi, "cp", "-r", tmp_path / "tree", f"{home}/copy")) == 3
    base = f"{home}/copy".removeprefix("pavi://")
    found = [item["path"].removeprefix(base) for item in json.loads("\n".join(lines(pavi, "ls", "-r", "--json", home)))]
    assert found == ["", "/a", "/a/b", "/a/b/two.bin", "/a/one.bin", "/three.bin"]
    assert "-r" in fails(pavi, "cp", home, tmp_path / "down")
    assert len(lines(pavi, "cp", "-r", f"{home}/copy", tmp_path / "down")) == 3
    assert (tmp_path / "down" / "a" / "b" / "two.bin").read_bytes() == b"a/b/two.bin"
    assert {line.split(" ")[1] for line in lines(pavi, "cp", "-r", f"{home}/copy", tmp_path / "down")} == {"="}
    assert len(lines(pavi, "cp", "-r", f"{home}/copy", f"{home}/again")) == 3
    assert len(lines(pavi, "ls", "-r", f"{home}/again")) == 6


def test_move_remove_and_restore(pavi: Pavi, home: str, weights: Path) -> None:
    lines(pavi, "cp", weights, f"{home}/a/x.pth")
    assert lines(pavi, "mv", f"{home}/a/x.pth", f"{home}/a/y.pth") == [f"{home}/a/y.pth"]
    lines(pavi, "cp", weights, f"{home}/b/z.pth")
    assert lines(pavi, "mv", f"{home}/a/y.pth", f"{home}/b") == [f"{home}/b/y.pth"]
    assert "-r" in fails(pavi, "rm", f"{home}/b")
    [line] = lines(pavi, "rm", f"{home}/b/y.pth")
    assert f"{home}/b/y.pth is in the trash" in line
    [item] = json.loads("\n".join(lines(pavi, "ls", "--trash", "--json", home)))
    assert item["path"] == f"{home.removeprefix('pavi://')}/b/y.pth"
    assert item["id"] in lines(pavi, "ls", "--trash", home)[1]
    assert lines(pavi, "restore", f"{home}/b/y.pth") == [f"{home}/b/y.pth"]
    lines(pavi, "rm", "-r", f"{home}/b")
    assert "nothing" in fails(pavi, "ls", f"{home}/b/y.pth").lower()
    [item] = json.loads("\n".join(lines(pavi, "ls", "--trash", "--json", home)))
    assert lines(pavi, "restore", item["id"], "--to", f"{home}/c") == [f"{home}/c"]
    assert len(lines(pavi, "ls", f"{home}/c")) == 3
    assert "--trash" in fails(pavi, "restore", f"{home}/never")


def test_a_new_model(pavi: Pavi, home: str, weights: Path, tmp_path: Path) -> None:
    lines(pavi, "cp", weights, f"{home}/resnet/")
    (tmp_path / "epoch_2.pth").write_bytes(b"second")
    lines(pavi, "cp", tmp_path / "epoch_2.pth", f"{home}/resnet/")
    assert lines(pavi, "alias", f"{home}/resnet@v2", "production") == [f"{home}/resnet@production is v2"]
    lines(pavi, "cp", f"{home}/resnet@production", tmp_path / "model.pth")
    assert (tmp_path / "model.pth").read_bytes() == b"second"
    assert lines(pavi, "ls", home)[1].split()[0] == "model"


def test_aliases_and_stages(pavi: Pavi, home: str, weights: Path, tmp_path: Path) -> None:
    lines(pavi, "cp", weights, f"{home}/x.pth")
    weights.write_bytes(b"second")
    lines(pavi, "cp", "--overwrite", weights, f"{home}/x.pth")
    assert lines(pavi, "alias", f"{home}/x.pth@v1", "production", "--comment", "works") == [
        f"{home}/x.pth@production is v1"
    ]
    lines(pavi, "cp", f"{home}/x.pth@production", tmp_path / "p")
    assert (tmp_path / "p").read_bytes() == b"first weights"
    assert lines(pavi, "stage", f"{home}/x.pth", "staging", "--comment", "on trial") == [f"{home}/x.pth@v2 is staging"]
    listed = lines(pavi, "versions", f"{home}/x.pth")
    assert [line.split()[0] for line in listed[1:]] == ["v2", "v1"]
    assert "staging" in listed[1]
    assert "production" in listed[2]
    history = lines(pavi, "versions", f"{home}/x.pth", "--history")
    assert "v2: none → staging" in history[1]
    assert history[1].endswith("on trial")
    assert "production: → v1" in history[2]
    assert lines(pavi, "alias", f"{home}/x.pth", "production", "--remove")
    assert "production" not in lines(pavi, "versions", f"{home}/x.pth")[2]


def test_inspect(pavi: Pavi, home: str, tmp_path: Path) -> None:
    np = pytest.importorskip("numpy")
    np.savez(tmp_path / "w.npz", **{"conv.weight": np.zeros((2, 3), np.float32), "steps": np.int64(3)})
    lines(pavi, "cp", tmp_path / "w.npz", f"{home}/w.npz")
    text = "\n".join(lines(pavi, "inspect", f"{home}/w.npz"))
    for word in ("conv.weight", "2×3", "float32", "steps", "scalar", "sha256"):
        assert word in text
    found = json.loads("\n".join(lines(pavi, "inspect", "--json", f"{home}/w.npz")))
    assert [one["name"] for one in found["contents"]["tensors"]] == ["conv.weight", "steps"]
    (tmp_path / "notes.txt").write_text("no tensors")
    lines(pavi, "cp", tmp_path / "notes.txt", f"{home}/notes.txt")
    assert "10 B" in "\n".join(lines(pavi, "inspect", f"{home}/notes.txt"))


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("cp", "pavi://nowhere/x", "here"), "not yours to see"),
        (("cp", "a", "b"), "pavi://"),
        (("mv", "pavi://a/b", "c"), "pavi cp"),
        (("rm", "a/b"), "pavi://a/b"),
        (("ls", "vision"), "pavi://vision"),
        (("ls", "--trash", "pavi://"), "project"),
        (("alias", "pavi://nowhere/x", "production"), "not yours to see"),
        (("inspect", "pavi://nowhere/x"), "not yours to see"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_mistakes_are_one_line(pavi: Pavi, arguments: tuple[str, ...], hint: str) -> None:
    assert hint in fails(pavi, *arguments)


def test_snapshots(pavi: Pavi, person: Person, home: str, tmp_path: Path) -> None:
    writer = person.training(name="run")
    writer.points("val/acc", [(1, 1e9, 0.5), (2, 1e9, 0.75)])
    for iteration in (1, 2):
        writer.snapshot("m", iteration, f"epoch_{iteration}.pth", b"weights %d" % iteration)
    number = writer.training["number"]
    listed = lines(pavi, "snapshots", number)
    assert "val/acc" in listed[0]
    assert [line.split()[2] for line in listed[1:]] == ["1", "2"]
    assert lines(pavi, "snapshots", number, "pin", "1") == ["epoch_1.pth of iteration 1 is pinned"]
    found = json.loads("\n".join(lines(pavi, "snapshots", number, "--json")))
    assert [one["pinned"] for one in found] == [True, False]
    assert lines(pavi, "snapshots", number, "unpin", found[0]["id"])
    assert lines(pavi, "snapshots", number, "download", "last", "-o", tmp_path) == [str(tmp_path / "epoch_2.pth")]
    assert (tmp_path / "epoch_2.pth").read_bytes() == b"weights 2"
    promoted = lines(pavi, "snapshots", number, "promote", "2", f"{home}/best", "--alias", "candidate")
    assert promoted == [f"{home}/best@v1"]
    lines(pavi, "cp", f"{home}/best@candidate", tmp_path / "best.pth")
    assert (tmp_path / "best.pth").read_bytes() == b"weights 2"
    assert lines(pavi, "snapshots", number, "rm", "1") == ["epoch_1.pth of iteration 1 is forgotten"]
    assert len(lines(pavi, "snapshots", number)) == 2
    assert "no snapshot is '7'" in fails(pavi, "snapshots", number, "pin", "7")
