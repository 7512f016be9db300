"""The training loop: puts model, data, optimizer and schedule together, and tells monitor and saver.

Every rank runs it alike. The monitor writes on rank 0 only by itself; snapshots are saved by rank 0 here.
"""

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

import pavi.monitor
import pavi.saver
from classifier import data, models, snapshots
from classifier.config import ConfigError, called
from classifier.evaluation import Mistakes, evaluate
from classifier.metrics import Meter, Result
from classifier.precision import Precision
from classifier.ranks import Ranks
from classifier.schedules import SCHEDULES, Schedule
from pavi.exception import PaviError
from pavi.monitor import Monitor
from pavi.saver import Saver

__all__ = ["OPTIMIZERS", "Trainer", "run"]

OPTIMIZERS = {name: getattr(torch.optim, name) for name in ("SGD", "Adam", "AdamW", "RMSprop")}


def run(config: dict[str, Any], ranks: Ranks) -> Result | None:
    """Trains as ``config`` says, from the beginning or from a snapshot.

    Returns:
        The last evaluation; None when the snapshot was the end already.

    Raises:
        ConfigError, pavi.exception.BadSetting: the configuration makes no sense.
    """
    trainer = Trainer(config, ranks)
    found = snapshots.find(config["resume"], pavi.saver.build(config["saver"]), ranks)
    known: dict[str, Any] = {}
    if found is not None:
        state = snapshots.read(found)
        trainer.load_state_dict(state)
        known = {"id": state["monitor"], "resume": "allow", "purge_step": trainer.iteration + 1}
        trainer.say(f"goes on after epoch {trainer.epoch}, iteration {trainer.iteration}, from {found.name}")
    model = config["model"]["type"]
    with pavi.monitor.build(config["monitor"], config=config, name=model, model=model, **known) as monitor:
        if found is not None and hasattr(monitor, "training"):  # a Pavi training, as TensorBoard's purge_step
            monitor.training.rewind(trainer.iteration)
        return trainer.fit(monitor, pavi.saver.build(config["saver"], training=monitor.id))


