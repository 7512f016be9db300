"""`PaviCallback`: what `fit` and `evaluate` of Keras 3 do, as a training, on any backend of Keras.

Owns the translation of its events. Snapshots are files in Keras' own format.
"""
# ruff: noqa: ARG002  # the framework hands every hook its all

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pavi.integrations import needs
from pavi.integrations.session import Session
from pavi.tracking.notices import Notices, guarded
from pavi.tracking.training import Training

try:
    from keras.callbacks import Callback
except ImportError as _error:
    raise needs("keras", _error) from _error

__all__ = ["PaviCallback"]


class PaviCallback(Callback):  # type: ignore[misc]  # the library is not there when types are checked
    """Logs metrics of epochs and batches, the learning rate, the model's summary and, if wanted, the model.

    Steps of ``train/…``, ``val/…`` and ``lr`` count epochs that are done; steps of ``batch/…`` count batches. The
    training begins with `fit` and ends with it; another `fit` or `evaluate` (``test/…``) goes on with it.

    Args:
        project, name: as in `pavi.init`.
        training: log into this one, which the caller ends.
        log_every: also log every that many batches; None only epochs. Metrics of a batch are Keras' running ones,
            from the beginning of the epoch.
        snapshot_every: keep the model as a snapshot every that many epochs; None never.
        options: further options of `pavi.init`.

    Raises:
        TypeError: there is no such option.
        ValueError: a number of batches or epochs is not positive.
    """

    def __init__(
        self,
        project: str | None = None,
        name: str | None = None,
        *,
        training: Training | None = None,
        log_every: int | None = None,
        snapshot_every: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        for option, every in (("log_every", log_every), ("snapshot_every", snapshot_every)):
            if every is not None and every < 1:
                raise ValueError(f"{option}={every} is no positive number")
        self._session = Session({"project": project, "name": name, **options}, training)
        self._log_every = log_every
        self._snapshot_every = snapshot_every
        self._batches = self._epochs = 0
        self._fitting = self._summed_up = False

    @property
    def training(self) -> Training:
        """The training, begun if need be."""
        return self._session.training

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Begins, with what is known of model, optimiser and `fit`'s arguments."""
        self._fitting = True
        self._session.prefer(model=getattr(self.model, "name", None))
        self._describe(self._session.training)

    @guarded
    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Counts, and logs when it is due."""
        self._batches += 1
        if self._log_every is not None and logs and self._batches % self._log_every == 0:
            self._session.training.log({f"batch/{key}": value for key, value in logs.items()}, self._batches)

    @guarded
    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Logs the epoch."""
        training = self._session.training
        self._epochs = int(epoch) + 1
        # Keras' schedulers tell the rate among the metrics: it is ``lr`` here, scheduled or not.
        points = {_tag(key): value for key, value in (logs or {}).items() if key not in ("learning_rate", "lr")}
        rate = self._learning_rate()
        if rate is not None:
            points["lr"] = rate
        training.log(points, self._epochs)
        if not self._summed_up:  # many models know their shapes only once they have seen data
            self._sum_up(training)
        if self._snapshot_every is not None and self._epochs % self._snapshot_every == 0:
            self._keep(training)

    @guarded
    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Ends the training."""
        self._fitting = False
        self._session.end()

    @guarded
    def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Logs an `evaluate` of its own; inside `fit` the epoch brings these metrics."""
        if not self._fitting and logs:
            self._session.training.log({f"test/{key}": value for key, value in logs.items()}, self._epochs)

    @property
    def _notices(self) -> Notices:
        return self._session.notices

    @guarded
    def _describe(self, training: Training) -> None:
        optimizer = getattr(self.model, "optimizer", None)
        config: dict[str, Any] = {"fit": dict(self.params or {})}
        if optimizer is not None:
            config["optimizer"] = {"class_name": type(optimizer).__name__, **optimizer.get_config()}
        loss = getattr(self.model, "loss", None)
        if loss is not None:
            config["loss"] = loss if isinstance(loss, str | list | dict) else type(loss).__name__
        training.config.update(config)

    def _learning_rate(self) -> float | None:
        rate = getattr(getattr(self.model, "optimizer", None), "learning_rate", None)
        try:
            return None if rate is None else float(rate)
        except (TypeError, ValueError):
            return None

    @guarded
    def _sum_up(self, training: Training) -> None:
        self._summed_up = True
        from pavi.media import Text

        lines: list[str] = []
        self.model.summary(print_fn=lambda line, **_: lines.append(str(line)), line_length=100)
        training.log({"model/summary": Text("\n".join(lines))}, self._epochs)
        training.summary["model/parameters"] = int(self.model.count_params())

    @guarded
    def _keep(self, training: Training) -> None:
        with tempfile.TemporaryDirectory(prefix="pavi-keras-") as folder:
            path = Path(folder) / f"epoch-{self._epochs}.keras"
            self.model.save(path)
            training.add_snapshot_file("model", path, self._epochs)


def _tag(key: str) -> str:
    return f"val/{key.removeprefix('val_')}" if key.startswith("val_") else f"train/{key}"
