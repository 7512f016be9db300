"""Reading a request's body, which may break off."""

from collections.abc import Iterator
from typing import BinaryIO

from django.http import UnreadablePostError

from server.blobs.errors import CutShort

_BLOCK_BYTES = 1 << 20


def blocks(stream: BinaryIO, length: int) -> Iterator[bytes]:
    """Exactly ``length`` bytes, block by block.

    Raises:
        CutShort: the connection ended before.
    """
    left = length
    while left:
        try:
            block = stream.read(min(_BLOCK_BYTES, left))
        except UnreadablePostError:
            block = b""  # the connection broke
        if not block:
            raise CutShort(f"{left} of {length} bytes did not arrive. Send the part again.", missing=left)
        left -= len(block)
        yield block
