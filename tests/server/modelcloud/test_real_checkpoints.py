"""Checkpoints that the real torch, safetensors and numpy wrote: every tensor is found as they say it is."""

import io
import pickle
import subprocess
from pathlib import Path

import numpy as np
import pytest

from server.modelcloud.formats import reading
from server.modelcloud.formats.window import Window
from tests.clients.environments import EXAMPLE

NET = {
    "0.weight": ([3, 4], "float32"),
    "0.bias": ([3], "float32"),
    "1.weight": ([3], "float32"),
    "1.bias": ([3], "float32"),
    "1.running_mean": ([3], "float32"),
    "1.running_var": ([3], "float32"),
    "1.num_batches_tracked": ([], "int64"),
    "2.weight": ([2, 3], "float32"),
}


class Counted:
    """A file on disk, and how many of its bytes were fetched."""

    def __init__(self, data: bytes) -> None:
        self.data, self.fetched = data, 0

    def window(self) -> Window:
        return Window(self._fetch, len(self.data))

    def _fetch(self, start: int, stop: int) -> bytes:
        self.fetched += stop - start
        return self.data[start:stop]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    script = Path(__file__).parent / "real_files.py"
    subprocess.run([EXAMPLE.python(), script, folder], check=True, timeout=150)
    return folder


def found(data: bytes, name: str) -> dict:
    return reading.read(Counted(data).window(), name).as_json()


def tensors(answer: dict) -> dict:
    return {tensor["name"]: (tensor["shape"], tensor["dtype"]) for tensor in answer["tensors"]}


@pytest.mark.parametrize(("name", "kind"), [("plain.pth", "torch"), ("legacy.pth", "torch (before 1.6)")])
def test_a_state_dict(files, name, kind):
    answer = found((files / name).read_bytes(), name)
    assert (answer["format"], tensors(answer)) == (kind, NET)
    assert answer["parameters"] == 12 + 3 * 5 + 1 + 6
    assert not answer["dangerous"]
    assert not answer["truncated"]
    assert {"name": "torch._utils._rebuild_tensor_v2", "dangerous": False} in answer["globals"]


def test_a_whole_checkpoint_with_its_optimizer(files):
    answer = found((files / "checkpoint.pth").read_bytes(), "checkpoint.pth")
    listed = tensors(answer)
    assert {key: value for key, value in listed.items() if key.startswith("state_dict.")} == {
        f"state_dict.module.{key}": value for key, value in NET.items()
    }
    assert listed["optimizer.state.0.momentum_buffer"] == ([3, 4], "float32")
    assert not answer["dangerous"]


def test_every_kind_of_tensor(files):
    answer = found((files / "many.pt").read_bytes(), "many.pt")
    assert tensors(answer) == {
        "half": ([2, 3], "float16"),
        "brain": ([1], "bfloat16"),
        "eight": ([4], "float8_e4m3fn"),
        "byte": ([3], "uint8"),
        "truth": ([3], "bool"),
        "complex": ([2], "complex64"),
        "scalar": ([], "float32"),
        "empty": ([0, 7], "float32"),
        "view": ([2, 4], "int64"),
        "list.0": ([1], "float32"),
        "list.1.deep": ([2], "int16"),
        "parameter": ([5], "float32"),
        "array": ([3, 2], "float32"),
        "sparse": ([3, 3], "float32"),
    }
    assert not answer["dangerous"], answer["globals"]


def test_a_whole_module_is_listed_and_marked(files):
    """Its classes are imported when it is loaded, whatever they are then."""
    answer = found((files / "module.pth").read_bytes(), "module.pth")
    assert tensors(answer) == NET
    assert {"name": "torch.nn.modules.linear.Linear", "dangerous": True} in answer["globals"]


def test_only_the_description_of_a_large_file_is_fetched(files):
    file = Counted((files / "large.pth").read_bytes())
    assert len(file.data) > 40_000_000
    assert len(reading.read(file.window(), "large.pth").tensors) == 1
    assert file.fetched < 300_000


def test_safetensors(files):
    answer = found((files / "plain.safetensors").read_bytes(), "plain.safetensors")
    assert tensors(answer) == {"a.weight": ([2, 3], "float32"), "b": ([4], "bfloat16")}
    assert answer["metadata"] == {"format": "pt"}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed], ids=["stored", "compressed"])
def test_numpy_archives(save):
    out = io.BytesIO()
    save(out, a=np.zeros((2, 3)), b=np.zeros(0, "<i2"), c=np.array(True), d=np.zeros(2, [("x", "f4"), ("y", "i4")]))
    assert tensors(found(out.getvalue(), "x.npz")) == {
        "a": ([2, 3], "float64"),
        "b": ([0], "int16"),
        "c": ([], "bool"),
        "d": ([2], "structured"),
    }


def test_a_numpy_array():
    out = io.BytesIO()
    np.save(out, np.zeros((4, 5), "f2"))
    assert tensors(found(out.getvalue(), "x.npy")) == {"(the array)": ([4, 5], "float16")}


@pytest.mark.parametrize("protocol", range(6))
def test_pickled_numpy_arrays_of_every_protocol(protocol):
    weights = {"blobs": {"conv1_w": np.zeros((300, 70), "f4"), "fc": np.zeros(3, "i8")}, "author": "x"}
    file = Counted(pickle.dumps(weights, protocol=protocol))
    answer = reading.read(file.window(), "weights.pkl").as_json()
    assert tensors(answer) == {"blobs.conv1_w": ([300, 70], "float32"), "blobs.fc": ([3], "int64")}
    assert not answer["dangerous"], answer["globals"]
    if protocol >= 3:  # before, bytes travel as text
        assert file.fetched < 20_000