class Trainer:
    """Everything that changes while training, and the loop.

    Attributes:
        epoch, iteration: how many are done.
        best: highest top-1 so far.
    """

    def __init__(self, config: dict[str, Any], ranks: Ranks) -> None:
        self.config, self.ranks = config, ranks
        self.epoch = self.iteration = self.skipped = 0
        self.best = -1.0
        seed = config["seed"]
        self.data = called("data", data.build, seed, ranks, **config["data"])
        _seed(seed)
        self.model = called("model", models.build, len(self.data.classes), self.data.channels, **config["model"])
        self.model.to(ranks.device)
        self.precision = called("amp", Precision, self.model, ranks.device, **config["amp"])
        self.parallel: nn.Module = self.model
        if ranks.world_size > 1:
            devices = [ranks.device] if ranks.device.type == "cuda" else None
            self.parallel = DistributedDataParallel(self.model, device_ids=devices)
        self.optimizer, self.clip_norm = _optimizer(self.precision, config["optimizer"])
        self.schedule = _schedule(config, len(self.data.train))
        _seed(seed + ranks.rank)  # other dropout on every rank

    def fit(self, monitor: Monitor, saver: Saver) -> Result | None:
        """Trains what is left of the epochs; every one is evaluated."""
        result = None
        epochs = self.config["max_epochs"]
        while self.epoch < epochs:
            self._train_epoch(monitor)
            self.epoch += 1
            mistakes = Mistakes()
            self.ranks.share_buffers(self.model)
            result = evaluate(self.model, self.data, self.precision, self.ranks, mistakes)
            better = result.top1 > self.best
            self.best = max(self.best, result.top1)
            values = {"loss": result.loss, "top1": result.top1, "top5": result.top5, "epoch": self.epoch}
            monitor.add_scalars("val", values, self.iteration)
            picture = mistakes.picture(self.data)
            if picture is not None:
                monitor.add_image("val/mistakes", picture, self.iteration)
            self.say(f"epoch {self.epoch:3d}  loss {result.loss:.4f}  top-1 {result.top1:.4f}  top-5 {result.top5:.4f}")
            if self.epoch % self.config["save_interval"] == 0 or self.epoch == epochs:
                self._save(monitor, saver, better=better)
        return result

    def state_dict(self, monitor_id: str | None) -> dict[str, Any]:
        """All that a training goes on from, as if it had not stopped. Every rank has to call it."""
        return {
            "format": snapshots.FORMAT,
            "model": self.precision.weights(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.precision.state_dict(),
            "random": self.ranks.gather(snapshots.random_state()),
            "epoch": self.epoch,
            "iteration": self.iteration,
            "skipped": self.skipped,
            "best": self.best,
            "classes": self.data.classes,
            "config": self.config,
            "monitor": monitor_id,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes what `state_dict` gave. With another number of ranks the random generators begin anew.

        The schedule needs nothing but the iteration.

        Raises:
            ConfigError: it is another network's or optimizer's, or of other classes.
        """
        self.load_weights(state)
        try:
            self.optimizer.load_state_dict(state["optimizer"])
        except ValueError as error:
            raise ConfigError(f"the snapshot is of another optimizer: {error}") from error
        self.precision.load_state_dict(state["scaler"])
        self.epoch, self.iteration, self.skipped = state["epoch"], state["iteration"], state["skipped"]
        self.best = state["best"]
        if len(state["random"]) == self.ranks.world_size:
            snapshots.restore_random_state(state["random"][self.ranks.rank])

    def load_weights(self, state: dict[str, Any]) -> None:
        """Takes the network alone, whatever trained it.

        Raises:
            ConfigError: it is another network's, or of other classes.
        """
        if state["classes"] != self.data.classes:
            raise ConfigError(f"the snapshot knows classes {state['classes']}, the data has {self.data.classes}")
        try:
            self.precision.load_weights(state["model"])
        except RuntimeError as error:
            raise ConfigError(f"the snapshot is of another model: {error}") from error

    def say(self, text: str) -> None:
        """Prints, once for all ranks."""
        if self.ranks.first:
            print(text, flush=True)

    def _train_epoch(self, monitor: Monitor) -> None:
        self.model.train()
        self.data.set_epoch(self.epoch)
        meter, since = Meter(), time.perf_counter()
        for number, (images, labels) in enumerate(self.data.train, 1):
            lr = self._set_lr()
            images, labels = images.to(self.ranks.device), labels.to(self.ranks.device)
            with self.precision.autocast():
                scores = self.parallel(images)
            loss = functional.cross_entropy(scores.float(), labels)
            self.skipped += not self.precision.step(loss, self.optimizer, self.clip_norm)
            self.iteration += 1
            meter.add(scores, labels)
            if number % self.config["log_interval"] == 0 or number == len(self.data.train):
                result, now = meter.take(self.ranks), time.perf_counter()
                values = {
                    "loss": result.loss,
                    "top1": result.top1,
                    "lr": lr,
                    "images_per_s": result.images / (now - since),
                }
                if self.precision.scale != 1:
                    values |= {"loss_scale": self.precision.scale, "skipped_steps": self.skipped}
                monitor.add_scalars("train", values, self.iteration)
                since = now

    def _set_lr(self) -> float:
        """The rate of the update that comes; of the first group, where there are several."""
        factor = self.schedule.factor(self.iteration)
        for group in self.optimizer.param_groups:
            group["lr"] = group["initial_lr"] * factor
        return float(self.optimizer.param_groups[0]["lr"])

    def _save(self, monitor: Monitor, saver: Saver, *, better: bool) -> None:
        """Rank 0 keeps a snapshot. A place that is away for a while does not end a training, unless it was the last."""
        state = self.state_dict(monitor.id)
        if not self.ranks.first:
            return
        name = f"epoch_{self.epoch}.pth"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            torch.save(state, path)
            try:
                if better:
                    saver.save(path, "best.pth", self.iteration)
                saver.save(path, name, self.iteration)  # after the best, so that `latest` is the last epoch's
            except (OSError, PaviError) as error:
                if self.epoch == self.config["max_epochs"]:
                    raise
                print(f"{name} is not kept, the training goes on: {error}", file=sys.stderr, flush=True)
            finally:  # after the saver: a server that has the bytes now is not sent them twice
                monitor.add_snapshot("checkpoint", path, self.iteration)


def _optimizer(precision: Precision, section: dict[str, Any]) -> tuple[torch.optim.Optimizer, float | None]:
    keywords = dict(section)
    kind, clip_norm = keywords.pop("type", None), keywords.pop("clip_norm", None)
    if kind not in OPTIMIZERS:
        raise ConfigError(f"optimizer: type {kind!r} is unknown; there are {', '.join(OPTIMIZERS)}")
    optimizer = called("optimizer", OPTIMIZERS[kind], precision.parameters, **keywords)
    for group in optimizer.param_groups:
        group["initial_lr"] = group["lr"]
    return optimizer, clip_norm


def _schedule(config: dict[str, Any], per_epoch: int) -> Schedule:
    keywords = dict(config["lr_schedule"])
    kind = keywords.pop("type", None)
    if kind not in SCHEDULES:
        raise ConfigError(f"lr_schedule: type {kind!r} is unknown; there are {', '.join(SCHEDULES)}")
    try:
        return called("lr_schedule", SCHEDULES[kind], epochs=config["max_epochs"], per_epoch=per_epoch, **keywords)
    except ValueError as error:
        raise ConfigError(f"lr_schedule: {error}") from error


def _seed(seed: int) -> None:
    torch.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed)
