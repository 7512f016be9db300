"""Starts the trainer with one mistake after another, and prints as JSON what it says and exits with; and, last, how a
training of two epochs fares whose place for snapshots goes away.

python mistakes.py EXAMPLE_FOLDER CONFIG MISTAKE…
"""

import contextlib
import io
import json
import shutil
import sys
from typing import Any

example, config, *mistakes = sys.argv[1:]
sys.path.insert(0, example)

import train  # noqa: E402  # what it needs to be found stands above
from classifier import ranks  # noqa: E402
from classifier.config import load  # noqa: E402
from classifier.trainer import Trainer  # noqa: E402

from pavi import monitor, saver  # noqa: E402

FILES = ["monitor={type: tensorboard, log_dir: no/runs}", "saver={type: lustre, dir: no/checkpoints}"]


def said(mistake: str) -> str:
    """What goes to stderr in the end, and is exit code 1 when it is a text."""
    sys.argv = ["train.py", "--config", config, "--override", *FILES, mistake]
    try:
        train.main()
    except SystemExit as end:
        return str(end.code)
    return "trained"


def away() -> dict[str, Any]:
    """What is said when the folder for snapshots is gone, epoch by epoch, and how it ends."""
    small = "model.kwargs={channels: [8, 8, 8, 8], layers: [1, 1, 1, 1]}"
    settings = load(config, [*FILES, small, "data.size=8", "data.batch_size=256", "max_epochs=2"])
    err, end = io.StringIO(), "finished"
    with ranks.joined() as launch, monitor.build(settings["monitor"]) as events:
        trainer, folder = Trainer(settings, launch), saver.build(settings["saver"])
        shutil.rmtree(settings["saver"]["dir"])
        try:
            with contextlib.redirect_stderr(err):
                trainer.fit(events, folder)
        except OSError as error:
            end = type(error).__name__
    return {"said": err.getvalue(), "epochs": trainer.epoch, "end": end}


if __name__ == "__main__":
    found = {mistake: said(mistake) for mistake in mistakes}
    print(json.dumps({"mistakes": found, "away": away()}))
