"""`PaviVisBackend`, where mmengine's `Visualizer` writes to, and `PaviSnapshotHook`, which keeps checkpoints.

Owns the translation of mmengine's calls. What is logged, and when, is `LoggerHook`'s and `LogProcessor`'s.
"""

import functools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pavi.integrations import needs
from pavi.tracking.notices import Notices, guarded
from pavi.tracking.summary_writer import SummaryWriter

try:
    from mmengine.dist import master_only
    from mmengine.hooks import Hook
    from mmengine.registry import HOOKS, VISBACKENDS
    from mmengine.visualization import vis_backend as _vis_backend
except ImportError as _error:
    raise needs("mmengine", _error) from _error

if TYPE_CHECKING:
    Call = TypeVar("Call", bound=Callable[..., Any])

    class _Backend:
        """`BaseVisBackend`, in a checker that does not have it."""

        def __init__(self, save_dir: Any) -> None: ...

        _save_dir: str | None
        _env_initialized: bool

    class _Hook:
        """`Hook`, likewise."""

    def force_init_env(_: Call) -> Call: ...
    def on_master(_: Call) -> Call: ...
    def register(_: Any) -> Callable[[Call], Call]: ...
else:
    _Backend, _Hook = _vis_backend.BaseVisBackend, Hook
    force_init_env, on_master = _vis_backend.force_init_env, master_only

    def register(registry):
        return registry.register_module(force=True)


__all__ = ["PaviSnapshotHook", "PaviVisBackend"]

_TIMES = ("time", "data_time")


@register(VISBACKENDS)
class PaviVisBackend(_Backend):
    """Writes what a `Visualizer` is given into a training, which begins with the first of it.

    With a `Runner` only the main process writes, the config file names the training, and the end of `train` ends it;
    `test` in the same process goes on with it. A training that dies by an exception is crashed.

    Args:
        save_dir: the `Visualizer`'s folder; may be absent.
        init_kwargs: keywords of `pavi.SummaryWriter`, such as ``project`` and ``name``.
        keywords: the same, written directly.
    """

    def __init__(self, save_dir: str | None = None, init_kwargs: Mapping[str, Any] | None = None, **keywords: Any):
        super().__init__(save_dir)
        self._keywords = dict(init_kwargs or {}) | keywords
        self._writer: SummaryWriter | None = None

    @property
    @force_init_env
    def experiment(self) -> SummaryWriter:
        """The writer underneath; its ``training`` is the training."""
        assert self._writer is not None  # noqa: S101  # `force_init_env` has seen to it
        return self._writer

    def _init_env(self) -> None:
        """Begins the training, or goes on with the one that `close` has ended."""
        keywords = dict(self._keywords)
        if self._save_dir and "log_dir" not in keywords:
            keywords["log_dir"] = os.fspath(self._save_dir)
            keywords.setdefault("name", _run_name(Path(self._save_dir)))
        if self._writer is not None:
            for once in ("overwrite_last_training", "resume", "taskid"):
                keywords.pop(once, None)
            keywords["training_id"] = self._writer.training.id
        self._writer = SummaryWriter(**keywords)

    def add_config(self, config: Any, **_: Any) -> None:
        """Keeps a `Config`: nested, and as text. One that comes first also names the training."""
        if not self._env_initialized and self._writer is None:
            self._know(config)
            self.experiment  # noqa: B018  # begins it
            return
        self.experiment.training.config.update(_nested(config))

    @force_init_env
    def add_graph(self, model: Any, data_batch: Any = None, **_: Any) -> None:
        """Keeps the model's graph; batches of mmengine are no tensors to trace with, so it is the tree of modules."""
        tensor = hasattr(data_batch, "detach")
        self.experiment.add_graph(model, data_batch) if tensor else self.experiment.add_graph(model)

    @force_init_env
    def add_image(self, name: str, image: Any, step: int = 0, **_: Any) -> None:
        """Logs an RGB picture, ``(height, width, 3)`` or grey ``(height, width)``."""
        formats = "HW" if getattr(image, "ndim", 3) == 2 else "HWC"
        self.experiment.add_image(name, image, step, dataformats=formats)

    @force_init_env
    def add_scalar(self, name: str, value: Any, step: int = 0, **_: Any) -> None:
        """Logs one point."""
        self.experiment.add_scalar(name, value, step)

    @force_init_env
    def add_scalars(
        self, scalar_dict: Mapping[str, Any], step: int = 0, file_path: str | None = None, **_: Any
    ) -> None:
        """Logs a point for each.

        A `Runner` gives the times of training and of validation the same names, the one by iteration and the other by
        epoch: those of validation become ``val/time`` and ``val/data_time``.
        """
        values = dict(scalar_dict)
        if file_path is not None and "iter" not in values:
            values = {f"val/{tag}" if tag in _TIMES else tag: value for tag, value in values.items()}
        self.experiment.training.log(values, step)

    def close(self) -> None:
        """Ends the training. What comes later goes on with it."""
        if self._writer is not None and self._env_initialized:
            self._env_initialized = False
            self._writer.close()

    def _know(self, config: Any) -> None:
        filename = getattr(config, "filename", None)
        if filename:
            self._keywords.setdefault("name", Path(filename).stem)
        self._keywords.setdefault("config", _nested(config))
        text = _text(config)
        if text:
            self._keywords.setdefault("session_text", text)
        model = getattr(config, "model", None)
        kind = model.get("type") if isinstance(model, Mapping) else None
        if kind is not None:
            self._keywords.setdefault("model", kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind)))


