"""Pavi tracks trainings: `init` (or `SummaryWriter`) where a model is trained, `Api` where results are read.

Everything is loaded when it is first used: ``import pavi`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pavi import exception, modelcloud, monitor, protocol, saver
    from pavi.api import Api, get_latest_scalar, get_scalar, get_training_url
    from pavi.api.login import login
    from pavi.tracking.start import init
    from pavi.tracking.summary_writer import SummaryWriter
    from pavi.tracking.training import Training

    __version__: str

__all__ = [
    "Api",
    "SummaryWriter",
    "Training",
    "__version__",
    "exception",
    "get_latest_scalar",
    "get_scalar",
    "get_training_url",
    "init",
    "login",
    "modelcloud",
    "monitor",
    "protocol",
    "saver",
]

_WHERE = {
    "Api": "pavi.api",
    "SummaryWriter": "pavi.tracking.summary_writer",
    "Training": "pavi.tracking.training",
    "get_latest_scalar": "pavi.api",
    "get_scalar": "pavi.api",
    "get_training_url": "pavi.api",
    "init": "pavi.tracking.start",
    "login": "pavi.api.login",
}
_MODULES = ("exception", "modelcloud", "monitor", "protocol", "saver")


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
