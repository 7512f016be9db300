"""References in addresses: what a caller passes must not become another address."""

from urllib.parse import quote


def segment(ref: object) -> str:
    """A training's or compare's number or id as one part of a path.

    Raises:
        ValueError: it is empty.
    """
    text = str(ref).strip()
    if not text or text in (".", ".."):
        raise ValueError(f"{ref!r} names no training or compare; give its number or its id")
    return quote(text, safe="")
