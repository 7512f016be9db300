"""A monitor that writes TensorBoard event files, with torch's writer or tensorboardX's, whichever is installed."""

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pavi.tracking import ranks
from pavi.tracking.values import as_json

__all__ = ["TensorBoardMonitor"]


class TensorBoardMonitor:
    """See `pavi.monitor.Monitor`.

    Args:
        log_dir: folder of the event files.
        config: written once, as text.
        comment, purge_step, max_queue, flush_secs, filename_suffix: as TensorBoard's own writer takes them.

    Raises:
        ImportError: neither ``torch`` with ``tensorboard`` nor ``tensorboardX`` is installed.
    """

    def __init__(
        self,
        *,
        log_dir: str | Path = "runs",
        config: Any = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
    ) -> None:
        self._own_steps: dict[str, int] = {}
        self._writer: Any = None
        rank = ranks.detect()
        if rank is not None and rank.rank > 0:
            return
        self._writer = _writer()(
            log_dir=str(log_dir),
            comment=comment,
            purge_step=purge_step,
            max_queue=max_queue,
            flush_secs=flush_secs,
            filename_suffix=filename_suffix,
        )
        if config is not None:
            text = json.dumps(as_json(config), indent=2, ensure_ascii=False)
            self._writer.add_text("config", f"```json\n{text}\n```", 0)

    @property
    def id(self) -> str | None:
        """None: event files have no name of their own."""
        return None

    def add_scalar(self, tag: str, value: Any, step: int | None = None) -> None:
        if self._writer is not None:
            self._writer.add_scalar(tag, value, self._step(tag, step))

    def add_scalars(self, main_tag: str, values: Mapping[str, Any], step: int | None = None) -> None:
        # Not the writer's own add_scalars, which opens another folder and event file for every key.
        step = self._step(main_tag, step)
        for key, value in values.items():
            self.add_scalar(f"{main_tag}/{key}", value, step)

    def add_image(self, tag: str, image: Any, step: int | None = None, *, dataformats: str = "CHW") -> None:
        if self._writer is not None:
            self._writer.add_image(tag, image, self._step(tag, step), dataformats=dataformats)

    def add_text(self, tag: str, text: str, step: int | None = None) -> None:
        if self._writer is not None:
            self._writer.add_text(tag, text, self._step(tag, step))

    def add_snapshot(self, tag: str, path: str | Path, iteration: int) -> None:
        self.add_text(f"snapshot/{tag}", str(path), iteration)

    def flush(self) -> None:
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _step(self, tag: str, step: int | None) -> int:
        """The step, or where there is none, the one after the tag's last."""
        self._own_steps[tag] = self._own_steps.get(tag, -1) + 1 if step is None else int(step)
        return self._own_steps[tag]


def _writer() -> Any:
    for module in ("torch.utils.tensorboard", "tensorboardX"):
        try:
            return import_module(module).SummaryWriter
        except ImportError:
            continue
    raise ImportError(
        "monitor: type tensorboard needs a writer of event files; install one with: pip install tensorboard "
        "(beside torch), or: pip install tensorboardX. Or write type: pavi."
    )
