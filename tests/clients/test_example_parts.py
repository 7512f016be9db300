"""The trainer's parts with the real torch, timm, Pillow and OpenCV: each script measures, the tests here judge."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Machine
from tests.clients.environments import EXAMPLE, Environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

HERE = Path(__file__).parent
CODE = HERE.parents[1] / "examples" / "classification"
OPERATORS = str(HERE / "stand_ins" / "torchvision_operators")
FAMILIES = {
    "resnet18": "timm.models.resnet",
    "resnetv2_18": "timm.models.resnetv2",
    "mobilenetv1": "timm.models.efficientnet",
    "mobilenetv2": "timm.models.efficientnet",
    "shufflenet": "torchvision.models.shufflenetv2",
    "vgg11": "timm.models.vgg",
    "inception_v3": "timm.models.inception_v3",
    "inception_v4": "timm.models.inception_v4",
    "senet": "timm.models.senet",
    "dpn": "timm.models.dpn",
}


@pytest.fixture(scope="module")
def measured(machine: Callable[[Environment], Machine]) -> Callable[[str], dict[str, Any]]:
    """Runs a script on the digits once, and gives what it printed."""
    here = machine(EXAMPLE)
    here.run(CODE / "prepare_digits.py")
    known: dict[str, dict[str, Any]] = {}

    def give(script: str) -> dict[str, Any]:
        if script not in known:
            out = here.run(HERE / "example_scripts" / script, CODE, "data/digits", PYTHONPATH=OPERATORS)
            known[script] = json.loads(out.splitlines()[-1])
        return known[script]

    return give


@pytest.fixture(scope="module")
def numbers(measured: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return measured("numerics.py")


@pytest.mark.parametrize("family", list(FAMILIES))
def test_every_family_learns_from_a_batch(measured: Callable[[str], dict[str, Any]], family: str) -> None:
    facts = measured("families.py")
    assert set(facts) == set(FAMILIES)
    found = facts[family]
    assert found["module"] == FAMILIES[family]
    assert found["scores"] == [4, 10]
    assert found["images"][2] <= 75
    assert found["taken"]
    assert found["finite"]
    assert found["moved"] > 0.6, "a block whose last normalisation begins at zero learns nothing in the first step"
    assert 0 < found["loss"] < 20


def test_schedules_are_torchs(numbers: dict[str, Any]) -> None:
    assert len(numbers["schedules"]) == 6
    assert max(numbers["schedules"].values()) < 1e-12


def test_every_precision_learns_alike(numbers: dict[str, Any]) -> None:
    losses = numbers["learning"]
    for first, last in losses.values():
        assert first == pytest.approx(losses["fp32"][0], rel=1e-3)
        assert last == pytest.approx(losses["fp32"][1], rel=0.1)
    assert losses["bf16"] == losses["bf16 masters"], "half weights are what autocast makes of their masters"
    assert losses["fp16"] == losses["fp16 masters"]
    assert losses["fp32"] != losses["bf16"] != losses["fp16"]


@pytest.mark.parametrize("kind", ["skipping", "skipping masters"])
def test_a_step_that_overflows_is_not_taken(numbers: dict[str, Any], kind: str) -> None:
    steps = numbers[kind]
    assert [step["good"] for step in steps] == [False, True, True, False, False, True]
    assert [step["taken"] for step in steps] == [step["good"] for step in steps]
    assert [step["changed"] for step in steps] == [step["good"] for step in steps], "neither weights nor momentum"
    assert [step["scales"][1] for step in steps] == [512, 512, 1024, 512, 256, 256], "halved, and doubled after two"
    assert all(step["finite"] and step["left"] == 0 for step in steps), "no gradient stays for the next step"


def test_masters_keep_what_half_cannot(numbers: dict[str, Any]) -> None:
    found = numbers["masters"]
    assert found["master"] == pytest.approx(0.99, abs=1e-6), "ten steps of 0.001 from 1"
    assert found["half"][0] == 1, "one step is less than half of what bfloat16 can tell apart"
    assert found["half"][-1] == found["rounded"] < 1
    assert found["model dtypes"] == ["torch.float16", "torch.float32"]
    assert found["normalisation"] == "torch.float32"
    assert found["rounds"]


def test_saved_weights_fit_every_precision(numbers: dict[str, Any]) -> None:
    found = numbers["masters"]
    assert "torch.float16" not in found["saved dtypes"]
    assert found["into float32"]
    assert found["into half"]


def test_pillow_and_opencv_read_and_move_alike(numbers: dict[str, Any]) -> None:
    found = numbers["reading"]
    assert found["range"] == [0, 255]
    assert found["same pixels"]
    assert found["large"] == [32, 32, 3]
    assert found["large apart"] < 1
    for reader in ("pillow", "opencv"):
        assert found[f"{reader} still"]
        assert found[f"{reader} right"]
    assert found["turned apart"] < 3 < 10 < found["turned at all"]
    assert found["mirrored"] + found["not mirrored"] == 20
    assert min(found["mirrored"], found["not mirrored"]) > 3


def test_an_epoch_is_the_same_whoever_reads_it(numbers: dict[str, Any]) -> None:
    found = numbers["loading"]
    assert found["again"]
    assert found["by workers"]
    assert not found["another epoch"]
    assert not found["another rank"]
    assert found["seen once"]
    assert found["val"] == 360


def test_accuracies_are_those_counted_by_hand(numbers: dict[str, Any]) -> None:
    found = numbers["measuring"]
    assert found["meter"] == pytest.approx(found["by hand"], rel=1e-6)
    assert found["fewer classes than five"] == [True, True]
