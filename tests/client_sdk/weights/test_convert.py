"""``pavi convert-weights`` with a real torch, both ways, bit for bit; and what it refuses."""

import os
import pickle
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.clients.environments import TORCH

pytestmark = pytest.mark.slow
_SCRIPT = Path(__file__).with_name("both_ways.py")


def script(*arguments: object) -> None:
    subprocess.run([TORCH.python(), _SCRIPT, *map(str, arguments)], check=True, timeout=120)


def convert(source: Path, target: Path, to: str) -> subprocess.CompletedProcess[str]:
    command = [str(TORCH.python()), "-m", "pavi", "convert-weights", "-i", str(source), "-o", str(target), to]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_there_and_back(tmp_path: Path) -> None:
    script("make", tmp_path / "in.pth")
    done = convert(tmp_path / "in.pth", tmp_path / "out.npz", "--to-numpy")
    assert done.returncode == 0, done.stderr
    assert "23 tensors" in done.stdout
    assert "epoch = 3" in done.stdout
    with np.load(tmp_path / "out.npz", allow_pickle=False) as arrays:
        assert arrays["state_dict/scalar"] == np.float32(3.5)
        assert arrays["state_dict/scalar"].shape == ()
        assert arrays["state_dict/bf16"].dtype == np.uint16
        assert arrays["state_dict/words"].tolist() == [1, 65535]
        assert "state_dict/tied_b" not in arrays.files  # the same memory is stored once
    done = convert(tmp_path / "out.npz", tmp_path / "back.pth", "--to-tensor")
    assert done.returncode == 0, done.stderr
    assert "23 tensors" in done.stdout
    script("compare", tmp_path / "in.pth", tmp_path / "back.pth")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.pth", "in.pth", "out.npz"]


def test_a_module_state_dict_has_its_own_names(tmp_path: Path) -> None:
    script("make-flat", tmp_path / "in.pth")
    assert convert(tmp_path / "in.pth", tmp_path / "out.npz", "--to-numpy").returncode == 0
    with np.load(tmp_path / "out.npz", allow_pickle=False) as arrays:
        assert {name: arrays[name].shape for name in arrays.files if name != "__pavi__"} == {
            "weight": (2, 3),
            "bias": (2,),
        }
    assert convert(tmp_path / "out.npz", tmp_path / "back.pth", "--to-tensor").returncode == 0
    script("compare-flat", tmp_path / "in.pth", tmp_path / "back.pth")


def test_arrays_of_others(tmp_path: Path) -> None:
    np.savez(tmp_path / "in.npz", a=np.arange(3), b=np.array(2.0, ">f4"), c=np.array([True]))
    assert "3 tensors" in convert(tmp_path / "in.npz", tmp_path / "out.pth", "--to-tensor").stdout
    assert convert(tmp_path / "out.pth", tmp_path / "back.npz", "--to-numpy").returncode == 0
    with np.load(tmp_path / "back.npz", allow_pickle=False) as arrays:
        assert (arrays["a"].tolist(), arrays["b"].tolist(), arrays["c"].tolist()) == ([0, 1, 2], 2.0, [True])
        assert arrays["a"].dtype == np.int64


class Bomb:
    """Something that would leave a file behind if it were unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (str(self.trace),))


def test_what_is_refused(tmp_path: Path) -> None:
    trace, target = tmp_path / "ran", tmp_path / "target"
    (tmp_path / "bomb.pth").write_bytes(pickle.dumps({"a": Bomb(trace)}, protocol=2))
    np.savez(tmp_path / "bomb.npz", a=np.array([Bomb(trace)], dtype=object))
    (tmp_path / "rubbish").write_bytes(b"rubbish")
    script("make-module", tmp_path / "module.pth")
    for name, to, hint in (
        ("bomb.pth", "--to-numpy", "mkdir"),
        ("bomb.npz", "--to-tensor", "objects"),
        ("module.pth", "--to-numpy", "torch.nn.modules.linear.Linear"),
        ("module.pth", "--to-tensor", "no .npz"),
        ("rubbish", "--to-numpy", "rubbish"),
        ("rubbish", "--to-tensor", "no .npz"),
    ):
        done = convert(tmp_path / name, target, to)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), (name, done.stderr)
        assert hint in done.stderr, done.stderr
        assert not target.exists()
    assert not trace.exists()
