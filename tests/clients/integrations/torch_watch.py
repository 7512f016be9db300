"""Histograms while a plain loop trains: plain, compiled and distributed models, and what is not due."""

import json
import os

import numpy as np
import torch

import pavi
from pavi.integrations.torch import _histograms, unwatch, watch

expected = {}
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(5, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
training = pavi.init(name="watched")
watch(model, training, log="all", every=3, graph=True, example=torch.zeros(2, 5))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
stranger = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
x = torch.rand(16, 5)
for step in range(7):
    optimizer.zero_grad()
    loss = model(x).square().mean()
    loss.backward()
    if step % 3 == 0:
        expected[step] = {
            "gradient": np.histogram(model[0].weight.grad.numpy(), 64)[0].tolist(),
            "sum": float(model[0].weight.detach().double().sum()),
        }
    optimizer.step()
    stranger.step()
    training.log({"loss": loss}, step)
unwatch(model)
optimizer.step()

# Counting agrees with numpy for every type, beyond one piece, and passes over what is not finite.
checked = 0
for tensor in (
    torch.randn(5_000_000),
    torch.randn(1000, dtype=torch.float64),
    torch.randn(1000).bfloat16(),
    torch.randn(1000).half(),
    torch.tensor([1.0, float("nan"), 3.0, float("inf"), -float("inf")]),
    torch.full((7,), 2.5),
    torch.tensor([-3e38, 3e38]),
):
    (found,) = _histograms({"x": tensor}, 32).values()
    values = tensor.double().numpy()
    values = values[np.isfinite(values)]
    assert sum(found.counts) == values.size == found.number, tensor
    assert (found.low, found.high) == (values.min(), values.max()), tensor
    assert np.isclose(found.total, values.sum()), tensor
    assert np.isclose(found.squares, (values**2).sum()), tensor
    counts, edges = np.histogram(values, 32)
    assert np.allclose(edges, found.edges), tensor
    assert np.abs(counts - found.counts).sum() <= max(2, values.size // 10_000), tensor  # float32 edges
    checked += 1
assert _histograms({"x": torch.full((3,), float("nan"))}, 8) == {"x": None}
assert _histograms({"x": torch.zeros(0)}, 8) == {}

os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "0", "RANK": "0", "WORLD_SIZE": "1"}
torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
wrapped = torch.nn.parallel.DistributedDataParallel(torch.compile(model, backend="eager"))
held = watch(wrapped, training, every=1, first_step=100)
optimizer = torch.optim.Adam(wrapped.parameters())
wrapped(x).mean().backward()
optimizer.step()
held.take(200)
held.remove()
torch.distributed.destroy_process_group()

training.finish()
print(json.dumps({"id": training.id, "expected": expected, "checked": checked}))
