"""Identifiers made without asking the database: time-ordered 63-bit numbers and time-ordered UUIDs.

Rows of the hot tables carry ``training_id`` first in their key, so a sequence per table would be the only thing
they had to agree on across hosts; a clock and a random node number do without.
"""

import os
import threading
import time
import uuid

_EPOCH_MS = 1_577_836_800_000  # 2020-01-01
_NODE_BITS, _COUNT_BITS = 10, 12
_lock = threading.Lock()
_node: int | None = None
_last_ms = 0
_count = 0


def next_id() -> int:
    """A positive 63-bit number, larger than every earlier one of this process.

    41 bits of milliseconds, 10 bits drawn once a process, 12 bits of counter: two processes collide only when they
    drew the same node number and make an id in the same millisecond at the same count.
    """
    global _node, _last_ms, _count
    with _lock:
        if _node is None:
            _node = int.from_bytes(os.urandom(2), "little") & ((1 << _NODE_BITS) - 1)
        now = int(time.time() * 1000) - _EPOCH_MS
        if now > _last_ms:
            _last_ms, _count = now, 0
        else:
            _count += 1
            if _count >> _COUNT_BITS:
                _last_ms, _count = _last_ms + 1, 0
        return (_last_ms << (_NODE_BITS + _COUNT_BITS)) | (_node << _COUNT_BITS) | _count


def made_at(number: int) -> float:
    """When `next_id` made a number, in seconds since the epoch, to the millisecond."""
    return ((number >> (_NODE_BITS + _COUNT_BITS)) + _EPOCH_MS) / 1000


def _forget_node() -> None:
    global _node
    _node = None


os.register_at_fork(after_in_child=_forget_node)


def new_uuid() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): its order is the order of creation."""
    value = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
