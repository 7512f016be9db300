"""Every configuration of the trainer takes one real step: prints facts as JSON, judges nothing.

python families.py EXAMPLE_FOLDER DATA_FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, sys.argv[1])

import torch
from classifier import config, ranks
from classifier.trainer import Trainer
from torch.nn import functional


def step(path: Path, launch: ranks.Ranks) -> dict[str, Any]:
    """Builds what a configuration says and takes one step with four images."""
    overrides = [f"data.root={sys.argv[2]}", "data.batch_size=4", "lr_schedule={type: LinearLR}"]
    trainer = Trainer(config.load(path, overrides), launch)
    images, labels = next(iter(trainer.data.train))
    before = {name: value.detach().clone() for name, value in trainer.model.named_parameters()}
    trainer.model.train()
    scores = trainer.parallel(images)
    loss = functional.cross_entropy(scores, labels)
    taken = trainer.precision.step(loss, trainer.optimizer)
    moved = [not torch.equal(before[name], value) for name, value in trainer.model.named_parameters()]
    return {
        "type": type(trainer.model).__name__,
        "module": type(trainer.model).__module__,
        "images": list(images.shape),
        "scores": list(scores.shape),
        "loss": loss.item(),
        "taken": taken,
        "moved": sum(moved) / len(moved),
        "finite": all(bool(value.isfinite().all()) for value in trainer.model.parameters()),
    }


if __name__ == "__main__":
    with ranks.joined() as launch:
        paths = sorted((Path(sys.argv[1]) / "configs").glob("*_digits.yaml"))
        print(json.dumps({path.stem.removesuffix("_digits"): step(path, launch) for path in paths}))
