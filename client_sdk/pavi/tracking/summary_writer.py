"""`SummaryWriter`: the calls of TensorBoard's writer and of OpenMMLab's Pavi hooks, as another face of `Training`.

Owns these signatures and what they mean. What happens with a point is the training's.
"""

import re
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pavi.exception import PointsDropped
from pavi.tracking.file_writer import FileWriter
from pavi.tracking.notices import guarded
from pavi.tracking.start import config_document, make_plan
from pavi.tracking.summary_media import MediaCalls
from pavi.tracking.training import Training
from pavi.tracking.values import NotANumber, as_float, as_step

__all__ = ["SummaryWriter"]


class SummaryWriter(MediaCalls):
    """Logs into a training as `torch.utils.tensorboard.SummaryWriter` logs into files.

    Unknown keywords are warned about and never raise: scripts were written for many versions.

    Args:
        log_dir: a name or a path. Its last part names the training when ``name`` does not; a folder of that
            path is made.
        comment: ends the name that a training gets by date and host when nothing else names it.
        purge_step: what a continued training has logged from this step on is stale (see `Training.rewind`).
        max_queue, flush_secs, filename_suffix: TensorBoard's business; nothing waits here.
        name, task: the training's name (``task`` is the older word; ``name`` wins).
        project: made on first use.
        model: name of the model.
        session_text: the config as text, such as YAML.
        config: the config as a nested mapping.
        labels: words to find the training by: a text (commas separate) or a list.
        description: one line.
        training_id, taskid: continue that training: its number, a numeric text or its UUID.
        compare_id: join that compare.
        overwrite_last_training: continue the newest training of the same name in the same project.
        options: ``tags notes strict mode dir console system_metrics git resume rank_reduce compare`` as in
            `pavi.init`; anything else is warned about.

    Attributes:
        log_dir: a folder that exists, for scripts that put files of their own there.
        training: the training underneath.
    """

    def __init__(
        self,
        log_dir: str | Path | None = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
        *positional: Any,
        name: str | None = None,
        task: str | None = None,
        project: str | None = None,
        model: Any = None,
        session_text: str | None = None,
        config: Any = None,
        labels: Any = None,
        description: str | None = None,
        training_id: Any = None,
        taskid: Any = None,
        compare_id: Any = None,
        overwrite_last_training: bool = False,
        **options: Any,
    ) -> None:
        known = {key: options.pop(key) for key in _OPTIONS if key in options}
        self._own_steps: dict[str, int] = {}
        self._layout: dict[str, dict[str, Any]] = {}
        self.max_queue, self.flush_secs, self.filename_suffix = max_queue, flush_secs, filename_suffix
        self.training = Training(
            make_plan(
                project=_word(project),
                id=_reference(training_id if training_id not in (None, "") else taskid),
                compare=_reference(compare_id) or known.pop("compare", None),
                resume=known.pop("resume", None),
                rank_reduce=known.pop("rank_reduce", None),
                strict=bool(known.pop("strict", False)),
                mode=known.pop("mode", None),
                dir=known.pop("dir", None),
                console=bool(known.pop("console", True)),
                system_metrics=bool(known.pop("system_metrics", True)),
                git=bool(known.pop("git", True)),
                name=_word(name) or _word(task) or _last_part(log_dir) or _commented(comment),
                model=_word(model),
                session_text=_word(session_text),
                config=config_document(config),
                tags=[*_labels(labels), *_labels(known.pop("tags", None))] or None,
                description=_word(description),
                notes=_word(known.pop("notes", None)),
                overwrite_last_training=bool(overwrite_last_training) or None,
            )
        )
        unknown = [*options, *(repr(value)[:40] for value in positional)]
        if unknown:
            self._notices.once("keywords", f"SummaryWriter does not know {', '.join(unknown)}; it goes on without")
        self.log_dir = str(self._folder(log_dir))
        self.file_writer = FileWriter(self)
        self.all_writers = {self.log_dir: self.file_writer}
        self.purge_step = purge_step
        if purge_step is not None and (step := as_step(purge_step)) is not None:
            self.training.rewind(step - 1)

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        new_style: bool = False,  # noqa: ARG002  # part of the signature that scripts call
        double_precision: bool = False,  # noqa: ARG002  # as above
        **ignored: Any,  # noqa: ARG002  # as above
    ) -> None:
        """Logs one point.

        Args:
            tag: names the series.
            scalar_value: a number (see `Training.log`).
            global_step: None goes on from the tag's last one.
            walltime: seconds since the epoch; None is now.
            new_style, double_precision: TensorBoard's business; every value keeps its 64 bits here.
            ignored: anything else.
        """
        self._write({tag: scalar_value}, tag, global_step, walltime)

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, Any],
        global_step: int | None = None,
        walltime: float | None = None,
        **ignored: Any,  # noqa: ARG002  # as above
    ) -> None:
        """Logs several points: series ``main_tag/key`` for every key.

        TensorBoard's form, and OpenMMLab's ``add_scalars(mode, tags, step)``, which means the same.
        """
        self._write({main_tag: tag_scalar_dict}, main_tag, global_step, walltime)

    def add_snapshot_file(
        self,
        tag: str,
        snapshot_file_path: str | Path,
        iteration: int,
        **ignored: Any,  # noqa: ARG002  # scripts of many versions call this
    ) -> None:
        """Keeps a checkpoint file; see `Training.add_snapshot_file`."""
        self.training.add_snapshot_file(tag, snapshot_file_path, iteration)

    def add_snapshot(self, name: str, state_dict: Any, iteration: int, **ignored: Any) -> None:  # noqa: ARG002  # as above
        """Keeps a state dict as a checkpoint file; see `Training.add_snapshot`."""
        self.training.add_snapshot(name, state_dict, iteration)

    @guarded
    def add_hparams(
        self,
        hparam_dict: Mapping[str, Any],
        metric_dict: Mapping[str, Any],
        hparam_domain_discrete: Mapping[str, Sequence[Any]] | None = None,  # noqa: ARG002  # TensorBoard's filters
        run_name: str | None = None,  # noqa: ARG002  # this training is the run
        global_step: int | None = None,
    ) -> None:
        """Adds to config and summary what was chosen and what came of it, the latter as series ``hparam/…`` too.

        Args:
            hparam_dict: goes into the config.
            metric_dict: numbers; a name that begins with ``hparam/`` keeps it.
            hparam_domain_discrete, run_name: TensorBoard's business.
            global_step: None goes on from the last call.
        """
        self.training.config.update({str(key): _plain(value) for key, value in dict(hparam_dict).items()})
        metrics = {str(key).removeprefix("hparam/"): _plain(value) for key, value in dict(metric_dict).items()}
        self.training.summary.update(metrics)
        self._write({"hparam": metrics}, "hparam", global_step, None)

    def flush(self) -> None:
        """Does nothing that was not done: what is logged is on disk already, and on its way."""

    def close(self) -> None:
        """Ends the training; see `Training.finish`. Calling it again does nothing."""
        self.training.finish()

    def get_logdir(self) -> str:
        """`log_dir`, as TensorBoard's writer spells it."""
        return self.log_dir

    def _get_file_writer(self) -> "FileWriter":
        """What scripts reach for that hand TensorBoard their own summaries."""
        return self.file_writer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.training.__exit__(kind, error, trace)

    def __repr__(self) -> str:
        return f"<SummaryWriter of {self.training!r}>"

    def _repr_html_(self) -> str:
        return self.training._repr_html_()

    def _write(self, values: Mapping[str, Any], tag: str, step: Any, walltime: float | None) -> None:
        try:
            self.training._recorder.log(_flat(values), self._next_step(tag, step), walltime)
        except PointsDropped:
            raise
        except Exception as error:  # noqa: BLE001  # a guest never breaks its host
            self._notices.defect("add_scalar", error)

    @guarded
    def _made(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _folder(self, log_dir: str | Path | None) -> Path:
        wanted = Path(log_dir) if log_dir and _is_path(str(log_dir)) else self.training.dir / "files"
        return self._made(wanted) or self.training._journals.root


_OPTIONS = (
    "tags",
    "notes",
    "strict",
    "mode",
    "dir",
    "console",
    "system_metrics",
    "git",
    "resume",
    "rank_reduce",
    "compare",
)


def _plain(value: Any) -> Any:
    """Tensors and arrays of one element as numbers."""
    try:
        return value if isinstance(value, bool | int | str) or value is None else as_float(value)
    except NotANumber:
        return value


def _commented(comment: Any) -> str | None:
    """A name as TensorBoard names its folder, when there is a comment for it."""
    if not comment:
        return None
    return f"{time.strftime('%b%d_%H-%M-%S')}_{socket.gethostname()}{comment}"


def _flat(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """``{"train": {"loss": 1}}`` → ``{"train/loss": 1}``: keys that repeat are what makes the next call fast."""
    for tag, value in values.items():
        if isinstance(value, Mapping):
            return {f"{tag}/{key}": inner for key, inner in value.items()}
    return values


def _word(value: Any) -> str | None:
    return None if value is None else str(value) or None


def _reference(value: Any) -> str | None:
    """An id as scripts have it: a number, a numeric text (also ``12.0``, from spreadsheets and configs), a UUID."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _word(value)


def _labels(value: Any) -> list[str]:
    if not value:
        return []
    if isinstance(value, str):
        return [word.strip() for word in re.split(r"[,;]", value) if word.strip()]
    return [str(word) for word in value]


def _is_path(text: str) -> bool:
    return "/" in text or "\\" in text or Path(text).is_dir()


def _last_part(log_dir: str | Path | None) -> str | None:
    if not log_dir:
        return None
    return Path(str(log_dir).replace("\\", "/").rstrip("/")).name or None
