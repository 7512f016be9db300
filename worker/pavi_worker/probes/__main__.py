"""``python -m pavi_worker.probes NAME``: runs one probe and writes its labels to stdout as JSON, and nothing else."""

import importlib
import json
import os
import sys

from pavi_worker.probes import NAMES


def main() -> None:
    """Runs the probe named on the command line."""
    name = sys.argv[1]
    if name not in NAMES:
        sys.exit(f"there is no probe {name!r}; there are {', '.join(NAMES)}")
    # Drivers like to print: what they say goes to stderr, so that stdout holds the labels alone.
    answer = os.dup(1)
    os.dup2(2, 1)
    labels = importlib.import_module(f"pavi_worker.probes.{name}").probe()
    with os.fdopen(answer, "w") as file:
        json.dump(labels, file)


main()
