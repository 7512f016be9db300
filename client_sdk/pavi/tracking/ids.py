"""Ids that the client makes: a training has its final one before any server has heard of it."""

import os
import time
import uuid

__all__ = ["named_id", "new_id", "parse_id"]


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): its order is the order of creation."""
    value = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def parse_id(text: str) -> uuid.UUID | None:
    """The UUID that ``text`` writes; None when it is something else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def named_id(project: str, name: str) -> uuid.UUID:
    """The id that a chosen name always gives within a project, on every machine."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"pavi:training:{project}:{name}")
