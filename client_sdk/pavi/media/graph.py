"""Graphs of models: from a torch model, traced or only as the tree of its modules, or from an ONNX file.

Owns choosing the best description that a model gives. Reading ONNX is `onnx`'s, running torch `torch_graph`'s.
"""

import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pavi.media.onnx import MAX_NODES, BadOnnx, read_graph
from pavi.media.shape import Encoded, Media, NotShown, TooLarge, mebibytes

__all__ = ["Graph"]

_MAX_ONNX_BYTES = 4 << 30


class Graph(Media):
    """A model's graph, without its weights.

    A torch model with an input is exported to ONNX; where that fails it is traced; where that fails too, or without
    an input, the tree of its modules is shown. The model is run in evaluation mode and without gradients; its modes
    and the states of random generators are put back.

    Args:
        value: a torch module, or the path or bytes of an ONNX file (weights beside it are not opened).
        inputs: what the model is called with: a tensor, a tuple of arguments, a mapping of keywords, or a list,
            which is one argument where the model takes it so.
        caption: one line of text beside it.
        opset_version: of ONNX; None takes one that is widely known.
        strict_trace: whether a trace refuses containers that change (``torch.jit.trace(strict=)``).
        verbose: print the nodes.
    """

    kind = "graph"

    def __init__(
        self,
        value: Any,
        inputs: Any = None,
        caption: str | None = None,
        *,
        opset_version: int | None = None,
        strict_trace: bool = True,
        verbose: bool = False,
    ) -> None:
        super().__init__(caption)
        self.value = value
        self.inputs = inputs
        self.opset_version = opset_version
        self.strict_trace = strict_trace
        self.verbose = verbose

    def _encode(self) -> Encoded:
        encoded = self._read()
        for node in encoded.body["nodes"] if self.verbose else ():
            print(f"{node['op']}({', '.join(node['inputs'])}) -> {', '.join(node['outputs'])}")  # noqa: T201  # asked for
        return encoded

    def _read(self) -> Encoded:
        if isinstance(self.value, str | Path):
            return _onnx_file(Path(self.value))
        if isinstance(self.value, bytes):
            return _encoded(_read(self.value), "onnx", ())
        if not hasattr(self.value, "named_modules"):
            raise NotShown(f"is {type(self.value).__name__!r}; give a torch module, or the path of an ONNX file")
        from pavi.media import torch_graph

        found = torch_graph.describe(
            self.value, self.inputs, opset_version=self.opset_version, strict_trace=self.strict_trace
        )
        return _encoded(found.body, found.format, found.warnings)


def _onnx_file(path: Path) -> Encoded:
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if size > _MAX_ONNX_BYTES:
                raise TooLarge(f"has {mebibytes(size)}, more than {mebibytes(_MAX_ONNX_BYTES)}; export without weights")
            if size == 0:
                raise NotShown("is an empty file, not an ONNX model")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data, memoryview(data) as view:
                body = _read(view)
    except OSError as error:
        raise NotShown(f"names {str(path)[:200]!r}, which cannot be read ({error})") from error
    return _encoded(body, "onnx", ())


def _read(data: bytes | memoryview) -> dict[str, Any]:
    try:
        return read_graph(data)
    except BadOnnx as error:
        message = str(error)
    # Outside of the handler: a traceback would keep parts of the mapped file.
    raise NotShown(message)


def _encoded(body: Mapping[str, Any], format_: str, warnings: tuple[str, ...]) -> Encoded:
    total = int(body.get("total", len(body["nodes"])))
    if total > len(body["nodes"]):
        warnings = (*warnings, f"has {total:,} nodes; the first {MAX_NODES:,} are kept")
    meta = {"nodes": len(body["nodes"]), "format": format_}
    kept = {key: body[key] for key in ("inputs", "outputs", "nodes")}
    return Encoded("graph", meta, body=kept, warnings=warnings)
