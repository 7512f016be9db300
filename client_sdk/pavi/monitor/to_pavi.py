"""A monitor that logs into a Pavi training."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pavi.tracking.summary_writer import SummaryWriter

__all__ = ["PaviMonitor"]


class PaviMonitor:
    """See `pavi.monitor.Monitor`. The keywords are those of `pavi.init`; none has to be given.

    Attributes:
        training: the `pavi.Training` underneath.
    """

    def __init__(
        self,
        *,
        project: str | None = None,
        name: str | None = None,
        config: Any = None,
        model: str | None = None,
        tags: Sequence[str] | str | None = None,
        notes: str | None = None,
        description: str | None = None,
        session_text: str | None = None,
        id: str | int | None = None,  # noqa: A002  # the word of `pavi.init`
        resume: str | None = None,
        overwrite_last_training: bool = False,
        compare: str | int | None = None,
        rank_reduce: str | None = None,
        strict: bool = False,
        mode: str | None = None,
        dir: str | None = None,  # noqa: A002  # as above
        console: bool = True,
        system_metrics: bool = True,
        git: bool = True,
    ) -> None:
        self._writer = SummaryWriter(
            project=project,
            name=name,
            config=config,
            model=model,
            tags=tags,
            notes=notes,
            description=description,
            session_text=session_text,
            training_id=id,
            resume=resume,
            overwrite_last_training=overwrite_last_training,
            compare_id=compare,
            rank_reduce=rank_reduce,
            strict=strict,
            mode=mode,
            dir=dir,
            console=console,
            system_metrics=system_metrics,
            git=git,
        )
        self.training = self._writer.training

    @property
    def id(self) -> str | None:
        """The training's UUID."""
        return self.training.id

    def add_scalar(self, tag: str, value: Any, step: int | None = None) -> None:
        self._writer.add_scalar(tag, value, step)

    def add_scalars(self, main_tag: str, values: Mapping[str, Any], step: int | None = None) -> None:
        self._writer.add_scalars(main_tag, values, step)

    def add_image(self, tag: str, image: Any, step: int | None = None, *, dataformats: str = "CHW") -> None:
        self._writer.add_image(tag, image, step, dataformats=dataformats)

    def add_text(self, tag: str, text: str, step: int | None = None) -> None:
        self._writer.add_text(tag, text, step)

    def add_snapshot(self, tag: str, path: str | Path, iteration: int) -> None:
        self._writer.add_snapshot_file(tag, path, iteration)

    def flush(self) -> None:
        self.training.flush()

    def close(self) -> None:
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)
