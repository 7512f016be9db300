"""Writes checkpoints with the real torch and safetensors, in an environment that has them. Run: real_files.py FOLDER"""

import sys
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file

folder = Path(sys.argv[1])
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 2, bias=False))
state = net.state_dict()
torch.save(state, folder / "plain.pth")
torch.save(state, folder / "legacy.pth", _use_new_zipfile_serialization=False)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
net(torch.rand(5, 4)).sum().backward()
optimizer.step()
checkpoint = {
    "meta": {"epoch": 2, "iter": 8, "mmcv_version": "1.7.2", "config": "a = 1\n" * 2_000},
    "state_dict": OrderedDict((f"module.{key}", value) for key, value in state.items()),
    "optimizer": optimizer.state_dict(),
}
torch.save(checkpoint, folder / "checkpoint.pth")
many = {
    "half": torch.zeros(2, 3, dtype=torch.float16),
    "brain": torch.zeros(1, dtype=torch.bfloat16),
    "eight": torch.zeros(4, dtype=torch.float8_e4m3fn),
    "byte": torch.zeros(3, dtype=torch.uint8),
    "truth": torch.zeros(3, dtype=torch.bool),
    "complex": torch.zeros(2, dtype=torch.complex64),
    "scalar": torch.tensor(1.5),
    "empty": torch.zeros(0, 7),
    "view": torch.arange(24).reshape(2, 3, 4)[:, 1],
    "list": [torch.zeros(1), {"deep": torch.zeros(2, dtype=torch.int16)}],
    "parameter": torch.nn.Parameter(torch.zeros(5)),
    "array": torch.zeros(3, 2).numpy(),
    "sparse": torch.eye(3).to_sparse(),
}
torch.save(many, folder / "many.pt")
torch.save(net, folder / "module.pth")
torch.save({"w": torch.zeros(10_000, 1_000)}, folder / "large.pth")
save_file(
    {"a.weight": torch.zeros(2, 3), "b": torch.zeros(4, dtype=torch.bfloat16)},
    folder / "plain.safetensors",
    {"format": "pt"},
)
