"""Pavi tracks trainings: `init` (or `SummaryWriter`) where a model is trained, `Api` where results are read.

Everything is loaded when it is first used: ``import pavi`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pavi import exception, media, modelcloud, monitor, protocol, saver
    from pavi.api import Api, get_latest_scalar, get_scalar, get_training_url
    from pavi.api.login import login
    from pavi.media import (
        Audio,
        Embedding,
        Figure,
        Graph,
        Histogram,
        Image,
        Mesh,
        PrCurve,
        Table,
        Tensor,
        Text,
        Trace,
        Video,
    )
    from pavi.tracking.start import init
    from pavi.tracking.summary_writer import SummaryWriter
    from pavi.tracking.training import Training

    __version__: str

__all__ = [
    "Api",
    "Audio",
    "Embedding",
    "Figure",
    "Graph",
    "Histogram",
    "Image",
    "Mesh",
    "PrCurve",
    "SummaryWriter",
    "Table",
    "Tensor",
    "Text",
    "Trace",
    "Training",
    "Video",
    "__version__",
    "exception",
    "get_latest_scalar",
    "get_scalar",
    "get_training_url",
    "init",
    "login",
    "media",
    "modelcloud",
    "monitor",
    "protocol",
    "saver",
]

_WHERE = {
    "Api": "pavi.api",
    "Audio": "pavi.media",
    "Embedding": "pavi.media",
    "Figure": "pavi.media",
    "Graph": "pavi.media",
    "Histogram": "pavi.media",
    "Image": "pavi.media",
    "Mesh": "pavi.media",
    "PrCurve": "pavi.media",
    "SummaryWriter": "pavi.tracking.summary_writer",
    "Table": "pavi.media",
    "Tensor": "pavi.media",
    "Text": "pavi.media",
    "Trace": "pavi.media",
    "Training": "pavi.tracking.training",
    "Video": "pavi.media",
    "get_latest_scalar": "pavi.api",
    "get_scalar": "pavi.api",
    "get_training_url": "pavi.api",
    "init": "pavi.tracking.start",
    "login": "pavi.api.login",
}
_MODULES = ("exception", "media", "modelcloud", "monitor", "protocol", "saver")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"pavi.{name}")
    if name == "__version__":
        value: Any = import_module("pavi.tracking.opening").sdk_version()
    elif name in _WHERE:
        value = getattr(import_module(_WHERE[name]), name)
    else:
        raise AttributeError(f"module 'pavi' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
