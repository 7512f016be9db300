"""What real writers wrote, brought in by `pavi tb import`: as TensorBoard itself reads it, point by point."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pavi.api import Api
from pavi.api.trainings import StoredTraining
from tests.clients.conftest import Machine
from tests.clients.environments import TENSORBOARD, Environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SCRIPT = Path(__file__).parent / "tensorboard_scripts" / "write.py"
PROJECT = "tensorboard"


@pytest.fixture(scope="module")
def written(machine: Callable[[Environment], Machine]) -> dict[str, Any]:
    """What TensorBoard reads, after the import; and what the commands printed."""
    here = machine(TENSORBOARD)
    read = json.loads(here.run("-W", "ignore", SCRIPT, "runs").splitlines()[-1])
    first = here.run("-m", "pavi", "tb", "import", "runs", "--project", PROJECT)
    again = here.run("-m", "pavi", "tb", "import", "runs", "--project", PROJECT)
    return {"read": read, "first": first, "again": again}


@pytest.fixture
def trainings(written: dict[str, Any], api: Api) -> dict[str, StoredTraining]:
    return {training.name: training for training in api.trainings(project=PROJECT)}


def items(api: Api, training: StoredTraining, kind: str, tag: str) -> list[dict[str, Any]]:
    answer = api.client.get(f"trainings/{training.id}/media/items", {"kind": kind, "tag": tag})
    return list(answer["items"])


@pytest.mark.parametrize("run", ["torch", "x", "tf2"])
def test_scalars_point_by_point(written: dict[str, Any], trainings: dict[str, StoredTraining], run: str) -> None:
    expected = written["read"][run]["scalars"]
    found = {
        series.tag: [[point.step, point.time, point.value] for point in series.points()]
        for series in trainings[run].series()
    }
    assert set(found) == set(expected)
    for tag, points in expected.items():
        assert str(found[tag]) == str(points)  # as text: NaN is NaN


def test_again_adds_nothing(written: dict[str, Any], trainings: dict[str, StoredTraining]) -> None:
    assert set(trainings) == {"torch", "torch/hparams", "x", "tf2"}
    assert "902 points" in written["first"]
    assert written["again"].count("nothing new") == 4
    assert {training.status for training in trainings.values()} == {"finished"}


@pytest.mark.parametrize(("run", "tags"), [("torch", ["grid", "picture"]), ("x", ["picture"])])
def test_pictures_byte_by_byte(
    written: dict[str, Any], trainings: dict[str, StoredTraining], api: Api, run: str, tags: list[str]
) -> None:
    expected = written["read"][run]["pictures"]
    assert sorted(expected) == tags
    for tag, pictures in expected.items():
        found = []
        for item in items(api, trainings[run], "image", tag):
            with api.client.stream(f"trainings/{trainings[run].id}/media/{item['id']}/file") as response:
                found.append([item["step"], base64.b64encode(response.content).decode()])
        assert found == pictures


def test_histograms(trainings: dict[str, StoredTraining], api: Api) -> None:
    for run, count in (("torch", 1_000), ("x", 100), ("tf2", 200)):
        (item,) = items(api, trainings[run], "histogram", "weights")
        body = item["body"]
        assert sum(body["counts"]) == body["num"] == count
        assert len(body["edges"]) == len(body["counts"]) + 1 <= 513
        assert body["edges"] == sorted(body["edges"])
        assert body["edges"][0] <= body["min"] < body["max"] <= body["edges"][-1]


def test_the_rest(trainings: dict[str, StoredTraining], api: Api) -> None:
    training = trainings["torch"]
    (note,) = items(api, training, "text", "note")
    assert (note["step"], note["body"]["text"]) == (2, "**bold** & <b>")
    (curve,) = items(api, training, "pr_curve", "curve")
    assert len(curve["body"]["precision"]) == 127
    (sound,) = items(api, training, "audio", "sound")
    assert sound["meta"] == {"sample_rate": 8000.0, "channels": 1, "seconds": 0.1}
    assert sound["stored"]
    (layout,) = items(api, training, "layout", "custom_scalars")
    assert layout["body"] == {"both": {"losses": ["Multiline", ["train/loss", "val/loss"]]}}
    for run, words in (("x", "from tensorboardX"), ("tf2", "from TensorFlow")):
        (note,) = items(api, trainings[run], "text", "note")
        assert note["body"]["text"] == words


def test_hyper_parameters_become_the_config(trainings: dict[str, StoredTraining]) -> None:
    training = trainings["torch/hparams"]
    assert training.config == {"lr": 0.1, "optimizer": "sgd", "steps": 300}
    assert [point.value for point in training.series("hparam/accuracy").points()] == [0.5]
