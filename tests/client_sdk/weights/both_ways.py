"""Run by an interpreter that has torch: makes a checkpoint of everything, and compares two checkpoints bit for bit."""

import sys
from collections import OrderedDict

import torch


def checkpoint():
    base = torch.arange(12, dtype=torch.float32)
    tied = torch.randn(3, 4)
    state = OrderedDict(
        bf16=torch.randn(2, 3).to(torch.bfloat16),
        fp16=torch.randn(4).half(),
        fp8=torch.randn(5).to(torch.float8_e4m3fn),
        scalar=torch.tensor(3.5),
        flags=torch.tensor([True, False]),
        steps=torch.tensor(-(1 << 60)),
        bytes=torch.tensor([1, 255], dtype=torch.uint8),
        words=torch.tensor([1, 65535], dtype=torch.uint16),
        complex=torch.randn(2, dtype=torch.complex64),
        odd=torch.tensor([float("nan"), float("inf"), -0.0]),
        payload=torch.tensor([0x7FC12345], dtype=torch.int32).view(torch.float32),
        tied_a=tied,
        tied_b=tied.view(3, 4),
        transposed=tied.t(),
        slice_a=base[:6],
        slice_b=base[4:].view(2, 4),
        empty=torch.empty(0, 3),
        channels_last=torch.randn(1, 2, 3, 4).to(memory_format=torch.channels_last),
        expanded=torch.ones(1, 3).expand(4, 3),
        parameter=torch.nn.Parameter(torch.ones(2)),
    )
    state._metadata = {"": {"version": 1}}
    return {
        "state_dict": state,
        "optimizer": {"state": {0: {"step": torch.tensor(5.0)}, 1: {}}, "param_groups": [{"betas": (0.9, 0.999)}]},
        "epoch": 3,
        "best": float("nan"),
        "seed": 1 << 70,
        "nothing": None,
        "raw": b"\x00\xff",
        "size": torch.Size([1, 2]),
        "dtype": torch.float16,
        "__pavi__": torch.ones(1),
        "names/with/é": torch.ones(2),
    }


def bits(tensor):
    flat = tensor.detach().contiguous().reshape(-1)
    return flat.view(torch.uint8).tolist() if flat.numel() else []


def compare(one, other, where=""):
    assert type(one) is type(other), (where, type(one), type(other))
    if isinstance(one, torch.Tensor):
        for facts in ("dtype", "shape", "requires_grad"):
            assert getattr(one, facts) == getattr(other, facts), (where, facts)
        assert one.stride() == other.stride(), where
        assert bits(one) == bits(other), where
    elif isinstance(one, dict):
        assert list(one) == list(other), where
        assert getattr(one, "__dict__", None) == getattr(other, "__dict__", None), where
        for key in one:
            compare(one[key], other[key], f"{where}/{key}")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), where
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            compare(left, right, f"{where}/{index}")
    else:
        assert one == other or one != one, (where, one, other)


def same_memory(state):
    state["tied_a"][0, 0] = 99.0
    assert state["tied_b"][0, 0] == 99.0 == state["transposed"][0, 0]
    state["slice_a"][5] = 7.0
    assert state["slice_b"][0, 1] == 7.0


if __name__ == "__main__":
    if sys.argv[1] == "make":
        torch.save(checkpoint(), sys.argv[2])
    elif sys.argv[1] == "make-module":
        torch.save({"module": torch.nn.Linear(1, 1)}, sys.argv[2])
    elif sys.argv[1] == "make-flat":
        torch.save(torch.nn.Linear(3, 2).state_dict(), sys.argv[2])
    else:
        first, second = (torch.load(path, weights_only=True) for path in sys.argv[2:])
        compare(first, second)
        if sys.argv[1] == "compare":
            same_memory(second["state_dict"])
