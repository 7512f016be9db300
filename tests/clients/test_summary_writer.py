"""``from pavi import SummaryWriter`` in place of ``torch.utils.tensorboard``'s: signatures, meaning, and that all of it
can be read back from the server."""

import gzip
import hashlib
import inspect
import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from pavi.api import Api
from tests.clients.conftest import Machine
from tests.clients.environments import SUMMARY_WRITER, Environment
from tests.platform import RunningPlatform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SCRIPTS = Path(__file__).parent / "summary_writer"


@pytest.fixture(scope="module")
def here(machine: Callable[[Environment], Machine]) -> Machine:
    return machine(SUMMARY_WRITER)


def test_every_public_method_has_tensorboards_signature(here: Machine) -> None:
    found = json.loads(here.run(SCRIPTS / "signatures.py"))
    assert len(found["theirs"]) > 25
    for name, theirs in found["theirs"].items():
        ours = found["ours"][name]
        if name == "__exit__":
            theirs = [[mine, kind, default] for (mine, *_), (_, kind, default) in zip(ours, theirs, strict=True)]
        assert ours[: len(theirs)] == theirs, name
        for parameter, kind, default in ours[len(theirs) :]:
            optional = kind in ("VAR_POSITIONAL", "VAR_KEYWORD") or default != repr(inspect.Parameter.empty)
            assert optional, f"{name} asks for {parameter}"


def test_values_mean_what_they_mean_to_tensorboard(here: Machine) -> None:
    assert here.run(SCRIPTS / "same_as_tensorboard.py", PAVI_MODE="disabled") == "the same\n"


class Stored:
    """What the server has of one training's media, read as anybody reads it."""

    def __init__(self, platform: RunningPlatform, training: str) -> None:
        self._platform = platform
        self._path = f"/trainings/{training}/media"
        self.index = platform.get(self._path)["items"]

    def items(self, kind: str, tag: str) -> list[dict[str, Any]]:
        """All of one kind and tag, each one's file under ``data``."""
        found = self._platform.get(f"{self._path}/items", kind=kind, tag=tag, limit=1000)["items"]
        for item in found:
            assert item["stored"], item
            if item["sha256"] is not None:
                url = f"{self._platform.url}/api/v1{self._path}/{item['id']}/file"
                answer = self._platform.session().get(url, timeout=60)
                answer.raise_for_status()
                item["data"] = answer.content
                assert hashlib.sha256(item["data"]).hexdigest() == item["sha256"]
                assert answer.headers["Content-Type"].startswith(item["media_type"])
            else:
                assert item["body"] is not None
        return list(found)

    def one(self, kind: str, tag: str) -> dict[str, Any]:
        (item,) = self.items(kind, tag)
        return item


@pytest.fixture(scope="module")
def training(here: Machine) -> str:
    return here.run(SCRIPTS / "every_call.py", "--project", f"writer-{uuid.uuid4().hex[:8]}").strip()


@pytest.fixture(scope="module")
def stored(training: str, platform: RunningPlatform) -> Stored:
    return Stored(platform, training)


EXPECTED = {
    ("audio", "audio"): 1,
    ("embedding", "embedding"): 1,
    ("figure", "figure"): 1,
    ("figure", "figures"): 2,
    ("figure", "logged/figure"): 1,
    ("graph", "broken"): 1,
    ("graph", "file"): 1,
    ("graph", "listed"): 1,
    ("graph", "model"): 2,
    ("graph", "modules"): 1,
    ("graph", "traced"): 1,
    ("graph", "wrapped"): 1,
    ("histogram", "bins"): 1,
    ("histogram", "histogram"): 2,
    ("histogram", "raw"): 1,
    ("image", "batch"): 5,
    ("image", "boxes"): 1,
    ("image", "embedding/label_img"): 1,
    ("image", "image"): 2,
    ("image", "unstepped"): 2,
    ("layout", "custom_scalars"): 3,
    ("mesh", "mesh"): 1,
    ("pr_curve", "pr"): 1,
    ("pr_curve", "pr_raw"): 1,
    ("tensor", "tensor"): 1,
    ("text", "text"): 1,
    ("trace", "profile"): 1,
    ("video", "video"): 1,
}


def test_every_call_is_stored(stored: Stored) -> None:
    assert {(item["kind"], item["tag"]): item["count"] for item in stored.index} == EXPECTED


def test_every_item_can_be_read(stored: Stored) -> None:
    for kind, tag in EXPECTED:
        assert len(stored.items(kind, tag)) == EXPECTED[kind, tag]


