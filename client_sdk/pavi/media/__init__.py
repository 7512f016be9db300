"""What can be looked at beside scalars: a value goes in, kind, meta and body or bytes come out (``docs/media.md``).

Owns encoding and size caps. Knows no journal and no training; ``training.log({"tag": pavi.Image(…)}, step)`` writes
what comes out. Everything is loaded when it is first used, and numpy only when a value needs it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pavi.media.audio import Audio
    from pavi.media.embedding import Embedding
    from pavi.media.figure import Figure
    from pavi.media.graph import Graph
    from pavi.media.histogram import Histogram
    from pavi.media.image import Image
    from pavi.media.layout import Layout
    from pavi.media.mesh import Mesh
    from pavi.media.pr_curve import PrCurve
    from pavi.media.shape import Encoded, Media, NotShown, TooLarge
    from pavi.media.table import Table
    from pavi.media.tensor import Tensor
    from pavi.media.text import Text
    from pavi.media.trace import Trace, trace_handler
    from pavi.media.video import Video

__all__ = [
    "Audio",
    "Embedding",
    "Encoded",
    "Figure",
    "Graph",
    "Histogram",
    "Image",
    "Layout",
    "Media",
    "Mesh",
    "NotShown",
    "PrCurve",
    "Table",
    "Tensor",
    "Text",
    "TooLarge",
    "Trace",
    "Video",
    "trace_handler",
]

_WHERE = {
    "Audio": "audio",
    "Embedding": "embedding",
    "Encoded": "shape",
    "Figure": "figure",
    "Graph": "graph",
    "Histogram": "histogram",
    "Image": "image",
    "Layout": "layout",
    "Media": "shape",
    "Mesh": "mesh",
    "NotShown": "shape",
    "PrCurve": "pr_curve",
    "Table": "table",
    "Tensor": "tensor",
    "Text": "text",
    "TooLarge": "shape",
    "Trace": "trace",
    "Video": "video",
    "trace_handler": "trace",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'pavi.media' has no attribute {name!r}")
    value = getattr(import_module(f"pavi.media.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
