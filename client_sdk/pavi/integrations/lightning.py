"""`PaviLogger`: Lightning's logger, for `lightning.pytorch` and `pytorch_lightning`.

Owns the translation of a `Trainer`'s calls. When checkpoints are written is `ModelCheckpoint`'s.
"""

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pavi.integrations import needs
from pavi.integrations.session import Session
from pavi.tracking.endings import describe
from pavi.tracking.notices import Notices, guarded
from pavi.tracking.training import Training

__all__ = ["PaviLogger"]

_FLAVOURS = ("lightning.pytorch", "pytorch_lightning")


def _flavour() -> str:
    """Which of the two packages the script uses: the one it has imported, else the one there is."""
    for name in _FLAVOURS:
        if name in sys.modules:
            return name
    for name in _FLAVOURS:
        if find_spec(name.partition(".")[0]) is not None:
            return name
    return _FLAVOURS[0]


try:
    _loggers = import_module(f"{_flavour()}.loggers.logger")
    _rank_zero = import_module(f"{_flavour()}.utilities.rank_zero")
except ImportError as _error:
    raise needs("lightning", _error) from _error

if TYPE_CHECKING:
    Call = TypeVar("Call", bound=Callable[..., Any])

    class _Base:
        """`Logger`, in a checker that has neither package."""

    def rank_zero_only(_: Call) -> Call: ...
    def rank_zero_experiment(_: Call) -> Call: ...
else:
    _Base = _loggers.Logger
    rank_zero_experiment = _loggers.rank_zero_experiment
    rank_zero_only = _rank_zero.rank_zero_only


