"""What reading a file yields, and how it says that a file is bad."""

import math
from dataclasses import dataclass, field
from typing import Any

MAX_TENSORS = 20_000
MAX_GLOBALS = 1_000
MAX_TEXT = 500
MAX_DIMENSIONS = 64
_BIGGEST = (1 << 63) - 1


class BadFile(ValueError):
    """The bytes are not what their format promises, or go beyond the bounds; the message is for people.

    ``findings``: what was found until then. A pickle does its harm before it breaks off.
    """

    findings: "Findings | None" = None


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor. ``dtype`` as torch and numpy call it."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(slots=True)
class Findings:
    """What a file holds. ``truncated``: there is more than the bounds let through.

    ``globals`` maps what a pickle would import to whether it is beyond what plain checkpoints need.
    """

    format: str
    tensors: list[Tensor] = field(default_factory=list)
    globals: dict[str, bool] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    truncated: bool = False

    def add(self, name: str, shape: tuple[int, ...], dtype: str) -> bool:
        """Takes a tensor; False when there is no room for another."""
        if len(self.tensors) >= MAX_TENSORS:
            self.truncated = True
            return False
        self.tensors.append(Tensor(clean(name), shape, clean(dtype)))
        return True

    def name_global(self, name: str, dangerous: bool) -> None:
        """Takes a global. The dangerous ones always find room."""
        if len(self.globals) >= MAX_GLOBALS and not dangerous:
            self.truncated = True
            return
        if len(self.globals) < 2 * MAX_GLOBALS:
            self.globals[clean(name)] = dangerous

    def as_json(self) -> dict[str, Any]:
        """What is stored and answered."""
        return {
            "format": self.format,
            "tensors": [
                {"name": tensor.name, "shape": list(tensor.shape), "dtype": tensor.dtype} for tensor in self.tensors
            ],
            "parameters": min(sum(math.prod(tensor.shape) for tensor in self.tensors), _BIGGEST),
            **self.globals_as_json(),
            "metadata": self.metadata,
            "truncated": self.truncated,
        }

    def globals_as_json(self) -> dict[str, Any]:
        """What a pickle names, the dangerous ones first."""
        ordered = sorted(self.globals.items(), key=lambda item: (not item[1], item[0]))
        return {
            "globals": [{"name": name, "dangerous": dangerous} for name, dangerous in ordered],
            "dangerous": any(self.globals.values()),
        }


def shape_of(value: object) -> tuple[int, ...] | None:
    """A shape out of untrusted data; None when it is none."""
    if not isinstance(value, list | tuple) or len(value) > MAX_DIMENSIONS:
        return None
    if all(type(size) is int and 0 <= size <= _BIGGEST for size in value):
        return tuple(value)
    return None


def clean(text: str) -> str:
    """A text that every database stores."""
    cut = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
    return cut.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
