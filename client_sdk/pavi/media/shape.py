"""What every kind has in common: a value that is encoded when it is logged, and the shape it is encoded into.

Owns the caps that several kinds share. Does not know any kind.
"""

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from pavi.protocol import MediaKind

__all__ = ["MAX_FILE_BYTES", "Encoded", "Media", "NotShown", "TooLarge", "finite", "mebibytes"]

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Of one picture, figure, sound, video, tensor or trace."""
MAX_CAPTION = 2_000
"""Characters."""


class NotShown(ValueError):
    """A value that cannot be encoded. The message is a phrase that follows the thing's name and names the way out.

    Attributes:
        reason: under what it is counted.
    """

    reason = "not media"


class TooLarge(NotShown):
    """A value beyond a cap."""

    reason = "too large"


@dataclass(frozen=True, slots=True)
class Encoded:
    """What goes into a `pavi.protocol.MediaEvent`: exactly one of ``body``, ``data`` and ``path`` holds the thing.

    Attributes:
        kind: one of `pavi.protocol.MediaKind`.
        meta: small facts, as JSON.
        body: JSON; a large one is stored as a file.
        data: bytes of the file.
        path: a file to copy.
        media_type: of ``data`` or ``path``.
        name: of the file, for downloads.
        warnings: what was changed on the way, each a phrase that follows the thing's name.
    """

    kind: MediaKind
    meta: dict[str, Any]
    body: Any = None
    data: bytes | None = None
    path: Path | None = None
    media_type: str | None = None
    name: str | None = None
    warnings: tuple[str, ...] = field(default=())


class Media:
    """One thing to look at. The value is read when it is logged, not before, and never changed.

    Args:
        caption: one line of text beside it.
    """

    kind: ClassVar[MediaKind]

    def __init__(self, caption: str | None = None) -> None:
        self.caption = caption

    def encode(self) -> Encoded:
        """The value as kind, meta and body or bytes.

        Raises:
            NotShown: it is no such thing, or beyond a cap.
            ImportError: a library that the value needs is not installed.
        """
        encoded = self._encode()
        if self.caption is None or self.caption == "":
            return encoded
        return dataclasses.replace(encoded, meta={**encoded.meta, "caption": str(self.caption)[:MAX_CAPTION]})

    def _encode(self) -> Encoded:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<pavi.{type(self).__name__}{f' {self.caption!r}' if self.caption else ''}>"


def finite(number: float) -> float | str:
    """A float as JSON holds it: what is not finite becomes a text."""
    number = float(number)
    if math.isfinite(number):
        return number
    return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"


def finite_list(numbers: Iterable[float]) -> list[float | str]:
    """Floats as JSON holds them."""
    return [finite(number) for number in numbers]


def mebibytes(size: float) -> str:
    """A size for people."""
    return f"{size / (1 << 20):,.1f} MiB"
