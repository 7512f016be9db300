"""mmcv's `PaviLoggerHook` of five versions with mmcv's own runners: what they call is what the server has."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pavi.api import Api
from pavi.api.trainings import StoredTraining
from tests.clients.conftest import Machine
from tests.clients.environments import MMCV, Environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SCRIPT = Path(__file__).parent / "mmcv_scripts" / "train.py"
COMMON = ["epochs", "exact", "resumed"]
ENDINGS = {"exception": 1, "sigterm": -15, "sigkill": -9}
SCENARIOS = {
    "0.4.4": [*COMMON, *ENDINGS],
    "1.1.6": [*COMMON, "iterations"],
    "1.3.16": [*COMMON, "iterations"],
    "1.5.3": [*COMMON, "iterations"],
    "1.7.2": [*COMMON, *ENDINGS, "iterations", "continued", "overwritten", "ranks", "away"],
}
STEPS = {
    "0.4.4": ([1, 3, 5, 7], [4, 8]),
    "1.1.6": ([2, 4, 2, 4], [1, 2]),
    "1.3.16": ([2, 4, 6, 8], [1, 2]),
    "1.5.3": ([2, 4, 6, 8], [1, 2]),
    "1.7.2": ([2, 4, 6, 8], [1, 2]),
}
every_version = pytest.mark.parametrize("version", list(SCENARIOS))
newer_versions = pytest.mark.parametrize("version", list(SCENARIOS)[1:])


@dataclass(frozen=True)
class Trained:
    """What one version did: its machine, and how each scenario's process ended."""

    version: str
    machine: Machine
    codes: dict[str, int]
    api: Api

    @property
    def short(self) -> str:
        return ".".join(self.version.split(".")[:2])

    def trainings(self, name: str) -> list[StoredTraining]:
        """The trainings of a scenario, oldest first."""
        found = self.api.trainings(project=f"mmcv-{self.short}", where=f'name == "{name}"')
        return sorted(found, key=lambda training: training.number)

    def training(self, name: str) -> StoredTraining:
        (found,) = self.trainings(name)
        return found

    def log(self, name: str) -> str:
        return (self.machine.folder / f"{name}.log").read_text()

    def tag(self, mode: str, name: str) -> str:
        """How the version names a series: mmcv 1.1 says the mode twice where it measured."""
        measured = self.short == "1.1" and name in ("loss", "acc")
        return f"{mode}/{name}/{mode}" if measured else f"{mode}/{name}"


@pytest.fixture(scope="module")
def all_trained(machine: Callable[[Environment], Machine], api: Api) -> dict[str, Trained]:
    """All scenarios of all versions, two versions at a time; what a killed one left is sent as a person sends it."""

    def work(version: str) -> Trained:
        here = machine(MMCV[version])
        codes = json.loads(here.run(SCRIPT, *SCENARIOS[version]).splitlines()[-1])
        here.run("-m", "pavi", "sync")
        return Trained(version, here, codes, api)

    with ThreadPoolExecutor(2) as pool:
        return {one.version: one for one in pool.map(work, reversed(SCENARIOS))}


@pytest.fixture
def trained(all_trained: dict[str, Trained], version: str) -> Trained:
    return all_trained[version]


def points(training: StoredTraining) -> dict[str, list[tuple[int, float]]]:
    """tag → ``(step, value)`` as they were received."""
    found = {}
    for series in training.series():
        received = sorted(series.points(), key=lambda point: point.time)
        found[series.tag] = [(point.step, point.value) for point in received]
    return {tag: values for tag, values in found.items() if not tag.startswith("system/")}


def steps(training: StoredTraining, tag: str) -> list[int]:
    return [step for step, _ in points(training)[tag]]


@every_version
def test_every_process_ended_as_it_was_meant_to(trained: Trained) -> None:
    expected = {name: ENDINGS.get(name, 0) for name in SCENARIOS[trained.version]}
    wrong = {name: trained.log(name)[-2000:] for name, code in expected.items() if trained.codes[name] != code}
    assert not wrong


@every_version
def test_steps_point_by_point(trained: Trained) -> None:
    training = trained.training("epochs")
    train, val = STEPS[trained.version]
    for name in ("loss", "acc", "learning_rate", "momentum"):
        assert steps(training, trained.tag("train", name)) == train
    for name in ("loss", "acc"):
        assert steps(training, trained.tag("val", name)) == val


@every_version
def test_every_call_is_stored_and_nothing_else(trained: Trained) -> None:
    called: dict[str, list[tuple[int, float]]] = {}
    for name, *arguments in json.loads((trained.machine.folder / "epochs" / "calls.json").read_text()):
        if name == "add_scalars":
            mode, tags, step = arguments
            for tag, value in tags.items():
                called.setdefault(f"{mode}/{tag}", []).append((step, value))
    assert points(trained.training("epochs")) == called


@pytest.mark.parametrize("version", ["1.7.2"])
def test_recorded_order_of_calls(trained: Trained) -> None:
    calls = json.loads((trained.machine.folder / "epochs" / "calls.json").read_text())
    assert calls[0] == ["SummaryWriter", ["model", "name", "project", "session_text"]]
    order = [(call[1], sorted(call[2]), call[3]) for call in calls if call[0] == "add_scalars"]
    train, val = (["acc", "learning_rate", "loss", "momentum"] for _ in range(2))
    assert order == [
        ("train", train, 2),
        ("train", train, 4),
        ("val", val, 1),
        ("train", train, 6),
        ("train", train, 8),
        ("val", val, 2),
    ]
    assert calls[-2:] == [["add_snapshot_file", "epoch_2.pth", 2], ["close"]]