def test_numbers_are_stored(training: str, api: Api) -> None:
    found = api.training(training)
    assert found.name == "every-call"
    assert found.status == "finished"
    assert {series.tag for series in found.series()} >= {
        *("scalar", "scalars/a", "scalars/b", "hparam/accuracy", "by_hand", "logged/loss"),
    }
    assert found.config == {"lr": 0.1, "bsize": 8}
    assert found.summary["accuracy"] == 0.75


def test_steps_and_times(stored: Stored) -> None:
    assert [(item["step"], item["time"]) for item in stored.items("image", "image")] == [
        (0, 1_700_000_000.0),
        (10, 1_700_000_010.0),
    ]
    assert [item["step"] for item in stored.items("image", "unstepped")] == [0, 1]
    assert [(item["step"], item["index"]) for item in stored.items("image", "batch")] == [(3, n) for n in range(5)]


def test_pictures(stored: Stored) -> None:
    first = stored.items("image", "image")[0]
    assert first["meta"] == {"width": 9, "height": 8, "channels": 3}
    assert Pillow.open(io.BytesIO(first["data"])).size == (9, 8)
    assert stored.one("image", "boxes")["meta"]["boxes"] == [{"box": [1.0, 2.0, 5.0, 6.0], "label": "cat"}]
    assert stored.one("figure", "figure")["meta"] == {"width": 200, "height": 100}
    assert stored.one("figure", "figure")["sha256"] == stored.one("figure", "logged/figure")["sha256"]
    assert stored.one("video", "video")["meta"] == {"width": 12, "height": 4, "frames": 3, "fps": 2.0}


def test_words_and_numbers(stored: Stored) -> None:
    assert stored.one("text", "text")["body"] == {"text": "# Words\n\n- ä"}
    assert np.load(io.BytesIO(stored.one("tensor", "tensor")["data"])).tolist() == [[0, 1, 2], [3, 4, 5]]
    raw = stored.one("histogram", "raw")["body"]
    assert (raw["edges"], raw["counts"], raw["num"]) == ([0.0, 1.0, 2.0], [2.0, 3.0], 5.0)
    assert sum(stored.items("histogram", "histogram")[0]["body"]["counts"]) == 8
    assert stored.one("mesh", "mesh")["meta"] == {"vertices": 4, "faces": 1}
    embedding = json.loads(stored.one("embedding", "embedding")["data"])
    assert len(embedding["points"]) == len(embedding["metadata"]) == 20
    assert len(stored.one("pr_curve", "pr")["body"]["recall"]) == 127
    assert stored.items("layout", "custom_scalars")[-1]["body"] == {
        "default": {
            "both": ["Multiline", ["scalars/a", "scalars/b"]],
            "band": ["Margin", ["scalar", "scalars/a", "scalars/b"]],
        },
        "more": {"one": ["Multiline", ["scalar"]]},
    }


@pytest.mark.parametrize(
    ("tag", "form", "op"),
    [
        ("modules", "modules", "Conv2d"),
        ("listed", "onnx", "Conv"),
        ("wrapped", "onnx", "Conv"),
        ("file", "onnx", "Conv"),
        ("traced", "trace", "aten::linalg_eig"),
        ("broken", "modules", "BatchNorm2d"),
    ],
)
def test_graphs(stored: Stored, tag: str, form: str, op: str) -> None:
    item = stored.one("graph", tag)
    assert item["meta"]["format"] == form
    assert op in {node["op"] for node in item["body"]["nodes"]}
    assert item["meta"]["nodes"] == len(item["body"]["nodes"])


def test_graph_has_its_parameters_and_no_weights(stored: Stored) -> None:
    for tag in ("listed", "file"):
        nodes = {node["op"]: node for node in stored.one("graph", tag)["body"]["nodes"]}
        assert nodes["Gemm"]["parameters"] == 10
        assert len(nodes["Gemm"]["inputs"]) == 1
        assert [value["shape"] for value in stored.one("graph", tag)["body"]["inputs"]] == [[2, 3, 8, 8]]


def test_snapshots(training: str, api: Api, tmp_path: Path) -> None:
    kept = api.training(training).snapshots()
    assert sorted(snapshot.name for snapshot in kept) == ["epoch_3.pth", "model_3.pth"]


def test_profile(stored: Stored) -> None:
    trace = stored.one("trace", "profile")
    assert trace["media_type"] == "application/gzip"
    events = json.loads(gzip.decompress(trace["data"]))["traceEvents"]
    assert any("conv" in str(event.get("name")) for event in events)
    assert trace["meta"]["events"] == len(events)
