"""`PaviCallback`: what a Hugging Face `Trainer` does, as a training.

Owns the translation of its events. When it logs, evaluates and saves is `TrainingArguments`'.
"""
# ruff: noqa: ARG002  # the framework hands every hook its all

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pavi.integrations import needs
from pavi.integrations.session import Session
from pavi.tracking.notices import Notices, guarded
from pavi.tracking.training import Training

try:
    from transformers import TrainerCallback
except ImportError as _error:
    raise needs("transformers", _error) from _error

__all__ = ["PaviCallback"]

_SUMMED_UP = ("train_runtime", "train_samples_per_second", "train_steps_per_second", "train_loss", "total_flos")
"""What a `Trainer` logs once, at the end: facts of the whole, not points of a curve."""
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "adapter_model*.bin")


class PaviCallback(TrainerCallback):  # type: ignore[misc]  # the library is not there when types are checked
    """Logs a `Trainer`'s metrics, config and, if wanted, its checkpoints, from process zero of the world.

    The training begins with `train` (or the first log) and ends with it; `evaluate` and `predict` afterwards go on
    with it. Each trial of `hyperparameter_search` is a training of its own.

    Args:
        project, name: as in `pavi.init`; ``name`` is ``args.run_name`` when absent.
        training: log into this one, which the caller ends.
        log_checkpoints: keep the weights of every saved checkpoint as snapshots.
        options: further options of `pavi.init`.

    Raises:
        TypeError: there is no such option.
    """

    def __init__(
        self,
        project: str | None = None,
        name: str | None = None,
        *,
        training: Training | None = None,
        log_checkpoints: bool = False,
        **options: Any,
    ) -> None:
        self._session = Session({"project": project, "name": name, **options}, training)
        self._log_checkpoints = log_checkpoints
        self._described: str | None = None

    @property
    def training(self) -> Training:
        """The training, begun if need be."""
        return self._session.training

    def on_train_begin(self, /, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Begins, with the config of arguments and model."""
        if not state.is_world_process_zero:
            return
        if state.is_hyper_param_search:
            self._session.renew(name=state.trial_name)
        training = self._begin(args, model)
        if state.is_hyper_param_search and state.trial_params:
            training.config.update(trial=dict(state.trial_params))
        if state.global_step:  # resumed from a checkpoint: what an earlier attempt has logged beyond it is stale
            training.rewind(int(state.global_step))

    @guarded
    def on_log(
        self, /, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, model: Any = None, **_: Any
    ) -> None:
        """Logs ``loss`` as ``train/loss``, ``eval_loss`` as ``eval/loss``, ``test_loss`` as ``test/loss``."""
        if not state.is_world_process_zero or not logs:
            return
        training = self._begin(args, model)
        once = {f"train/{key.removeprefix('train_')}": logs[key] for key in _SUMMED_UP if key in logs}
        if once:
            training.summary.update(once)
        points = {_tag(key): value for key, value in logs.items() if key not in _SUMMED_UP and _is_number(value)}
        if points:
            training.log(points, int(state.global_step))

    @guarded
    def on_predict(
        self, /, args: Any, state: Any, control: Any, metrics: Mapping[str, Any] | None = None, **_: Any
    ) -> None:
        """Logs the metrics of `predict` under ``test/``."""
        if state.is_world_process_zero and metrics:
            points = {_tag(key): value for key, value in metrics.items() if _is_number(value)}
            self._begin(args, None).log(points, int(state.global_step))

    @guarded
    def on_save(self, /, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Keeps the weights of the checkpoint that was just written."""
        if not self._log_checkpoints or not state.is_world_process_zero:
            return
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        files = sorted({path for pattern in _WEIGHTS for path in folder.glob(pattern)})
        if not files:
            self._notices.once("checkpoint", f"{folder} holds no weights that could be kept as a snapshot")
        for path in files:
            self._begin(args, None).add_snapshot_file(path.stem, path, int(state.global_step))

    @guarded
    def on_train_end(self, /, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Ends the training."""
        if not state.is_world_process_zero:
            return
        if self._session.running and state.best_metric is not None:
            self._session.training.summary.update(
                {"best_metric": state.best_metric, "best_checkpoint": state.best_model_checkpoint}
            )
        self._session.end()

    @property
    def _notices(self) -> Notices:
        return self._session.notices

    def _begin(self, args: Any, model: Any) -> Training:
        self._session.prefer(name=getattr(args, "run_name", None), model=_class_name(model))
        training = self._session.training
        if self._described != training.id:
            self._describe(training, args, model)
        return training

    @guarded
    def _describe(self, training: Training, args: Any, model: Any) -> None:
        self._described = training.id
        config: dict[str, Any] = dict(args.to_dict())  # tokens are masked in it
        described = getattr(model, "config", None)
        if described is not None:
            config["model"] = dict(described) if isinstance(described, Mapping) else described.to_dict()
        adapters = getattr(model, "peft_config", None)
        if adapters:
            config["peft"] = {name: one.to_dict() for name, one in adapters.items()}
        training.config.update(config)
        if hasattr(model, "num_parameters"):
            training.summary["model/parameters"] = int(model.num_parameters())


def _tag(key: str) -> str:
    for prefix in ("eval", "test"):
        if key.startswith(f"{prefix}_"):
            return f"{prefix}/{key[len(prefix) + 1 :]}"
    return f"train/{key}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) or hasattr(value, "item")


def _class_name(model: Any) -> str | None:
    return None if model is None else type(model).__name__
