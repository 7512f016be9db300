"""A training for fault tests: logs numbered points, and tells through a file how many `log` calls have returned.

Run as a program. What it wrote down is what must be found on the server in the end: no point less, none twice.
"""

import os
import sys
import time

import pavi


def main(training_id: str, told: str, count: int, pause: float) -> None:
    """Logs points 0 … count-1 of series ``a`` (value = step) and ``b`` (value = -step / 2)."""
    descriptor = os.open(told, os.O_WRONLY | os.O_CREAT, 0o600)
    with pavi.init(project="faults", name="trainer", id=training_id, system_metrics=False, git=False) as training:
        for step in range(count):
            training.log({"a": float(step), "b": -step / 2}, step=step)
            os.pwrite(descriptor, b"%10d" % (step + 1), 0)
            if step % 500 == 0:
                print(f"step {step}")
            if pause:
                time.sleep(pause)
    os.pwrite(descriptor, b" done", 11)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