@every_version
def test_finished_with_and_without_close(trained: Trained) -> None:
    calls = json.loads((trained.machine.folder / "epochs" / "calls.json").read_text())
    # 1.3.17 - 1.6.1 skip close() when they have sent the last checkpoint.
    assert (calls[-1] == ["close"]) == (trained.version == "1.7.2")
    training = trained.training("epochs")
    assert (training.status, training["exit_code"]) == ("finished", None)


@every_version
def test_what_the_config_says(trained: Trained) -> None:
    training = trained.training("epochs")
    assert training["model"] == "Net"
    if trained.version == "0.4.4":  # it hands no config over
        assert training["session_text"] is None
    else:
        assert "max_iter: 8" in training["session_text"]
        progress = training["progress"]
        assert (progress["total"], progress["unit"]) == (8, "iteration")


@every_version
def test_last_checkpoint(trained: Trained) -> None:
    (snapshot,) = trained.training("epochs").snapshots()
    local = (trained.machine.folder / "epochs" / "latest.pth").resolve()
    assert local.name == "epoch_2.pth"
    assert snapshot.sha256 == hashlib.sha256(local.read_bytes()).hexdigest()
    assert snapshot.available
    assert (snapshot.tag, snapshot.iteration) == ("epochs", 8 if trained.version == "0.4.4" else 2)


@every_version
def test_graph(trained: Trained) -> None:
    training = trained.training("epochs")
    index = trained.api.client.get(f"trainings/{training.id}/media")["items"]
    assert [item["kind"] for item in index] == ["graph"] * len(index)
    graphs = [graph for item in index for graph in read_graphs(trained.api, training, item["tag"])]
    assert len(graphs) == (2 if trained.version == "1.7.2" else 1)  # 1.7.2 adds one an epoch
    for graph in graphs:
        assert any("conv" in node["name"].lower() or "conv" in node["op"].lower() for node in graph["nodes"])


def read_graphs(api: Api, training: StoredTraining, tag: str) -> list[dict[str, Any]]:
    answer = api.client.get(f"trainings/{training.id}/media/items", {"kind": "graph", "tag": tag})
    return [item["body"] for item in answer["items"]]


@newer_versions
def test_iterations(trained: Trained) -> None:
    training = trained.training("iterations")
    assert steps(training, trained.tag("train", "loss")) == [2, 4, 6, 8]
    assert training.status == "finished"
    (snapshot,) = training.snapshots()
    assert (snapshot.name, snapshot.iteration) == ("iter_8.pth", 8)


@every_version
def test_exact_config(trained: Trained) -> None:
    name = "exact_" + trained.short.replace(".", "_")
    (training,) = trained.api.trainings(project="bignas_cls", where=f'name == "{name}"')
    expected = [99, 199] if trained.version == "0.4.4" else [100, 200]
    assert steps(training, trained.tag("train", "loss")) == expected
    assert training.status == "finished"


@every_version
def test_resumed_without_an_id_is_another_training(trained: Trained) -> None:
    first, second = trained.trainings("resumed")
    expected = {"0.4.4": ([1, 3], [4], [5, 7], [8]), "1.1.6": ([2, 4], [1], [2, 4], [2])}
    of_first, val_first, of_second, val_second = expected.get(trained.version, ([2, 4], [1], [6, 8], [2]))
    train, val = trained.tag("train", "loss"), trained.tag("val", "loss")
    assert (steps(first, train), steps(first, val)) == (of_first, val_first)
    assert (steps(second, train), steps(second, val)) == (of_second, val_second)


@pytest.mark.parametrize("name", ["continued", "overwritten"])
@pytest.mark.parametrize("version", ["1.7.2"])
def test_resumed_in_the_same_training_keeps_its_config(trained: Trained, name: str) -> None:
    training = trained.training(name)
    assert steps(training, "train/loss") == [2, 4, 6, 8]
    assert steps(training, "val/loss") == [1, 2]
    assert "type: SGD" in training["session_text"]
    assert training.status == "finished"


@pytest.mark.parametrize("version", ["0.4.4", "1.7.2"])
def test_exception_and_signals(trained: Trained) -> None:
    logged = [1] if trained.version == "0.4.4" else [2]
    exception, sigterm, sigkill = (trained.training(name) for name in ENDINGS)
    assert [steps(one, "train/loss") for one in (exception, sigterm, sigkill)] == [logged] * 3
    assert (exception.status, exception["exit_code"]) == ("crashed", 1)
    assert exception["reason"] == "ValueError: the loss is NaN"
    assert (sigterm.status, sigterm["exit_code"]) == ("crashed", 143)
    assert sigkill.status in ("running", "lost")  # until its heartbeat is old


@pytest.mark.parametrize("version", ["1.7.2"])
def test_ranks_are_one_training(trained: Trained) -> None:
    training = trained.training("ranks")
    assert steps(training, "train/loss") == [2, 4]
    assert training.status == "finished"


@pytest.mark.parametrize("version", ["1.7.2"])
def test_server_away_all_the_time(trained: Trained) -> None:
    assert "pavi sync" in trained.log("away")
    training = trained.training("away")
    assert steps(training, "train/loss") == [2, 4]
    assert training.status == "finished"
    (snapshot,) = training.snapshots()
    assert snapshot.available
