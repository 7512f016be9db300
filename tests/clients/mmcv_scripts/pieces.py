"""A tiny model and a training with mmcv's own runner and hooks, for every version that has `PaviLoggerHook`.

Owns what differs between versions. Knows nothing of Pavi but what a user's config says.
"""

import logging
from pathlib import Path

import mmcv
import torch
from mmcv import runner as runners

VERSION = tuple(int(part) for part in mmcv.__version__.split(".")[:2])


class Pictures(torch.utils.data.Dataset):
    """Three-channel pictures of 4 × 4 with a label."""

    def __init__(self, count):
        generator = torch.Generator().manual_seed(0)
        self.pictures = torch.rand(count, 3, 4, 4, generator=generator)

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, index):
        return {"img": self.pictures[index], "label": index % 2}


def collate(items):
    batch = torch.utils.data.default_collate(items)
    if VERSION >= (1, 6):  # on a machine without a GPU, this is how mmcv's pipelines hand tensors to its scatter()
        from mmcv.parallel import DataContainer

        return {key: DataContainer([value], cpu_only=True) for key, value in batch.items()}
    return batch


def loader(iterations):
    return torch.utils.data.DataLoader(Pictures(iterations * 2), batch_size=2, collate_fn=collate)


class Net(torch.nn.Module):
    """A model as classification frameworks for mmcv have it."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3)
        self.head = torch.nn.Linear(16, 2)

    def forward(self, img):
        return self.head(torch.relu(self.conv(img)).flatten(1))

    def step(self, data):
        img, label = (getattr(data[key], "data", data[key]) for key in ("img", "label"))
        img, label = (value[0] if isinstance(value, list) else value for value in (img, label))
        scores = self(img)
        loss = torch.nn.functional.cross_entropy(scores, label)
        accuracy = (scores.argmax(1) == label).float().mean()
        return {"loss": loss, "log_vars": {"loss": loss.item(), "acc": accuracy.item()}, "num_samples": len(img)}

    def train_step(self, data, optimizer, **kwargs):
        return self.step(data)

    def val_step(self, data, optimizer=None, **kwargs):
        return self.step(data)


def make_runner(work_dir, *, epochs=None, iterations=None, meta=None):
    """The runner of the installed version, by epochs or by iterations."""
    torch.manual_seed(0)
    Path(work_dir).mkdir(parents=True, exist_ok=True)
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    if VERSION < (1, 0):
        return runners.Runner(
            model, lambda model, data, train_mode, **_: model.step(data), optimizer, work_dir=str(work_dir)
        )
    logger = logging.getLogger("training")
    logger.setLevel(logging.INFO)
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler())
    kind, limit = (
        (runners.EpochBasedRunner, {"max_epochs": epochs})
        if epochs
        else (runners.IterBasedRunner, {"max_iters": iterations})
    )
    try:
        return kind(model, optimizer=optimizer, work_dir=str(work_dir), logger=logger, meta=meta, **limit)
    except TypeError:  # versions that take the limit in run()
        return kind(model, optimizer=optimizer, work_dir=str(work_dir), logger=logger, meta=meta)


def register(runner, log_config, *, checkpoints=1, by_epoch=True):
    """Registers the hooks that a config names."""
    checkpoint = {"interval": checkpoints} if by_epoch else {"interval": checkpoints, "by_epoch": False}
    runner.register_training_hooks({"policy": "fixed"}, {"grad_clip": None}, checkpoint, log_config)


def run(runner, loaders, workflow, *, epochs=None, iterations=None):
    """`runner.run` as the version wants it."""
    if VERSION < (1, 0):
        runner.run(loaders, workflow, epochs)
    else:
        runner.run(loaders, workflow)
