"""``python -m pavi_worker``."""

from pavi_worker.cli import main

main()
