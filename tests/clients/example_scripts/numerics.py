"""What the trainer's parts compute, measured beside torch's own: prints facts as JSON, judges nothing.

python numerics.py EXAMPLE_FOLDER DATA_FOLDER
"""

import itertools
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, sys.argv[1])

import numpy as np
import torch
from classifier import data, metrics
from classifier.precision import Precision
from classifier.ranks import Ranks
from classifier.schedules import SCHEDULES
from torch import nn
from torch.nn import functional
from torch.optim import lr_scheduler as theirs

CPU = torch.device("cpu")
ALONE = Ranks(0, 1, CPU)


def schedules() -> dict[str, float]:
    """The largest difference to torch's schedulers over a training of 60 iterations, 6 an epoch."""

    def rates(make: Any) -> list[float]:
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
        scheduler, found = make(optimizer), []
        for _ in range(60):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        return found

    def warmed(optimizer: Any, main: Any) -> Any:
        ramp = theirs.LinearLR(optimizer, 0.25, 1.0, total_iters=12)
        return theirs.SequentialLR(optimizer, [ramp, main], [12])

    cases = {
        "MultiStepLR": ({"milestones": [2, 5], "gamma": 0.3}, lambda o: theirs.MultiStepLR(o, [12, 30], 0.3)),
        "EpochStepLR": ({"every": 3, "gamma": 0.3}, lambda o: theirs.StepLR(o, 18, 0.3)),
        "LinearLR": ({"final_factor": 0.05}, lambda o: theirs.LinearLR(o, 1.0, 0.05, total_iters=60)),
        "CosineLR": ({"final_factor": 0.05}, lambda o: theirs.CosineAnnealingLR(o, 60, eta_min=0.05)),
        "CosineLR warmed up": (
            {"warmup_epochs": 2, "warmup_factor": 0.25},
            lambda o: warmed(o, theirs.CosineAnnealingLR(o, 48)),
        ),
        "LinearLR warmed up": (
            {"final_factor": 0.1, "warmup_epochs": 2, "warmup_factor": 0.25},
            lambda o: warmed(o, theirs.LinearLR(o, 1.0, 0.1, total_iters=48)),
        ),
    }
    differences = {}
    for name, (keywords, make) in cases.items():
        ours = SCHEDULES[name.split()[0]](epochs=10, per_epoch=6, **keywords)
        differences[name] = max(abs(ours.factor(i) - rate) for i, rate in enumerate(rates(make)))
    return differences


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3))


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(16, 1, 8, 8, generator=generator), torch.randint(0, 3, (16,), generator=generator)


def train(steps: int, lr: float = 0.05, **amp: Any) -> tuple[nn.Module, Precision, Any, list[float]]:
    model = network()
    precision = Precision(model, CPU, **amp)
    optimizer = torch.optim.SGD(precision.parameters, lr=lr, momentum=0.9)
    images, labels = batch()
    losses = []
    for _ in range(steps):
        with precision.autocast():
            scores = model(images)
        loss = functional.cross_entropy(scores.float(), labels)
        precision.step(loss, optimizer)
        losses.append(loss.item())
    return model, precision, optimizer, losses


def learning() -> dict[str, list[float]]:
    """First and last loss of 30 steps on one batch, in every precision."""
    kinds = {
        "fp32": {},
        "bf16": {"dtype": "bf16"},
        "fp16": {"dtype": "fp16"},
        "bf16 masters": {"dtype": "bf16", "master_weights": True},
        "fp16 masters": {"dtype": "fp16", "master_weights": True},
    }
    return {name: [losses[0], losses[-1]] for name, amp in kinds.items() for *_, losses in [train(30, **amp)]}


def bits(values: Any) -> list[bytes]:
    return [value.detach().clone().reshape(-1).view(torch.uint8).numpy().tobytes() for value in values]


def skipping(masters: bool) -> list[dict[str, Any]]:
    """Good and overflowing steps by turns. The scale may double after two good ones."""
    amp = {"dtype": "fp16", "master_weights": masters, "initial_scale": 1024.0, "growth_interval": 2}
    model, precision, optimizer, _ = train(1, **amp)
    images, labels = batch()
    found = []
    for good in (False, True, True, False, False, True):
        everything = [*model.parameters(), *precision.parameters]
        everything += [state["momentum_buffer"] for state in optimizer.state.values()]
        before, scale = bits(everything), precision.scale
        with precision.autocast():
            scores = model(images)
        loss = functional.cross_entropy(scores.float(), labels)
        taken = precision.step(loss if good else loss * 1e30, optimizer)  # gradients beyond half's 65,504
        found.append({
            "good": good, "taken": taken, "changed": bits(everything) != before, "scales": [scale, precision.scale],
            "finite": all(bool(value.isfinite().all()) for value in everything),
            "left": sum(value.grad is not None for value in [*model.parameters(), *precision.parameters]),
        })  # fmt: skip
    return found


