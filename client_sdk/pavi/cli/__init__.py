"""The ``pavi`` command. Parses, asks `pavi.api` and `pavi.delivery`, prints; decides nothing by itself.

click and rich are imported here and nowhere else in the SDK.
"""

import sys


def main() -> None:
    """Entry point of ``pavi`` and ``python -m pavi``."""
    try:
        import click  # noqa: F401  # only asks whether it is there
        import rich  # noqa: F401
    except ImportError as error:
        sys.exit(f"pavi: the command line needs {error.name}; install it with: pip install 'pavi-sdk[cli]'")
    from pavi.cli.root import root

    root()