class PaviLogger(_Base):
    """Logs what a `Trainer` does into a training, from rank zero.

    The training begins with the first use and ends with `fit`; `validate`, `test` or another `fit` goes on with it.

    Args:
        project, name: as in `pavi.init`.
        save_dir: where `ModelCheckpoint` puts files, below ``project/version``; None leaves it to the `Trainer`.
        version: continue that training: its UUID or number (``id`` is another word for it).
        log_model: keep checkpoints as snapshots: ``True`` those that are left at the end, ``"all"`` each one when it
            is written, ``False`` none.
        log_graph: keep the model's graph, once. With ``example_input_array`` it has shapes.
        prefix: put before every tag, joined by ``/``.
        experiment: log into this training, which the caller ends.
        offline: only write journals.
        options: further options of `pavi.init`.

    Raises:
        TypeError: there is no such option.
    """

    LOGGER_JOIN_CHAR = "/"

    def __init__(
        self,
        project: str | None = None,
        name: str | None = None,
        *,
        save_dir: str | Path | None = None,
        version: str | int | None = None,
        log_model: Literal["all"] | bool = False,
        log_graph: bool = False,
        prefix: str = "",
        experiment: Training | None = None,
        offline: bool = False,
        **options: Any,
    ) -> None:
        super().__init__()
        if log_model not in (True, False, "all"):
            raise ValueError(f"log_model={log_model!r} is none of True, False, 'all'")
        if version is not None:
            options["id"] = version
        if offline:
            options["mode"] = "offline"
        self._session = Session({"project": project, "name": name, **options}, experiment)
        self._save_dir = None if save_dir is None else str(save_dir)
        self._log_model = log_model
        self._graph_wanted = log_graph
        self._prefix = prefix
        self._checkpoints: dict[str, _Checkpoint] = {}

    @property
    @rank_zero_experiment
    def experiment(self) -> Training:
        """The training; on other ranks than zero something that takes every call and does nothing.

        Raises:
            ValueError, TypeError: as `pavi.init`.
        """
        return self._session.training

    @property
    def name(self) -> str:
        """The project: the first part of the folder of checkpoints."""
        return self._session.project

    @property
    def version(self) -> str | None:
        """The training's id: the second part of that folder."""
        return self._session.id

    @property
    def save_dir(self) -> str | None:
        """As given."""
        return self._save_dir

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Logs one point for each metric."""
        self.experiment.log(self._prefixed(metrics), step)

    @rank_zero_only
    @guarded
    def log_hyperparams(
        self, params: Mapping[str, Any] | Namespace | None, metrics: Mapping[str, Any] | None = None
    ) -> None:
        """Sets hyperparameters as config, and ``metrics`` in the summary."""
        values = vars(params) if isinstance(params, Namespace) else dict(params or {})
        self.experiment.config.update(values)
        if metrics:
            self.experiment.summary.update(self._prefixed(metrics))

    @rank_zero_only
    @guarded
    def log_graph(self, model: Any, input_array: Any = None) -> None:
        """Keeps the model's graph, once, when the logger was made with ``log_graph=True``."""
        if not self._graph_wanted:
            return
        self._graph_wanted = False
        from pavi.media import Graph

        example = getattr(model, "example_input_array", None) if input_array is None else input_array
        if example is not None and hasattr(model, "_on_before_batch_transfer"):
            example = model._apply_batch_transfer_handler(model._on_before_batch_transfer(example))
        self.experiment.log({"graph": Graph(model) if example is None else Graph(model, example)}, 0)

    @rank_zero_only
    @guarded
    def log_image(self, /, key: str, images: Sequence[Any], step: int | None = None, **lists: Any) -> None:
        """Logs pictures as one grid.

        Args:
            key: the tag.
            images: arrays, tensors, Pillow images, files (see `pavi.Image`).
            step: as in `log_metrics`.
            lists: options of `pavi.Image`, each a list with one value a picture (``caption=["a", "b"]``).

        Raises:
            TypeError, ValueError: only of a strict training.
        """
        from pavi.media import Image

        self._log_media(Image, key, images, step, lists)

    @rank_zero_only
    @guarded
    def log_audio(self, /, key: str, audios: Sequence[Any], step: int | None = None, **lists: Any) -> None:
        """Logs sounds; as `log_image` with `pavi.Audio`."""
        from pavi.media import Audio

        self._log_media(Audio, key, audios, step, lists)

    @rank_zero_only
    @guarded
    def log_video(self, /, key: str, videos: Sequence[Any], step: int | None = None, **lists: Any) -> None:
        """Logs videos; as `log_image` with `pavi.Video`."""
        from pavi.media import Video

        self._log_media(Video, key, videos, step, lists)

    @rank_zero_only
    @guarded
    def log_text(self, key: str, text: str, step: int | None = None) -> None:
        """Logs a text."""
        from pavi.media import Text

        self.experiment.log({self._tag(key): Text(text)}, step)

    @rank_zero_only
    @guarded
    def log_table(
        self,
        key: str,
        columns: Sequence[str] | None = None,
        data: Sequence[Sequence[Any]] | None = None,
        dataframe: Any = None,
        step: int | None = None,
    ) -> None:
        """Logs a table: ``columns`` and rows, or a data frame."""
        from pavi.media import Table

        table = Table(dataframe) if dataframe is not None else Table(data, columns=columns)
        self.experiment.log({self._tag(key): table}, step)

    def watch(self, model: Any, log: Literal["gradients", "parameters", "all"] = "gradients", every: int = 100) -> None:
        """Logs histograms of ``model`` while it trains; see `pavi.integrations.torch.watch`."""
        from pavi.integrations.torch import watch

        experiment = self.experiment
        if isinstance(experiment, Training):
            watch(model, experiment, log=log, every=every)

    @guarded
    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        """Remembers or keeps the files that were just written."""
        if not self._log_model:
            return
        step = getattr(checkpoint_callback, "_last_global_step_saved", None)
        for path, tag in _files(checkpoint_callback).items():
            changed = _changed(path)
            known = self._checkpoints.get(path)
            if known is not None and known.changed == changed:
                known.tag = tag
            elif changed is not None:
                self._checkpoints[path] = _Checkpoint(changed, int(step or 0), tag)
        if self._log_model == "all":
            self._keep_checkpoints()

    @rank_zero_only
    @guarded
    def finalize(self, status: str) -> None:
        """Ends the training: ``failed`` as crashed, anything else as finished. Later calls go on with it."""
        if not self._session.running:
            return
        self._keep_checkpoints()
        if status != "failed":
            self._session.end()
            return
        kind, error, _ = sys.exc_info()
        self._session.end("crashed", reason=describe(kind, error) if kind is not None else None)

    @property
    def _notices(self) -> Notices:
        return self._session.notices

    def _tag(self, key: str) -> str:
        return f"{self._prefix}{self.LOGGER_JOIN_CHAR}{key}" if self._prefix else key

    def _prefixed(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {self._tag(key): value for key, value in values.items()} if self._prefix else values

    def _log_media(
        self, kind: Callable[..., Any], key: str, values: Sequence[Any], step: int | None, lists: Mapping[str, Any]
    ) -> None:
        if not isinstance(values, list | tuple):
            raise TypeError(f"{key}: a list is wanted, not {type(values).__name__!r}")
        for option, given in lists.items():
            if len(given) != len(values):
                raise ValueError(f"{key}: {len(given)} values of {option} for {len(values)} things")
        made = [
            kind(value, **{name: given[index] for name, given in lists.items()}) for index, value in enumerate(values)
        ]
        self.experiment.log({self._tag(key): made}, step)

    @rank_zero_only
    def _keep_checkpoints(self) -> None:
        for path, found in self._checkpoints.items():
            if not found.kept and _changed(path) is not None:
                found.kept = True
                self.experiment.add_snapshot_file(found.tag, path, found.step)


@dataclass
class _Checkpoint:
    """A file that `ModelCheckpoint` wrote: when, at which step, as what, and whether it is a snapshot already."""

    changed: int
    step: int
    tag: str
    kept: bool = False


def _files(checkpoint_callback: Any) -> dict[str, str]:
    """The files that a `ModelCheckpoint` has at the moment, and what each is: ``best``, ``last``, a ``checkpoint``."""
    found = dict.fromkeys(map(str, getattr(checkpoint_callback, "best_k_models", None) or {}), "checkpoint")
    for tag in ("best", "last"):
        path = getattr(checkpoint_callback, f"{tag}_model_path", "")
        if path and (tag == "last" or getattr(checkpoint_callback, "monitor", None)):
            found[str(path)] = tag
        elif path:  # without a metric "best" is merely the newest
            found.setdefault(str(path), "checkpoint")
    return found


def _changed(path: str) -> int | None:
    """When a file was written, in nanoseconds; None when it is no file, or gone."""
    found = Path(path)
    try:
        return found.stat().st_mtime_ns if found.is_file() else None
    except OSError:
        return None
