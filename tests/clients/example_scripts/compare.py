"""Compares two snapshots bit by bit, and prints as JSON how many values they hold and which differ.

python compare.py EXAMPLE_FOLDER ONE OTHER
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, sys.argv[1])

import torch
from classifier import snapshots


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Everything in nested mappings and sequences, with where it is."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}/{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}/{number}")
    elif isinstance(value, torch.Tensor):
        yield path, (str(value.dtype), tuple(value.shape), value.reshape(-1).view(torch.uint8).numpy().tobytes())
    else:
        yield path, value


if __name__ == "__main__":
    one, other = (dict(leaves(snapshots.read(Path(path)), "")) for path in sys.argv[2:])
    differing = [path for path in one.keys() | other.keys() if one.get(path, "none") != other.get(path, "none")]
    tensors = {
        part: sum(path.startswith(f"/{part}/") for path in one) for part in ("model", "optimizer", "random", "scaler")
    }
    print(
        json.dumps(
            {"values": tensors, "differing": sorted(differing), "epoch": one["/epoch"], "iteration": one["/iteration"]}
        )
    )
