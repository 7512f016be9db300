"""Everything that a training is, as a file's content: what `torch.load` takes with ``weights_only=True``.

Owns what is in it. Where it is kept is the saver's.
"""

import random
from pathlib import Path
from typing import Any

import numpy as np
import torch

from classifier.config import ConfigError
from classifier.ranks import Ranks
from pavi.saver import Saver

__all__ = ["FORMAT", "find", "random_state", "read", "restore_random_state"]

FORMAT = 1


def random_state() -> dict[str, Any]:
    """The state of every random generator of this process, in types that load safely."""
    name, keys, position, has_gauss, gauss = np.random.get_state()
    state = {
        "python": random.getstate(),
        "numpy": (name, torch.from_numpy(keys.astype(np.int64)), int(position), int(has_gauss), float(gauss)),
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state()
    return state


def restore_random_state(state: dict[str, Any]) -> None:
    """Takes what `random_state` gave."""
    name, keys, position, has_gauss, gauss = state["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), position, has_gauss, gauss))
    random.setstate(state["python"])
    torch.set_rng_state(state["torch"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["cuda"])


def find(wanted: str | None, saver: Saver, ranks: Ranks) -> Path | None:
    """The snapshot that a training goes on from, as a local file; the same on all ranks.

    Args:
        wanted: ``latest`` (the saver's newest, or nothing yet), a name in the saver, or a file (a path with a slash).
        saver: where snapshots are kept.
        ranks: who asks.

    Raises:
        ConfigError: there is no such snapshot.
    """
    if wanted is not None and "/" in wanted:
        if not Path(wanted).is_file():
            raise ConfigError(
                f"there is no file {wanted}; a name without a slash is looked for where the saver keeps them"
            )
        return Path(wanted)
    name = ranks.agree(saver.latest() if ranks.first else None) if wanted == "latest" else wanted
    if name is None:
        return None
    try:
        return saver.load(name)
    except (FileNotFoundError, ValueError) as error:
        raise ConfigError(f"no snapshot to go on from: {error}") from error


def read(path: Path) -> dict[str, Any]:
    """A snapshot's content, on the CPU.

    Raises:
        ConfigError: the file is none.
    """
    content = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ConfigError(f"{path} is no snapshot of this trainer")
    return content
