"""Checkpoint files: copied before the call returns."""

import hashlib
from pathlib import Path

import pytest

import pavi
from pavi.tracking.notices import PaviWarning
from tests.client_sdk.scripts import events, only_journal


def kept(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (only_journal(root).folder / "files").iterdir()}


def test_file_may_be_deleted_right_after(training: pavi.Training, tmp_path: Path) -> None:
    path = tmp_path / "epoch_1.pth"
    path.write_bytes(b"weights")
    training.add_snapshot_file(tag="model", snapshot_file_path=path, iteration=1)
    path.unlink()
    digest = hashlib.sha256(b"weights").hexdigest()
    assert kept(tmp_path) == {digest: b"weights"}
    assert events(only_journal(tmp_path), "snapshot") == [
        {"type": "snapshot", "tag": "model", "iteration": 1, "name": "epoch_1.pth", "size": 7, "sha256": digest}
    ]


def test_symlink_is_followed_and_the_same_twice_is_once(training: pavi.Training, tmp_path: Path) -> None:
    (tmp_path / "epoch_1.pth").write_bytes(b"weights")
    (tmp_path / "latest.pth").symlink_to("epoch_1.pth")
    for _ in range(2):
        training.add_snapshot_file("model", str(tmp_path / "latest.pth"), 1)
    assert list(kept(tmp_path).values()) == [b"weights"]
    assert len(events(only_journal(tmp_path), "snapshot")) == 1


def test_changed_bytes_and_another_iteration_are_others(training: pavi.Training, tmp_path: Path) -> None:
    path = tmp_path / "latest.pth"
    for iteration, content in ((1, b"a"), (1, b"b"), (2, b"b")):
        path.write_bytes(content)
        training.add_snapshot_file("model", path, iteration)
    assert sorted(kept(tmp_path).values()) == [b"a", b"b"]
    assert [event["iteration"] for event in events(only_journal(tmp_path), "snapshot")] == [1, 1, 2]


def test_missing_file_is_said(training: pavi.Training, tmp_path: Path) -> None:
    with pytest.warns(PaviWarning, match="is not kept"):
        training.add_snapshot_file("model", tmp_path / "nothing.pth", 1)
    assert events(only_journal(tmp_path), "snapshot") == []


def test_strange_iteration_is_survived(training: pavi.Training, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a")
    with pytest.warns(PaviWarning, match="iteration"):
        training.add_snapshot_file("model", tmp_path / "x", "second")  # type: ignore[arg-type]
