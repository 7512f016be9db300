"""Kills training processes with SIGKILL at random moments and counts what is missing, and what came twice."""

import random
import struct
import time
from pathlib import Path

from bench import children, figures, journals
from bench.children import ChildFailed, Tool
from bench.context import Context, Measured, pick

_PATIENCE_S = 30.0


def kill_at_random(tool: Tool, folder: Path, *, chance: random.Random, longest_s: float = 1.5) -> int:
    """Lets a child log (10 scalars a millisecond), kills it, and returns how many of its log calls had returned.

    Raises:
        ChildFailed: it ended by itself, or never logged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counter = folder / "returned"
    counter.write_bytes(bytes(8))
    process, _, printed = children.spawn(tool, "until_killed", folder, counter=str(counter), pause_s=0.001)
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while not _count(counter):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ChildFailed(f"{tool.name} did not log: {printed.read_text(errors='replace')[-2000:]}")
            time.sleep(0.005)
        time.sleep(chance.uniform(0.02, longest_s))
    finally:
        process.kill()
        process.wait()
    return _count(counter)


def _count(counter: Path) -> int:
    return int(struct.unpack("<q", counter.read_bytes())[0])


def run(context: Context) -> Measured:
    """Every point of every call that returned must be on the server after `pavi sync`, exactly once."""
    kills, chance = pick(8, 2), random.Random(1)
    total = lost = doubled = 0
    for number in range(kills):
        folder = context.folder / str(number)
        returned = kill_at_random(context.pavi(), folder, chance=chance)
        journals.sync(context.platform, folder / "journals")
        missing, twice = journals.lost_and_doubled(journals.arrived(context.platform, folder / "journals"), returned)
        total, lost, doubled = total + returned * len(journals.TAGS), lost + missing, doubled + twice
    note = f"of {total:,} points, {kills} kills"
    return Measured(
        {
            "kill.lost": figures.single(lost, n=kills, note=note),
            "kill.doubled": figures.single(doubled, n=kills, note=note),
        },
        {"points": total},
    )
