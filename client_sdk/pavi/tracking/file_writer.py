"""What stands for TensorBoard's file writer, which scripts reach for to hand over summaries that they made themselves.

Owns taking scalars out of such summaries. Writes no event files.
"""

from typing import TYPE_CHECKING, Any

from pavi.exception import PointsDropped

if TYPE_CHECKING:
    from pavi.tracking.summary_writer import SummaryWriter

__all__ = ["FileWriter"]


class FileWriter:
    """The calls of ``torch.utils.tensorboard.FileWriter``. Scalars are logged; everything else is said once."""

    def __init__(self, writer: "SummaryWriter") -> None:
        self._writer = writer

    def get_logdir(self) -> str:
        """The writer's folder."""
        return self._writer.log_dir

    def add_summary(self, summary: Any, global_step: Any = None, walltime: float | None = None) -> None:
        """Logs the scalars of a ``Summary`` message."""
        try:
            for value in summary.value:
                if value.HasField("simple_value"):
                    self._writer.add_scalar(value.tag, value.simple_value, global_step, walltime)
                else:
                    self._pass_over("add_summary")
        except PointsDropped:
            raise
        except Exception as error:  # noqa: BLE001  # a guest never breaks its host
            self._writer._notices.defect("add_summary", error)

    def add_event(self, event: Any, step: Any = None, walltime: float | None = None) -> None:
        """Logs the scalars of an ``Event`` message."""
        summary = getattr(event, "summary", None)
        if summary is not None and len(getattr(summary, "value", ())):
            self.add_summary(summary, getattr(event, "step", None) if step is None else step, walltime)

    def add_graph(self, graph_profile: Any, walltime: float | None = None) -> None:  # noqa: ARG002  # as TensorBoard's
        """Passed over: `SummaryWriter.add_graph` keeps graphs."""
        self._pass_over("add_graph")

    def add_onnx_graph(self, graph: Any, walltime: float | None = None) -> None:  # noqa: ARG002  # as above
        """Passed over, as `add_graph`."""
        self._pass_over("add_onnx_graph")

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing to close: the training ends with its `SummaryWriter`."""

    def reopen(self) -> None:
        """Nothing was closed."""

    def _pass_over(self, call: str) -> None:
        self._writer._notices.once(
            f"file_writer:{call}",
            f"{call} of the file writer keeps scalars only; the rest is passed over. The writer has add_ calls for it",
        )
