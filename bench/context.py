"""What every group of measurements is given, and what it gives back."""

import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bench.children import Tool, pavi
from bench.figures import Figure
from tests.platform import RunningPlatform

T = TypeVar("T")


def quick() -> bool:
    """Whether BENCH_QUICK asks for fewer repetitions: figures are then a smoke test, not a statement."""
    return os.environ.get("BENCH_QUICK", "") not in ("", "0")


def pick(thorough: T, hasty: T) -> T:
    """How often, how long, how many: the first normally, the second with BENCH_QUICK=1."""
    return hasty if quick() else thorough


def end_in_order() -> None:
    """Makes SIGTERM unwind like an exception, so that servers and databases that were started are stopped."""
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(128 + signum))


@dataclass(frozen=True, slots=True)
class Context:
    """A folder of its own for one group, and the platform that it measures against."""

    folder: Path
    platform: RunningPlatform

    def pavi(self, **environment: str) -> Tool:
        """Pavi's SDK, logged in to the platform unless ``environment`` says otherwise."""
        return pavi(
            {
                "PAVI_SERVER": self.platform.url,
                "PAVI_TOKEN": self.platform.token,
                "PAVI_CONFIG_DIR": str(self.folder / "config"),
                **environment,
            }
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures by the keys of their bars, and whatever else is worth keeping beside them."""

    figures: dict[str, Figure]
    details: dict[str, Any] = field(default_factory=dict)