def masters() -> dict[str, Any]:
    """Steps that are smaller than what half can tell apart add up in the masters, and reach the half weights then."""
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, 1.0)
    precision = Precision(model, CPU, dtype="bf16", master_weights=True)
    optimizer = torch.optim.SGD(precision.parameters, lr=1e-3)
    weights = []
    for _ in range(10):
        with precision.autocast():
            out = model(torch.ones(1, 1))
        precision.step(out.float().sum(), optimizer)
        weights.append(model.weight.item())
    big, half, *_ = train(3, dtype="fp16", master_weights=True)
    saved = {name: value.clone() for name, value in half.weights().items()}
    full = Precision(network(), CPU)
    full.load_weights(saved)
    again = Precision(network(), CPU, dtype="fp16", master_weights=True)
    again.load_weights(saved)
    return {
        "master": precision.parameters[0].item(),
        "half": weights,
        "rounded": precision.parameters[0].detach().bfloat16().item(),
        "model dtypes": sorted({str(value.dtype) for value in big.parameters()}),
        "normalisation": str(big[1].weight.dtype),
        "saved dtypes": sorted({str(value.dtype) for value in saved.values()}),
        "into float32": bits(full.weights().values()) == bits(saved.values()),
        "into half": bits(again.weights().values()) == bits(saved.values()),
        "rounds": bits([value.half() for value in (saved["0.weight"], saved["4.bias"])])
        == bits([big[0].weight, big[4].bias]),
    }


def reading(root: str) -> dict[str, Any]:
    """One file through both readers: as it is, enlarged, and moved."""
    readers = {name: made() for name, made in data.READERS.items()}
    path = next(iter(sorted(Path(root).glob("train/7/*.png"))))
    plain = {name: reader.read(path, 8, 1) for name, reader in readers.items()}
    large = {name: reader.read(path, 32, 3).astype(int) for name, reader in readers.items()}
    still = np.array([[1.0, 0, 0], [0, 1, 0]])
    right = np.array([[1.0, 0, -1], [0, 1, 0]])  # a pixel comes from one to its left
    turn = data.Augment(rotate=20, shift=0.1, scale=0.1).inverse(32, np.random.default_rng(0))
    found: dict[str, Any] = {
        "range": [int(plain["pillow"].min()), int(plain["pillow"].max())],
        "same pixels": bool((plain["pillow"] == plain["opencv"]).all()),
        "large": list(large["pillow"].shape),
        "large apart": float(np.abs(large["pillow"] - large["opencv"]).mean()),
    }
    turned = {}
    for name, reader in readers.items():
        image = plain[name]
        found[f"{name} still"] = bool((reader.warp(image, still) == image).all())
        moved = reader.warp(image, right)
        found[f"{name} right"] = bool((moved[:, 1:] == image[:, :-1]).all() and not moved[:, 0].any())
        turned[name] = reader.warp(large[name].astype(np.uint8), turn).astype(int)
    found["turned apart"] = float(np.abs(turned["pillow"] - turned["opencv"]).mean())
    found["turned at all"] = float(np.abs(turned["pillow"] - large["pillow"]).mean())
    half = [data.Augment(flip=True).inverse(8, np.random.default_rng(seed)) for seed in range(20)]
    mirrored = [readers["opencv"].warp(plain["opencv"], one) for one in half]
    found["mirrored"] = sum(bool((one == plain["opencv"][:, ::-1]).all()) for one in mirrored)
    found["not mirrored"] = sum(bool((one == plain["opencv"]).all()) for one in mirrored)
    return found


def loading(root: str) -> dict[str, Any]:
    """Batches by workers, epochs and ranks."""

    def batches(epoch: int, rank: int = 0, world_size: int = 1, **keywords: Any) -> list[Any]:
        made = data.build(
            3,
            Ranks(rank, world_size, CPU),
            root=root,
            size=8,
            channels=1,
            augment={"rotate": 10, "shift": 0.1},
            **keywords,
        )
        made.set_epoch(epoch)
        return list(itertools.islice(made.train, 5))

    def same(one: list[Any], other: list[Any]) -> bool:
        return all(torch.equal(a[0], b[0]) and torch.equal(a[1], b[1]) for a, b in zip(one, other, strict=True))

    here = batches(1)
    shares = [data.build(0, Ranks(rank, 3, CPU), root=root, size=8, channels=1).val for rank in range(3)]
    seen = [index for share in shares for index in share.dataset.indices]
    return {
        "again": same(here, batches(1)),
        "by workers": same(here, batches(1, workers=2)),
        "another epoch": same(here, batches(2)),
        "another rank": same(batches(1, 0, 2), batches(1, 1, 2)),
        "seen once": sorted(seen) == list(range(len(shares[0].dataset.dataset))),
        "val": len(seen),
    }


def measuring() -> dict[str, Any]:
    """A meter of two batches beside a count by hand."""
    generator = torch.Generator().manual_seed(2)
    scores, labels = torch.randn(50, 10, generator=generator), torch.randint(0, 10, (50,), generator=generator)
    meter = metrics.Meter()
    meter.add(scores[:30], labels[:30])
    meter.add(scores[30:], labels[30:])
    found = meter.take(ALONE)
    order = [sorted(range(10), key=lambda k, row=row: -row[k]) for row in scores.tolist()]
    hits = [[label in row[:k] for row, label in zip(order, labels.tolist(), strict=True)] for k in (1, 5)]
    few = metrics.top_k(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([0, 0]), 5)
    return {
        "meter": [found.top1, found.top5, found.loss, found.images],
        "by hand": [sum(hits[0]) / 50, sum(hits[1]) / 50, functional.cross_entropy(scores, labels).item(), 50],
        "fewer classes than five": few.tolist(),
    }


if __name__ == "__main__":
    root = sys.argv[2]
    facts = {"schedules": schedules(), "learning": learning(), "masters": masters(), "measuring": measuring()}
    facts |= {"skipping": skipping(False), "skipping masters": skipping(True)}
    print(json.dumps(facts | {"reading": reading(root), "loading": loading(root)}))
