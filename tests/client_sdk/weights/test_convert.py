"""``pavi convert-weights`` with a real torch, both ways, bit for bit; and what it refuses."""

import json
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


_MANY = """
import json, sys
from click.testing import CliRunner
from pavi.cli.root import root

done = [CliRunner().invoke(root, ["convert-weights", *arguments]) for arguments in json.loads(sys.argv[1])]
print(json.dumps([(one.exit_code, one.stdout, one.stderr) for one in done]))
"""


def convert_many(*jobs: tuple[Path, Path, str]) -> list[tuple[int, str, str]]:
    """The same command several times in one interpreter, because importing torch takes seconds."""
    arguments = json.dumps([["-i", str(source), "-o", str(target), to] for source, target, to in jobs])
    done = subprocess.run([TORCH.python(), "-c", _MANY, arguments], check=True, capture_output=True, timeout=120)
    return [(code, out, err) for code, out, err in json.loads(done.stdout)]


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
    there = (tmp_path / "in.pth", tmp_path / "out.npz", "--to-numpy")
    back = (tmp_path / "out.npz", tmp_path / "back.pth", "--to-tensor")
    assert [code for code, *_ in convert_many(there, back)] == [0, 0]
    with np.load(tmp_path / "out.npz", allow_pickle=False) as arrays:
        assert {name: arrays[name].shape for name in arrays.files if name != "__pavi__"} == {
            "weight": (2, 3),
            "bias": (2,),
        }
    script("compare-flat", tmp_path / "in.pth", tmp_path / "back.pth")


def test_arrays_of_others(tmp_path: Path) -> None:
    np.savez(tmp_path / "in.npz", a=np.arange(3), b=np.array(2.0, ">f4"), c=np.array([True]))
    there = (tmp_path / "in.npz", tmp_path / "out.pth", "--to-tensor")
    back = (tmp_path / "out.pth", tmp_path / "back.npz", "--to-numpy")
    assert all("3 tensors" in out for _, out, _ in convert_many(there, back))
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
    refused = (
        ("bomb.pth", "--to-numpy", "mkdir"),
        ("bomb.npz", "--to-tensor", "objects"),
        ("module.pth", "--to-numpy", "torch.nn.modules.linear.Linear"),
        ("module.pth", "--to-tensor", "no .npz"),
        ("rubbish", "--to-numpy", "rubbish"),
        ("rubbish", "--to-tensor", "no .npz"),
    )
    for (code, out, err), (name, to, hint) in zip(
        convert_many(*((tmp_path / name, target, to) for name, to, _ in refused)), refused, strict=True
    ):
        assert (code, out, err.count("\n")) == (1, "", 1), (name, to, err)
        assert hint in err
    assert not target.exists()
    assert not trace.exists()
