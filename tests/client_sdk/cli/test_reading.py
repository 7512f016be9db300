"""``ls``, ``show``, ``export``, ``open``, ``init``: what they print and write."""

import csv
import json
import math
from pathlib import Path

import pytest

from tests.client_sdk.cli.conftest import Pavi
from tests.client_sdk.people import Person


def test_ls(pavi: Pavi, person: Person) -> None:
    for index in range(3):
        person.training(name=f"run [{index}]", config={"lr": index}, tags=["x"])
    mine = ("ls", "--project", person.project)
    done = pavi(*mine)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[2] for line in done.stdout.splitlines()[1:]] == ["[2]", "[1]", "[0]"]
    assert "running" in done.stdout
    assert "run [1]" in pavi(*mine, "--where", "config.lr == 1").stdout
    assert len(pavi(*mine, "--limit", 2).stdout.splitlines()) == 3
    assert pavi(*mine, "--order-by", "name").stdout.splitlines()[1].split()[2] == "[0]"
    done = pavi("ls", "--project", "nowhere")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_ls_for_programs(pavi: Pavi, person: Person) -> None:
    writer = person.training(name="a")
    [item] = json.loads(pavi("ls", "--project", person.project, "--json").stdout)
    assert (item["id"], item["name"], item["status"]) == (writer.training["id"], "a", "running")
    assert json.loads(pavi("ls", "--project", person.project, "--json", "--where", 'name == "b"').stdout) == []


def test_ls_without_trainings(bare_pavi: Pavi, stranger: Person) -> None:
    done = bare_pavi("ls", PAVI_SERVER=stranger.platform.url, PAVI_TOKEN=stranger.token)
    assert (done.returncode, done.stdout) == (0, "")
    assert "pavi init" in done.stderr


def test_a_wrong_filter(pavi: Pavi) -> None:
    done = pavi("ls", "--where", "status = = 3")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "column" in done.stderr


def test_show(pavi: Pavi, person: Person) -> None:
    writer = person.training(name="resnet", config={"optimizer": {"lr": 0.1}}, notes="[bold]not markup[/bold]")
    writer.points("train/loss", [(0, 1e9, 2.0), (1, 1e9, 0.5)])
    writer.points("odd", [(7, 1e9, math.nan)])
    done = pavi("show", writer.training["number"])
    assert (done.returncode, done.stderr) == (0, "")
    for text in (
        "resnet",
        "config.optimizer.lr",
        "0.1",
        "[bold]not markup[/bold]",
        "train/loss",
        writer.training["url"],
    ):
        assert text in done.stdout
    [line] = [line for line in done.stdout.splitlines() if line.startswith("train/loss")]
    assert line.split() == ["train/loss", "2", "1", "0.5", "0.5", "2"]
    found = json.loads(pavi("show", writer.training["id"], "--json").stdout)
    assert found["name"] == "resnet"
    assert [series["tag"] for series in found["series"]] == ["odd", "train/loss"]
    assert found["series"][0]["last_value"] == "NaN"


def test_export(pavi: Pavi, person: Person, tmp_path: Path) -> None:
    writer = person.training()
    writer.points("a", [(step, 1e9, step / 2) for step in range(5)])
    number = writer.training["number"]
    done = pavi("export", number, "--format", "csv")
    assert (done.returncode, done.stdout) == (0, f"training-{number}.csv\n")
    with (tmp_path / f"training-{number}.csv").open(newline="") as file:
        assert [float(row["value"]) for row in csv.DictReader(file)] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert pavi("export", number, "-o", "deep.parquet").returncode == 0
    assert (tmp_path / "deep.parquet").read_bytes()[:4] == b"PAR1"
    done = pavi("export", number, "-o", "no/such/folder.parquet")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_open(pavi: Pavi, person: Person) -> None:
    writer = person.training()
    done = pavi("open", writer.training["number"], BROWSER="true")
    assert (done.returncode, done.stdout) == (0, writer.training["url"] + "\n")


def test_init(pavi: Pavi, person: Person) -> None:
    name = person.project
    done = pavi("init", name)
    assert done.returncode == 0
    assert f"made project {name}" in done.stdout
    assert f'pavi.init(project="{name}"' in done.stdout
    assert name in [project.name for project in person.api.projects()]
    assert "made project" not in pavi("init", name).stdout
    assert f"project {name}" in pavi("init").stdout


@pytest.mark.parametrize("command", ["show", "export", "open"])
@pytest.mark.parametrize("ref", ["999999999", "no-such", "../me"])
def test_a_training_that_is_not_there(pavi: Pavi, command: str, ref: str) -> None:
    done = pavi(command, ref)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("pavi: ")
