"""Console lines, checkpoint files and exports of a training come back as they went in."""

import csv
import json
import math
from pathlib import Path
from typing import Literal

import pyarrow.parquet
import pytest

from pavi.exception import Conflict, NotFound
from tests.client_sdk.people import Person


def test_console(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pavi.api.trainings._LINES", 7)
    writer = person.training()
    for block in range(5):
        text = "\n".join(f"out {block}.{line}" for line in range(4))
        writer.event(type="console", stream="stdout", first_line=block * 4, lines=4, time=1e9 + block, text=text)
        writer.event(type="console", stream="stderr", first_line=block, lines=1, time=1e9 + block, text=f"err {block}")
    training = person.api.training(writer.training["id"])
    out = [f"out {block}.{line}" for block in range(5) for line in range(4)]
    err = [f"err {block}" for block in range(5)]
    assert list(training.console("stdout")) == out
    assert list(training.console("stderr")) == err
    both = list(training.console())
    assert sorted(both) == sorted(out + err)
    assert [line for line in both if line.startswith("out")] == out


def test_a_silent_training(person: Person) -> None:
    training = person.api.training(person.training().training["id"])
    assert list(training.console()) == []
    assert training.snapshots() == []


def test_snapshots(person: Person, tmp_path: Path) -> None:
    content = bytes(range(256)) * 40_000
    writer = person.training()
    sha256 = writer.snapshot("model", 2, "epoch_2.pth", content)
    writer.snapshot("model", 4, "epoch_4.pth", b"later")
    first, second = person.api.training(writer.training["id"]).snapshots()
    assert (first.tag, first.iteration, first.name, first.size) == ("model", 2, "epoch_2.pth", len(content))
    assert (first.sha256, first.available) == (sha256, True)
    assert first.download(tmp_path).read_bytes() == content
    assert second.download(tmp_path / "other.pth").read_bytes() == b"later"
    partial = tmp_path / f".again.pth.{sha256[:16]}.part"
    partial.write_bytes(content[:1_000_000])
    assert first.download(tmp_path / "again.pth").read_bytes() == content


def test_a_snapshot_whose_bytes_have_not_arrived(person: Person, tmp_path: Path) -> None:
    writer = person.training()
    writer.event(type="snapshot", tag="m", iteration=1, name="a.pth", size=5, sha256="0" * 64)
    [snapshot] = person.api.training(writer.training["id"]).snapshots()
    assert not snapshot.available
    with pytest.raises(Conflict, match="have not arrived yet"):
        snapshot.download(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_strangers_snapshot(person: Person, stranger: Person) -> None:
    writer = person.training()
    writer.snapshot("m", 1, "a.pth", b"weights")
    [snapshot] = person.api.training(writer.training["id"]).snapshots()
    with pytest.raises(NotFound), stranger.api.client.stream(f"{snapshot._path}/{snapshot.id}/file"):
        pass


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_export(person: Person, tmp_path: Path, kind: Literal["csv", "json", "parquet"]) -> None:
    points = [(step, 1e9 + step, math.nan if step == 3 else step / 3) for step in range(1_000)]
    writer = person.training()
    writer.points("train/loss", points)
    writer.points("val/acc", points[:10])
    path = person.api.training(writer.training["id"]).export(tmp_path / f"all.{kind}")
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    if kind == "csv":
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
    elif kind == "json":
        rows = [json.loads(line) for line in path.read_text().splitlines()]
    else:
        rows = pyarrow.parquet.read_table(path).to_pylist()
    loss = [row for row in rows if row["tag"] == "train/loss"]
    assert len(rows) == 1_010
    assert [int(row["step"]) for row in loss] == [point[0] for point in points]
    assert [float(row["value"]) for row in loss if int(row["step"]) != 3] == [p[2] for p in points if p[0] != 3]


def test_an_unknown_format(person: Person, tmp_path: Path) -> None:
    training = person.api.training(person.training().training["id"])
    with pytest.raises(ValueError, match="none of parquet"):
        training.export(tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []
