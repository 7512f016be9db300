"""The trainer as people run it: files alone, stopped and gone on with, on two ranks against the running platform."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pavi.api import Api
from pavi.api.trainings import StoredTraining
from tests.clients.conftest import Machine
from tests.clients.environments import EXAMPLE, Environment
from tests.platform import RunningPlatform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

HERE = Path(__file__).parent
CODE = HERE.parents[1] / "examples" / "classification"
CONFIG = CODE / "configs" / "resnet18_digits.yaml"
VARIABLES = {"PYTHONPATH": str(HERE / "stand_ins" / "torchvision_operators")}
# Dropout, so that it matters where the random numbers go on.
SMALL = ["model.kwargs={channels: [8, 16, 24, 32], layers: [1, 1, 1, 1], drop_rate: 0.1}", "data.size=8"]
ITERATIONS = 1437 // 32  # an epoch, on one rank
EPOCH = re.compile(r"^epoch +(\d+)  loss ([\d.]+)  top-1 ([\d.]+)  top-5 ([\d.]+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def here(machine: Callable[[Environment], Machine]) -> Machine:
    """A machine with the digits as image files."""
    made = machine(EXAMPLE)
    out = made.run(CODE / "prepare_digits.py", "--out", "data/digits")
    assert out == "1437 images to train on and 360 to evaluate on, in data/digits\n"
    return made


def in_files(place: str) -> list[str]:
    """Overrides that need no server: half precision with masters, everything into folders below ``place``."""
    return [
        *SMALL,
        "max_epochs=4",
        f"monitor={{type: tensorboard, log_dir: {place}/runs}}",
        f"saver={{type: lustre, dir: {place}/checkpoints}}",
        "amp={dtype: fp16, master_weights: true, initial_scale: 4096, growth_interval: 60}",
    ]


@pytest.fixture(scope="module")
def straight(here: Machine) -> str:
    """What a training of four epochs prints."""
    return here.run(CODE / "train.py", "--config", CONFIG, "--override", *in_files("straight"), **VARIABLES)


@pytest.fixture(scope="module")
def resumed(here: Machine, straight: str) -> str:
    """What a training prints that goes on from another one's second epoch, as if the machine had died after it."""
    checkpoints = here.folder / "resumed" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "epoch_2.pth").write_bytes((here.folder / "straight" / "checkpoints" / "epoch_2.pth").read_bytes())
    overrides = [*in_files("resumed"), "resume=latest"]
    return here.run(CODE / "train.py", "--config", CONFIG, "--override", *overrides, **VARIABLES)


@pytest.fixture(scope="module")
def online(here: Machine, api: Api) -> tuple[StoredTraining, str]:
    """The training of two ranks over two epochs as the server has it, and what was printed."""
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", CODE / "train.py"]
    overrides = [*SMALL, "max_epochs=2", "monitor.name=two-ranks", "log_interval=5"]
    out = here.run(*launch, "--config", CONFIG, "--override", *overrides, **VARIABLES)
    (found,) = api.trainings(project="digits", where='name == "two-ranks"')
    return found, out


def test_it_learns_the_digits(straight: str) -> None:
    epochs = [(int(number), *map(float, values)) for number, *values in EPOCH.findall(straight)]
    assert [epoch[0] for epoch in epochs] == [1, 2, 3, 4]
    _, loss, top1, top5 = epochs[-1]
    assert top1 > 0.85
    assert top5 > 0.98
    assert loss < 0.6


def test_tensorboard_and_a_folder_have_everything(here: Machine, straight: str) -> None:
    found = json.loads(here.run(HERE / "example_scripts" / "event_files.py", "straight/runs").splitlines()[-1])
    scalars: dict[str, Any] = found["scalars"]
    ends = [ITERATIONS * epoch for epoch in (1, 2, 3, 4)]
    assert [step for step, _ in scalars["val/top1"]] == ends
    printed = [float(top1) for _, _, top1, _ in EPOCH.findall(straight)]
    assert [value for _, value in scalars["val/top1"]] == pytest.approx(printed, abs=1e-4)
    steps = [step for step, _ in scalars["train/loss"]]
    assert steps == sorted({*(44 * e + i for e in range(4) for i in (10, 20, 30, 40)), *ends})
    rates = dict(scalars["train/lr"])
    assert rates[ITERATIONS] == pytest.approx(0.05 * (0.1 + 0.9 * 43 / 44), rel=1e-6), "the last update of the warm-up"
    assert rates[4 * ITERATIONS] < 0.001
    assert max(value for _, value in scalars["train/loss_scale"]) > 4096
    assert set(found["texts"]) >= {"config", "snapshot/checkpoint"}
    assert found["images"] == ["val/mistakes"]
    names = {path.name for path in (here.folder / "straight" / "checkpoints").iterdir()}
    assert names == {"best.pth", *(f"epoch_{epoch}.pth" for epoch in (1, 2, 3, 4))}


def test_two_epochs_and_two_more_are_four_bit_for_bit(here: Machine, straight: str, resumed: str) -> None:
    assert f"goes on after epoch 2, iteration {2 * ITERATIONS}" in resumed
    assert EPOCH.findall(resumed) == EPOCH.findall(straight)[2:]
    files = [f"{place}/checkpoints/epoch_4.pth" for place in ("straight", "resumed")]
    compared = json.loads(here.run(HERE / "example_scripts" / "compare.py", CODE, *files).splitlines()[-1])
    assert (compared["epoch"], compared["iteration"]) == (4, 4 * ITERATIONS)
    assert all(compared["values"][part] > 3 for part in ("model", "optimizer", "random", "scaler"))
    told = {"/config/monitor/log_dir", "/config/saver/dir", "/config/resume"}
    assert set(compared["differing"]) == told, "only what was asked for differently"


def test_evaluating_a_snapshot_gives_what_training_said(here: Machine, straight: str) -> None:
    command = [CODE / "evaluate.py", "--config", CONFIG, "--checkpoint", "epoch_4.pth"]
    out = here.run(*command, "--override", *in_files("straight"), **VARIABLES)
    _, loss, top1, top5 = EPOCH.findall(straight)[-1]
    assert out == f"epoch_4.pth after epoch 4: loss {loss}  top-1 {top1}  top-5 {top5}  (360 images)\n"


def test_two_ranks_are_one_training_on_the_server(online: tuple[StoredTraining, str]) -> None:
    training, out = online
    assert training.status == "finished"
    assert training.config["model"]["type"] == "resnet18"
    assert training.config["max_epochs"] == 2
    ends = [ITERATIONS // 2, ITERATIONS]  # half as many iterations, since each takes two ranks' images
    steps, _, top1 = training.series("val/top1").numpy()
    assert list(steps) == ends
    printed = EPOCH.findall(out)
    assert [number for number, *_ in printed] == ["1", "2"], "only one of the ranks speaks"
    assert list(top1) == pytest.approx([float(one) for _, _, one, _ in printed], abs=1e-4)
    assert [value * 360 for value in top1] == pytest.approx([round(value * 360) for value in top1]), "of all images"
    steps, _, losses = training.series("train/loss").numpy()
    assert list(steps) == [5, 10, 15, 20, 22, 27, 32, 37, 42, 44]
    assert losses[-1] < losses[0]
    assert {"train/lr", "train/top1", "train/images_per_s", "val/top5", "val/loss"} <= {
        s.tag for s in training.series()
    }


def test_snapshots_are_with_the_training_and_in_the_modelcloud(
    online: tuple[StoredTraining, str], here: Machine, platform: RunningPlatform, tmp_path: Path
) -> None:
    training, out = online
    snapshots = training.snapshots()
    assert [(one.name, one.iteration) for one in snapshots] == [("epoch_1.pth", 22), ("epoch_2.pth", 44)]
    local = snapshots[-1].download(tmp_path / "epoch_2.pth")
    best = platform.get("/modelcloud/node?path=digits/resnet18/best.pth")
    assert best["training"]["number"] == training.number
    assert best["sha256"] in {one.sha256 for one in snapshots}
    (pictures,) = platform.get(f"/trainings/{training.id}/media")["items"]
    assert (pictures["kind"], pictures["tag"], pictures["first_step"]) == ("image", "val/mistakes", 22)
    kept = here.run("-m", "pavi", "ls", "pavi://digits/resnet18")
    assert all(name in kept for name in ("best.pth", "epoch_1.pth", "epoch_2.pth"))
    command = [CODE / "evaluate.py", "--config", CONFIG, "--checkpoint", "latest", "--override", *SMALL]
    expected = "after epoch 2: loss {}  top-1 {}  top-5 {}  (360 images)".format(*EPOCH.findall(out)[-1][1:])
    assert expected in here.run(*command, **VARIABLES)
    (loaded,) = here.folder.glob(".pavi/cache/**/epoch_2.pth")
    assert loaded.read_bytes() == local.read_bytes()


def test_one_rank_goes_on_with_the_training_of_two(online: tuple[StoredTraining, str], here: Machine, api: Api) -> None:
    training, _ = online
    overrides = [*SMALL, "max_epochs=3", "resume=epoch_1.pth", "monitor.name=two-ranks", "log_interval=22"]
    out = here.run(CODE / "train.py", "--config", CONFIG, "--override", *overrides, **VARIABLES)
    assert [number for number, *_ in EPOCH.findall(out)] == ["2", "3"]
    (again,) = api.trainings(project="digits", where='name == "two-ranks"')
    assert again.id == training.id
    assert again.status == "finished"
    steps, _, _ = again.series("val/top1").numpy()
    assert list(steps) == [22, 22 + ITERATIONS, 22 + 2 * ITERATIONS], "what came after the snapshot is hidden"


MISTAKES = {
    "monitor.projekt=a": "monitor: type tensorboard has no key 'projekt'; it knows log_dir",
    "saver={type: lustre}": "saver: type lustre needs dir",
    "optimizer.type=LARS": "optimizer: type 'LARS' is unknown; there are SGD",
    "optimizer.speed=3": "optimizer: got an unexpected keyword argument 'speed'",
    "lr_schedule.every=3": "lr_schedule: got an unexpected keyword argument 'every'",
    "lr_schedule.warmup_epochs=99": "lr_schedule: warmup_epochs=99 is not within the 10 epochs",
    "amp.dtype=int8": "amp: dtype 'int8' is unknown; there are fp32, bf16, fp16",
    "amp.master_weights=true": "amp: master_weights copies half weights; set amp.dtype",
    "data.root=nowhere": "data: no images in nowhere/train/<class>/",
    "data.reader=eyes": "data: reader 'eyes' is unknown; there are pillow, opencv",
    "data.batch_size=5000": "data: 1437 images on 1 ranks make no batch of 5000",
    "data.augment.blur=1": "data.augment: got an unexpected keyword argument 'blur'",
    "model.type=resnet1": "model: timm does not make 'resnet1'",
    "model.library=caffe": "model: library 'caffe' is unknown; there are timm, torchvision",
    "resume=epoch_9.pth": "no snapshot to go on from: there is no checkpoint 'epoch_9.pth'",
    "resume=./epoch_9.pth": "there is no file ./epoch_9.pth",
    "resume=other/epoch_1.pth": "the snapshot is of another model",
}


@pytest.fixture(scope="module")
def said(here: Machine, straight: str) -> dict[str, Any]:
    """What the trainer says to each of the mistakes, and when there is nowhere to save."""
    (here.folder / "other").symlink_to(here.folder / "straight" / "checkpoints")
    out = here.run(HERE / "example_scripts" / "mistakes.py", CODE, CONFIG, *MISTAKES, **VARIABLES)
    return dict(json.loads(out.splitlines()[-1]))


@pytest.mark.parametrize("mistake", list(MISTAKES))
def test_a_mistake_is_one_line(said: dict[str, Any], mistake: str) -> None:
    assert said["mistakes"][mistake].startswith(f"train.py: {MISTAKES[mistake]}")


def test_a_place_for_snapshots_that_is_away_ends_nothing_but_the_last_epoch(
    here: Machine, said: dict[str, Any]
) -> None:
    found = said["away"]
    assert found["epochs"] == 2
    assert found["said"].startswith("epoch_1.pth is not kept, the training goes on: ")
    assert found["end"] == "FileNotFoundError"
    events = json.loads(here.run(HERE / "example_scripts" / "event_files.py", "no/runs").splitlines()[-1])
    assert "snapshot/checkpoint" in events["texts"]


def test_a_mistake_in_the_shell(here: Machine) -> None:
    process = here.start(CODE / "train.py", "--config", CONFIG, "--override", "optimiser.lr=1", **VARIABLES)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert out == ""
    assert re.fullmatch(r"train\.py: .*: no section 'optimiser' \(did you mean 'optimizer'\?\); there are .*\n", err)
