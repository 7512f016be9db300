"""``pavi.saver.build``: every kind through one suite, and what is each one's own."""

import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pavi import modelcloud, saver
from pavi.exception import BadSetting
from pavi.saver import Saver
from tests.client_sdk.people import Person


@pytest.fixture(params=["lustre", "pavi"])
def make(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Saver]:
    """Makes a saver of either kind; all of one test share one place."""
    if request.param == "lustre":
        return lambda **more: saver.build({"type": "lustre", "dir": str(tmp_path / "shared"), **more})
    person: Person = request.getfixturevalue("person")
    monkeypatch.setenv("PAVI_SERVER", person.platform.url)
    monkeypatch.setenv("PAVI_TOKEN", person.token)
    monkeypatch.setenv("PAVI_DIR", str(tmp_path / "journals"))
    return lambda **more: saver.build({"type": "pavi", "path": f"{person.project}/resnet", **more})


def test_save_load_list(make: Callable[..., Saver], tmp_path: Path) -> None:
    one = make()
    assert (one.list(), one.latest(), one.exists("a.pth")) == ([], None, False)
    (tmp_path / "local.pth").write_bytes(b"a file")
    one.save(tmp_path / "local.pth", "b.pth", 1)
    one.save(b"bytes", "a.pth", 2)
    assert (one.list(), one.latest(), one.exists("a.pth")) == (["b.pth", "a.pth"], "a.pth", True)
    other = make()  # another process, later
    assert other.load("a.pth").read_bytes() == b"bytes"
    assert other.load("b.pth").read_bytes() == b"a file"
    other.save(b"again", "b.pth", 3)
    assert (one.list(), one.latest()) == (["a.pth", "b.pth"], "b.pth")
    assert one.load("b.pth").read_bytes() == b"again"
    with pytest.raises(FileNotFoundError, match=r"c\.pth"):
        one.load("c.pth")


def test_keep_last_counts_each_series_for_itself(make: Callable[..., Saver]) -> None:
    one = make(keep_last=2)
    one.save(b"b", "best.pth", 0)
    for epoch in range(9, 13):
        one.save(b"e%d" % epoch, f"epoch_{epoch}.pth", epoch)
    one.save(b"i", "iter_100.pth", 100)
    one.save(b"e12 again", "epoch_12.pth", 12)
    assert sorted(one.list()) == ["best.pth", "epoch_11.pth", "epoch_12.pth", "iter_100.pth"]


@pytest.mark.parametrize("name", ["", "a/b.pth", "../b.pth", ".hidden"])
def test_a_name_is_one_file(make: Callable[..., Saver], name: str) -> None:
    one = make()
    for call in (lambda: one.save(b"x", name), lambda: one.load(name), lambda: one.exists(name)):
        with pytest.raises(ValueError, match="cannot name"):
            call()


def test_a_state_needs_torch(make: Callable[..., Saver]) -> None:
    with pytest.raises(ImportError, match="pip install torch"):
        make().save({"a": 1}, "x.pth")
    assert make().list() == []


@pytest.mark.parametrize(
    ("cfg", "hint"),
    [
        ("lustre", "saver: {type: pavi"),
        ({"type": "nfs"}, "there are pavi, lustre"),
        ({"type": "lustre"}, "needs dir"),
        ({"type": "pavi", "path": ""}, "project/resnet"),
        ({"type": "pavi", "path": "a/b", "keep": 3}, "did you mean 'keep_last'"),
        ({"type": "lustre", "dir": "x", "keep_last": 0}, "above 0"),
    ],
    ids=["text", "type", "missing", "path", "key", "keep_last"],
)
def test_mistakes(cfg: Any, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSetting, match="saver: ") as caught:
        saver.build(cfg)
    assert hint in str(caught.value)


_SAVES = """
import sys
from pavi import saver
one = saver.build({"type": "lustre", "dir": sys.argv[1]})
while True:
    one.save(bytes([len(one.list())]) * 4_000_000, "latest.pth")
    print("saved", flush=True)
"""


def test_a_killed_writer_leaves_no_half_file(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", _SAVES, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(3):
        assert process.stdout.readline() == b"saved\n"
    process.kill()
    process.wait()
    process.stdout.close()
    content = saver.build({"type": "lustre", "dir": tmp_path}).load("latest.pth").read_bytes()
    assert content == content[:1] * 4_000_000
    assert saver.build({"type": "lustre", "dir": tmp_path}).list() == ["latest.pth"]


def test_pavi_keeps_versions_and_lineage(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAVI_SERVER", person.platform.url)
    monkeypatch.setenv("PAVI_TOKEN", person.token)
    training = person.training().training["id"]
    cfg = {"type": "pavi", "path": f"pavi://{person.project}/m", "cache": str(tmp_path / "cache")}
    one = saver.build(cfg, training=training, dir="not for this kind")
    assert one.save(b"1", "best.pth", 10) == f"pavi://{person.project}/m/best.pth"
    one.save(b"2", "best.pth", 20)
    versions = modelcloud.get(f"{person.project}/m").versions()
    assert [(version.number, version.training and version.training.iteration) for version in versions] == [
        (2, 20),
        (1, 10),
    ]
    assert one.load("best.pth") == tmp_path / "cache" / person.project / "m" / "best.pth"
    # A training that has not arrived yet must not keep a checkpoint from being saved.
    saver.build(cfg, training=str(uuid.uuid4())).save(b"3", "best.pth", 30)
    assert modelcloud.get(f"{person.project}/m").training is None
