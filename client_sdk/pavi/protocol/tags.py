"""Which texts may name a series. The SDK asks before it writes, the server before it stores: one answer."""

import unicodedata

from pavi.protocol.records import MAX_TAG_BYTES


def tag_problem(name: str) -> str | None:
    """Why ``name`` cannot name a series, as a phrase for a message; None when it can."""
    if not name or not name.strip():
        return "is empty"
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "is not valid Unicode (it holds a lone surrogate)"
    if size > MAX_TAG_BYTES:
        return f"has {size} bytes, more than {MAX_TAG_BYTES}"
    if not name.isprintable() and any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in name):
        return "holds a control character"
    return None
