"""Opaque page cursors: where a keyset page ended, as text that only the server reads."""

import base64
import binascii
import json
from typing import Any

from server.common.errors import InvalidInput

MAX_CURSOR_CHARS = 4096


class BadCursor(InvalidInput):
    code = "common.bad_cursor"


def encode(position: list[Any]) -> str:
    """A cursor for a position made of JSON values."""
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, *, length: int) -> list[Any]:
    """The position that a cursor holds.

    Raises:
        BadCursor: the text was not made by `encode`, or for another kind of page.
    """
    try:
        if len(cursor) > MAX_CURSOR_CHARS:
            raise ValueError
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = json.loads(raw)
        if not isinstance(position, list) or len(position) != length:
            raise ValueError
    except (ValueError, binascii.Error, RecursionError):
        raise BadCursor("This cursor is not from here. Leave it out to start at the first page.") from None
    return position
