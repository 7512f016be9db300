"""A real mmengine Runner whose config names the backend by its type. Arguments: work folder, then what happens.

``train`` trains, validates, keeps checkpoints and tests afterwards; ``crash`` uses a `Visualizer` alone, and then a
Runner that raises in its third iteration.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.registry import HOOKS, METRICS, MODELS
from mmengine.runner import Runner
from mmengine.visualization import Visualizer
from torch.utils.data import Dataset

folder, what = sys.argv[1:]
CONFIG = f"""
custom_imports = dict(imports=['pavi.integrations.mmengine'])
work_dir = {folder!r}
model = dict(type='Line', width=3)
train_dataloader = dict(
    batch_size=2, num_workers=0, dataset=dict(type='Points'), sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='default_collate'))
val_dataloader = train_dataloader
test_dataloader = train_dataloader
train_cfg = dict(by_epoch=True, max_epochs=2, val_interval=1)
val_cfg = dict()
test_cfg = dict()
val_evaluator = dict(type='Distance')
test_evaluator = val_evaluator
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.01))
default_hooks = dict(
    logger=dict(type='LoggerHook', interval=1),
    checkpoint=dict(type='CheckpointHook', interval=1, save_best='distance', rule='less'))
custom_hooks = [dict(type='PaviSnapshotHook'), dict(type='Accident'), dict(type='Pictures')]
visualizer = dict(type='Visualizer', vis_backends=[
    dict(type='LocalVisBackend'), dict(type='PaviVisBackend', init_kwargs=dict(tags=['mm']))])
log_level = 'WARNING'
"""


class Points(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, index):
        return {"inputs": torch.full((3,), float(index)), "target": torch.tensor([float(index)])}


@MODELS.register_module()
class Line(BaseModel):
    def __init__(self, width):
        super().__init__()
        self.line = torch.nn.Linear(width, 1)
        torch.nn.init.constant_(self.line.weight, 0.1)
        torch.nn.init.zeros_(self.line.bias)

    def forward(self, inputs, target, mode="tensor"):
        out = self.line(inputs)
        return {"loss": (out - target).abs().mean()} if mode == "loss" else [out]


@METRICS.register_module()
class Distance(BaseMetric):
    default_prefix = None

    def process(self, data_batch, data_samples):
        self.results.append(float((data_samples[0] - data_batch["target"]).abs().mean()))

    def compute_metrics(self, results):
        return {"distance": sum(results) / len(results)}


@HOOKS.register_module()
class Accident(Hook):
    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        if what == "crash" and runner.iter == 2:
            raise RuntimeError("the disk is full")


def red_picture():
    picture = np.zeros((4, 6, 3), np.uint8)
    picture[..., 0] = 255  # mmengine's pictures are RGB
    return picture


@HOOKS.register_module()
class Pictures(Hook):
    def after_test_epoch(self, runner, metrics=None):
        runner.visualizer.add_image("test/picture", red_picture(), step=2)
        runner.visualizer.add_graph(runner.model, None)
        runner.visualizer.add_scalar("test/distance", metrics["distance"], step=2)


def visualizer_alone():
    import pavi.integrations.mmengine  # noqa: F401  # registers the backend

    backend = {"type": "PaviVisBackend", "init_kwargs": {"name": "alone"}}
    visualizer = Visualizer(vis_backends=[backend])  # also without a folder
    visualizer.add_image("red", red_picture(), step=7)
    visualizer.add_scalar("acc", np.float32(0.5), step=1)
    visualizer.add_scalars({"acc": 0.25, "time": 3.0}, step=2)
    visualizer.close()


if __name__ == "__main__":
    if what == "crash":
        visualizer_alone()
    from mmengine.registry import DATASETS

    DATASETS.register_module(module=Points)
    if "RANK" in os.environ:  # mmengine's own launcher asks for a GPU
        torch.distributed.init_process_group("gloo")
    path = Path(folder) / f"line_{os.environ.get('RANK', '0')}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(CONFIG)
    runner = Runner.from_cfg(Config.fromfile(path))
    runner.train()
    (backend,) = [one for one in runner.visualizer._vis_backends.values() if type(one).__name__ == "PaviVisBackend"]
    first = backend._writer.training.id if backend._writer else None
    runner.test()
    print("rank", os.environ.get("RANK"), "has begun a training:", first is not None, file=sys.stderr)
    if first is not None:
        local = [
            json.loads(line) for line in Path(runner._log_dir, "vis_data", "scalars.json").read_text().splitlines()
        ]
        print(json.dumps({"id": backend.experiment.training.id, "first": first, "local": local}))
