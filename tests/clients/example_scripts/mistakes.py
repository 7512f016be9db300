"""Starts the trainer with one mistake after another, and prints as JSON what it says and exits with.

python mistakes.py EXAMPLE_FOLDER CONFIG MISTAKE…
"""

import json
import sys

example, config, *mistakes = sys.argv[1:]
sys.path.insert(0, example)

import train  # noqa: E402  # what it needs to be found stands above

FILES = ["monitor={type: tensorboard, log_dir: no/runs}", "saver={type: lustre, dir: no/checkpoints}"]


def said(mistake: str) -> str:
    """What goes to stderr in the end, and is exit code 1 when it is a text."""
    sys.argv = ["train.py", "--config", config, "--override", *FILES, mistake]
    try:
        train.main()
    except SystemExit as end:
        return str(end.code)
    return "trained"


if __name__ == "__main__":
    print(json.dumps({mistake: said(mistake) for mistake in mistakes}))