@register(HOOKS)
class PaviSnapshotHook(_Hook):
    """Keeps the checkpoints that `CheckpointHook` writes as snapshots, if a `PaviVisBackend` is there.

    Their iteration counts what the hook counts: epochs, or iterations. Files that are not on this machine's file
    system are passed over.
    """

    priority = "VERY_LOW"

    def __init__(self) -> None:
        self._notices = Notices()
        self._kept: dict[str, int] = {}

    @on_master
    def before_train_iter(self, runner: Any, *_: Any, **__: Any) -> None:
        """What the last iteration or validation has written; by now nobody writes it anew."""
        self._keep(runner)

    @on_master
    def after_train(self, runner: Any) -> None:
        """What was written last."""
        self._keep(runner)

    @guarded
    def _keep(self, runner: Any) -> None:
        for info, path in list(runner.message_hub.runtime_info.items()):
            if info != "last_ckpt" and not info.startswith("best_ckpt"):
                continue
            if not isinstance(path, str) or not os.path.isfile(path):  # noqa: PTH113  # called every iteration
                continue
            changed = os.stat(path).st_mtime_ns  # noqa: PTH116  # as above
            if self._kept.setdefault(path, 0) == changed:
                continue
            self._kept[path] = changed
            done = runner.epoch if _by_epoch(runner) else runner.iter
            for backend in _backends(runner):
                backend.experiment.add_snapshot_file(info.removesuffix("_ckpt"), path, int(done))


def _backends(runner: Any) -> list[PaviVisBackend]:
    found = getattr(runner.visualizer, "_vis_backends", {})
    return [backend for backend in found.values() if isinstance(backend, PaviVisBackend)]


@functools.cache
def _checkpoint_hook() -> Any:
    from mmengine.hooks import CheckpointHook

    return CheckpointHook


def _by_epoch(runner: Any) -> bool:
    return any(hook.by_epoch for hook in runner.hooks if isinstance(hook, _checkpoint_hook()))


def _run_name(save_dir: Path) -> str:
    """The work folder's name: a `Runner` writes to ``<work_dir>/<time>/vis_data``."""
    parts = save_dir.absolute().parts
    return parts[-3] if len(parts) > 3 and parts[-1] == "vis_data" else parts[-1]


def _nested(config: Any) -> dict[str, Any]:
    if hasattr(config, "to_dict"):
        return dict(config.to_dict())
    return dict(getattr(config, "_cfg_dict", config))


def _text(config: Any) -> str | None:
    """As mmengine writes it; formatting may fail on what a lazy config holds."""
    try:
        return str(config.pretty_text)
    except Exception:  # noqa: BLE001  # a formatter's opinion of somebody's config
        return getattr(config, "text", None)
