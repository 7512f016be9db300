"""``python -m pavi`` is the ``pavi`` command."""

from pavi.cli import main

main()
