"""`SummaryWriter`: the calls of TensorBoard's writer and of OpenMMLab's Pavi hooks, as another face of `Training`.

Owns these signatures and what they mean. What happens with a point is the training's.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pavi.exception import PointsDropped
from pavi.tracking.notices import Notices, guarded
from pavi.tracking.start import config_document, make_plan
from pavi.tracking.training import Training

__all__ = ["SummaryWriter"]


class SummaryWriter:
    """Logs into a training as `torch.utils.tensorboard.SummaryWriter` logs into files.

    Unknown keywords are warned about and never raise: scripts were written for many versions.

    Args:
        log_dir: a name or a path. Its last part names the training when ``name`` does not; a folder of that
            path is made.
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
                name=_word(name) or _word(task) or _last_part(log_dir),
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

    def __getattr__(self, name: str) -> Callable[..., None]:
        """What TensorBoard's writer and OpenMMLab's hooks can do and this one cannot yet: said once, passed over."""
        if name not in _NOT_STORED:
            raise AttributeError(f"SummaryWriter has no {name!r}")

        def pass_over(*_: Any, **__: Any) -> None:
            self._notices.once(name, f"this version does not store what {name} is given; the training goes on without")

        return pass_over

    def flush(self) -> None:
        """Does nothing that was not done: what is logged is on disk already, and on its way."""

    def close(self) -> None:
        """Ends the training; see `Training.finish`. Calling it again does nothing."""
        self.training.finish()

    def get_logdir(self) -> str:
        """`log_dir`, as TensorBoard's writer spells it."""
        return self.log_dir

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

    @property
    def _notices(self) -> Notices:
        return self.training._notices

    def _write(self, values: Mapping[str, Any], tag: str, step: Any, walltime: float | None) -> None:
        try:
            if step is None:
                step = self._own_steps.get(tag, -1) + 1
            if type(step) is int:
                self._own_steps[tag] = step
            self.training._recorder.log(_flat(values), step, walltime)
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


_NOT_STORED = frozenset(
    {
        "add_audio",
        "add_custom_scalars",
        "add_custom_scalars_marginchart",
        "add_custom_scalars_multilinechart",
        "add_embedding",
        "add_figure",
        "add_graph",
        "add_histogram",
        "add_histogram_raw",
        "add_hparams",
        "add_image",
        "add_image_with_boxes",
        "add_images",
        "add_mesh",
        "add_onnx_graph",
        "add_pr_curve",
        "add_pr_curve_raw",
        "add_snapshot",
        "add_tensor",
        "add_text",
        "add_video",
    }
)

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
