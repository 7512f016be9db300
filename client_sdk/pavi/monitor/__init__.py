"""Where a trainer's values go, chosen by a configuration: ``monitor: {type: pavi | tensorboard, …}``.

Owns the one interface and the choice. What is done with a value is the writers' underneath.
"""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, cast

from pavi import kinds

__all__ = ["Monitor", "build"]

KINDS = {
    "pavi": "pavi.monitor.to_pavi:PaviMonitor",
    "tensorboard": "pavi.monitor.to_tensorboard:TensorBoardMonitor",
}


class Monitor(Protocol):
    """What every kind can do. Only rank 0 writes; calls on other ranks do nothing. A ``step`` may be left out.

    Attributes:
        id: what continues this training when it is given as ``id`` later; None where there is no such thing.
    """

    @property
    def id(self) -> str | None: ...

    def add_scalar(self, tag: str, value: Any, step: int | None = None) -> None:
        """One number (Python, numpy, or a tensor of one element)."""

    def add_scalars(self, main_tag: str, values: Mapping[str, Any], step: int | None = None) -> None:
        """Several numbers: series ``main_tag/key`` for every key."""

    def add_image(self, tag: str, image: Any, step: int | None = None, *, dataformats: str = "CHW") -> None:
        """A picture: array or tensor in the given order of axes; uint8, or floats from 0 to 1."""

    def add_text(self, tag: str, text: str, step: int | None = None) -> None:
        """Text, read as Markdown."""

    def add_snapshot(self, tag: str, path: str | Path, iteration: int) -> None:
        """Tells of a checkpoint file. Pavi keeps a copy of it; TensorBoard notes its name."""

    def flush(self) -> None:
        """Brings to safety what was given so far."""

    def close(self) -> None:
        """Ends well. Calling it again does nothing."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes; with Pavi, a training left by an exception is a crashed one."""


def build(cfg: Mapping[str, Any], **offered: Any) -> Monitor:
    """Makes the monitor that a configuration asks for.

    Args:
        cfg: ``{"type": "pavi", "project": …, "name": …, …}``: keywords of `pavi.monitor.to_pavi.PaviMonitor`; or
            ``{"type": "tensorboard", "log_dir": …, …}``: those of `pavi.monitor.to_tensorboard.TensorBoardMonitor`.
        offered: what the trainer knows itself, such as ``config=…``, ``name=…``, ``log_dir=…``. A kind takes what it
            has a keyword for; what ``cfg`` says wins.

    Raises:
        BadSetting: an unknown type or key; the message names those there are.
        ImportError: the kind needs a package that is not installed; the message names it.
    """
    return cast(Monitor, kinds.build("monitor", cfg, KINDS, offered))
