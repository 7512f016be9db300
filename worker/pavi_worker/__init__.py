"""The node agent: describes a machine to Pavi. Runs without Django and without the server's code."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("pavi-worker")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0"
