"""Pavi inside published frameworks: each runs in its environment as its users run it, and is read back through the API.

The scripts in ``integrations/`` print what the framework itself says that it did.
"""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pavi.api import Api
from pavi.api.trainings import StoredTraining
from tests.clients.conftest import Machine
from tests.clients.environments import INTEGRATIONS, MMENGINE, Environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SCRIPTS = Path(__file__).parent / "integrations"
PROJECT = "integrations"


@pytest.fixture(scope="module")
def run(machine: Callable[[Environment], Machine]) -> Callable[..., Any]:
    """Runs a script in the frameworks' environment and returns what it said in its last line, JSON."""
    made = machine(INTEGRATIONS)

    def start(script: str, *arguments: str) -> Any:
        out = made.run(SCRIPTS / script, *arguments, PAVI_PROJECT=PROJECT, KERAS_BACKEND="torch")
        return json.loads(out.splitlines()[-1])

    return start


def points(training: StoredTraining, tag: str) -> list[tuple[int, float]]:
    steps, _, values = training.series(tag).numpy()
    return [(int(step), float(value)) for step, value in zip(steps, values, strict=True)]


def close(found: list[tuple[int, float]], wanted: list[tuple[int, float]]) -> bool:
    return [step for step, _ in found] == [step for step, _ in wanted] and [
        value for _, value in found
    ] == pytest.approx([value for _, value in wanted])


def media(api: Api, training: StoredTraining, **asked: Any) -> list[dict[str, Any]]:
    path = f"trainings/{training.id}/media"
    return list(api.client.get(f"{path}/items" if asked else path, asked)["items"])


def snapshots(training: StoredTraining) -> list[tuple[str, int, str]]:
    found = training.snapshots()
    assert all(one.available for one in found)
    return [(one.tag, one.iteration, one.name) for one in found]


# mmengine


@pytest.fixture(scope="module")
def mm(machine: Callable[[Environment], Machine]) -> Machine:
    return machine(MMENGINE)


def test_mmengine_runner_of_two_ranks(mm: Machine, api: Api) -> None:
    launch = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    out = mm.run(*launch, SCRIPTS / "mmengine_runner.py", mm.folder / "ranks", "train", PAVI_PROJECT="mm")
    told = json.loads(out.splitlines()[-1])
    assert [one.id for one in api.trainings("mm")] == [told["id"]]  # from rank 0 alone
    assert told["first"] == told["id"]  # `test` after `train` went on with it
    training = api.training(told["id"])
    assert (training.status, training.name, training.tags) == ("finished", "line_0", ["mm"])
    config = training.config
    assert config["model"] == {"type": "Line", "width": 3}
    assert config["optim_wrapper"]["optimizer"]["lr"] == 0.01
    assert "type='Line'" in training["session_text"]
    assert training["model"] == "Line"

    # What mmengine's own backend wrote is what has arrived; times of validation apart.
    local = [line for line in told["local"] if "iter" in line]
    for tag in ("loss", "lr", "time", "data_time"):
        assert points(training, tag) == [(line["step"], line[tag]) for line in local], tag
    assert [step for step, _ in points(training, "loss")] == [1, 2, 3, 4]
    epochs = [line for line in told["local"] if "distance" in line]
    assert points(training, "distance") == [(line["step"], line["distance"]) for line in epochs]
    assert points(training, "val/time") == [(line["step"], line["time"]) for line in epochs]
    assert [step for step, _ in points(training, "test/distance")] == [2]

    assert {("last", 1, "epoch_1.pth"), ("last", 2, "epoch_2.pth")} <= set(snapshots(training))
    assert ("best", 2, "best_distance_epoch_2.pth") in snapshots(training)
    (picture,) = media(api, training, kind="image", tag="test/picture")
    assert (picture["meta"]["width"], picture["meta"]["height"], picture["step"]) == (6, 4, 2)
    assert [one["kind"] for one in media(api, training)].count("graph") == 1


@pytest.fixture(scope="module")
def crashed(mm: Machine, api: Api) -> dict[str, StoredTraining]:
    process = mm.start(SCRIPTS / "mmengine_runner.py", mm.folder / "crash", "crash", PAVI_PROJECT="mm-crash")
    _, err = process.communicate(timeout=170)
    assert process.returncode == 1, err[-2000:]
    return {one.name: one for one in api.trainings("mm-crash")}


def test_mmengine_run_that_raises_is_crashed(crashed: dict[str, StoredTraining]) -> None:
    training = crashed["line_0"]
    assert (training.status, training["reason"]) == ("crashed", "RuntimeError: the disk is full")
    assert [step for step, _ in points(training, "loss")] == [1, 2]


def test_mmengine_visualizer_alone(crashed: dict[str, StoredTraining], api: Api) -> None:
    training = crashed["alone"]
    assert training.status == "finished"
    assert points(training, "acc") == [(1, 0.5), (2, 0.25)]
    assert points(training, "time") == [(2, 3.0)]
    (red,) = media(api, training, kind="image", tag="red")
    with api.client.stream(f"trainings/{training.id}/media/{red['id']}/file", headers={"Accept": "*/*"}) as answer:
        data = b"".join(answer.iter_content(65536))
    assert Image.open(BytesIO(data)).convert("RGB").getpixel((0, 0)) == (255, 0, 0)


# Lightning


def lightning_fit(api: Api, told: dict[str, Any], name: str, steps: int) -> StoredTraining:
    assert told["ended"]  # with `fit`
    assert told["steps"] == steps
    training = api.training(told["id"])
    assert (training.status, training.name, training.tags) == ("finished", name, ["lightning"])
    assert training.config == {"rate": 0.5}
    assert [step for step, _ in points(training, "train/index")] == list(range(steps))
    assert points(training, "val/epoch") == [(steps // 2 - 1, 0.0), (steps - 1, 1.0)]
    assert [value for _, value in points(training, "test/answer")] == [42.0]  # after the end
    assert set(snapshots(training)) == {("best", steps, f"epoch=1-step={steps}.ckpt"), ("last", steps, "last.ckpt")}
    assert Path(told["folder"]).parts[-3:] == (PROJECT, training.id, "checkpoints")
    pictures = media(api, training, kind="image", tag="samples")
    assert [one["meta"]["caption"] for one in pictures] == ["a", "b"]
    assert [one["kind"] for one in media(api, training)].count("graph") == 1
    return training


def test_lightning_of_two_ranks(run: Callable[..., Any], api: Api) -> None:
    training = lightning_fit(api, run("lightning_fit.py", "lightning.pytorch", "2"), "lightning.pytorch", 8)
    # From rank 0 alone.
    assert [one.id for one in api.trainings(PROJECT) if one.name == "lightning.pytorch"] == [training.id]


def test_pytorch_lightning_and_a_fit_that_fails(run: Callable[..., Any], api: Api) -> None:
    told = run("lightning_fit.py", "pytorch_lightning", "1")
    lightning_fit(api, told, "pytorch_lightning", 16)
    failed = api.training(told["failed"])
    assert (failed.status, failed["reason"]) == ("crashed", "ValueError: no more data")
    assert failed.project == "failures"
    assert points(failed, "second/train/index")[-1] == (9, 1.0)
    assert {(tag, step) for tag, step, _ in snapshots(failed)} == {("best", 8), ("last", 8)}


# transformers


def test_transformers(run: Callable[..., Any], api: Api, tmp_path: Path) -> None:
    told = run("transformers_train.py", str(tmp_path))
    assert told["first"] == told["id"]  # `predict` after `train` went on with it
    training = api.training(told["id"])
    assert (training.status, training.name, training.tags) == ("finished", "tiny", ["hf"])
    assert training["model"] == "BertForSequenceClassification"
    assert training.config["learning_rate"] == 0.01
    assert training.config["model"]["hidden_size"] == 8
    for key, tag in (("loss", "train/loss"), ("learning_rate", "train/learning_rate"), ("eval_loss", "eval/loss")):
        assert points(training, tag) == [(line["step"], line[key]) for line in told["history"] if key in line], tag
    assert [step for step, _ in points(training, "train/loss")] == [1, 2, 3, 4]
    assert [step for step, _ in points(training, "test/accuracy")] == [4]
    assert training.summary["train/loss"] == pytest.approx(told["history"][-1]["train_loss"])
    assert snapshots(training) == [("model", 2, "model.safetensors"), ("model", 4, "model.safetensors")]

    trials = [api.training(one) for one in told["trials"]]
    assert [one.name for one in trials] == ["trial-0", "trial-1"]
    assert {one.config["trial"]["learning_rate"] for one in trials} == {0.1, 0.2}
    assert all(one.status == "finished" and one.config["learning_rate"] in (0.1, 0.2) for one in trials)


# Keras


def test_keras(run: Callable[..., Any], api: Api) -> None:
    told = run("keras_fit.py")
    assert told["first"] == told["id"]  # `evaluate` after `fit` went on with it
    training = api.training(told["id"])
    assert (training.status, training.name) == ("finished", "keras")
    history = told["history"]
    for key, tag in (("loss", "train/loss"), ("mae", "train/mae"), ("val_loss", "val/loss"), ("val_mae", "val/mae")):
        assert close(points(training, tag), list(enumerate(history[key], 1))), tag
    assert close(points(training, "lr"), [(1, 0.05), (2, 0.025)])
    assert close(points(training, "batch/loss"), [(step, told["batches"][step - 1]) for step in (2, 4, 6)])
    assert close(points(training, "test/loss"), [(2, told["tested"]["loss"])])
    assert training.config["optimizer"]["class_name"] == "SGD"
    assert training.config["fit"]["epochs"] == 2
    assert training.summary["model/parameters"] == told["parameters"]
    (summary,) = media(api, training, kind="text", tag="model/summary")
    assert "Dense" in summary["body"]["text"]
    assert snapshots(training) == [("model", 2, "epoch-2.keras")]


# torch


def test_torch_watch(run: Callable[..., Any], api: Api) -> None:
    told = run("torch_watch.py")
    assert told["checked"] == 7
    training = api.training(told["id"])
    names = {one["tag"]: (one["count"], one["first_step"], one["last_step"]) for one in media(api, training)}
    assert names.pop("graph") == (1, 0, 0)
    layers = ("0.weight", "0.bias", "2.weight", "2.bias")  # those of the wrapped model too
    assert names == {f"gradients/{layer}": (5, 0, 200) for layer in layers} | {
        f"parameters/{layer}": (3, 0, 6) for layer in layers
    }
    gradients = media(api, training, kind="histogram", tag="gradients/0.weight")
    weights = {one["step"]: one["body"] for one in media(api, training, kind="histogram", tag="parameters/0.weight")}
    assert [one["step"] for one in gradients] == [0, 3, 6, 100, 200]
    for one in gradients[:3]:
        expected = told["expected"][str(one["step"])]
        assert sum(one["body"]["counts"]) == one["body"]["num"] == 20
        assert sum(abs(a - b) for a, b in zip(one["body"]["counts"], expected["gradient"], strict=True)) <= 2
        assert weights[one["step"]]["sum"] == pytest.approx(expected["sum"])


# Optuna


@pytest.fixture(scope="module")
def studies(run: Callable[..., Any]) -> dict[str, Any]:
    return dict(run("optuna_study.py"))


def joined(api: Api, study: dict[str, Any], name: str) -> dict[str, StoredTraining]:
    ((_, number),) = study["attributes"]["pavi:compares"].items()
    compare = api.compare(number)
    assert compare.name == name
    return {one.name: api.training(one.id) for one in compare.trainings()}


def test_optuna_trials_join_one_compare(studies: dict[str, Any], api: Api) -> None:
    found = joined(api, studies["runs"], "runs")
    assert sorted(found) == ["runs-0", "runs-1", "runs-2", "runs-3"]
    for number, trial in enumerate(studies["runs"]["trials"]):
        training = found[f"runs-{number}"]
        assert {name: training.config[name] for name in trial["params"]} == trial["params"]
        assert training.config["optuna"] == {"study": "runs", "trial": number}
        assert training.status == ("crashed" if trial["state"] == "fail" else "finished")
        assert (training.summary["state"], sorted(training.tags)) == (trial["state"], sorted([trial["state"], "study"]))
        if trial["value"] is not None:
            assert points(training, "loss") == [(number, trial["value"])]
    assert {trial["state"] for trial in studies["runs"]["trials"]} == {"complete", "pruned", "fail"}
    x = studies["runs"]["trials"][1]["params"]["x"]
    assert points(found["runs-1"], "intermediate_value") == [(0, x), (1, x + 1)]


def test_optuna_objective_logs_into_its_trial(studies: dict[str, Any], api: Api) -> None:
    found = joined(api, studies["tracked"], "tracked")
    assert sorted(found) == ["tracked-0", "tracked-1", "tracked-2"]
    for training in found.values():
        assert points(training, "epoch_loss") == [(0, 0.0), (1, 0.5), (2, 1.0)]
    assert [found[f"tracked-{number}"].summary["state"] for number in range(3)] == ["complete", "pruned", "fail"]
    failed = found["tracked-2"]
    assert (failed.status, failed["reason"]) == ("crashed", "ZeroDivisionError: by zero")


def test_optuna_study_as_one_training(studies: dict[str, Any], api: Api) -> None:
    (training,) = [one for one in api.trainings(PROJECT) if one.name == "points"]
    values = [trial["value"] for trial in studies["points"]["trials"]]
    assert points(training, "value") == list(enumerate(values))
    assert points(training, "params/x") == [
        (n, one["params"]["x"]) for n, one in enumerate(studies["points"]["trials"])
    ]
    assert training.summary["best"]["trial"] == 0
    assert training.status == "finished"
