"""TFRecord files: from bytes to whole, checked records, block by block, also while somebody is still writing.

A record is its length (8 bytes, little-endian), that length's masked CRC-32C, the data, and the data's. What is cut off
at the end is not there yet; it is read when it is whole.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pavi.tensorboard.crc import masked_many

__all__ = ["Block", "RecordFile"]

_LENGTH = struct.Struct("<Q")
_HEAD, _FOOT = 12, 4
_BLOCK_BYTES = 8 * 1024 * 1024
_LONGEST = 1 << 30
"""A record that says it is longer than this is taken for damage."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records in a buffer: ``data[start : start + size]`` for each pair."""

    data: bytes
    starts: list[int]
    sizes: list[int]


class RecordFile:
    """One file, read on from where the last call stopped.

    Attributes:
        offset: bytes that were read as whole records, or passed over as damaged.
        damaged: records whose checksum was wrong; they are passed over.
        broken: why nothing behind ``offset`` can be read; empty while all is well.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.damaged = 0
        self.broken = ""

    def blocks(self) -> Iterator[Block]:
        """What is there now and was not read yet.

        Raises:
            OSError: the file cannot be read.
        """
        wanted = _BLOCK_BYTES
        self.broken = ""  # a page that another machine's writer had not flushed may be there now
        with self.path.open("rb") as file:
            file.seek(self.offset)
            rest = b""
            while not self.broken:
                data = file.read(wanted)
                if not data:
                    return
                data = rest + data
                block, used, needed = self._cut(data)
                self.offset += used
                rest = data[used:]
                wanted = max(_BLOCK_BYTES, needed - len(rest))
                if block.starts:
                    yield block

    def _cut(self, data: bytes) -> tuple[Block, int, int]:
        """The whole records at the beginning of ``data``, how many bytes they take, and how many the next one takes."""
        heads: list[int] = []
        sizes: list[int] = []
        at, end, needed = 0, len(data), 0
        unpack = _LENGTH.unpack_from
        while at + _HEAD <= end:
            size = unpack(data, at)[0]
            following = at + size + _HEAD + _FOOT
            if following > end:
                needed = following - at
                break
            heads.append(at)
            sizes.append(size)
            at = following
        good = self._checked_heads(data, heads)
        if needed and good == len(heads) and not self._sound(data, at):
            self.broken = f"the record at byte {self.offset + at} has a damaged length"
        if good < len(heads):
            at = heads[good]
            self.broken = f"the record at byte {self.offset + at} has a damaged length"
        return self._checked(data, heads[:good], sizes[:good]), at, min(needed, _LONGEST)

    def _checked_heads(self, data: bytes, heads: list[int]) -> int:
        """How many lengths can be trusted, from the first one on."""
        if not heads:
            return 0
        starts = np.array(heads, np.int64)
        wrong = _stored(data, starts + 8) != masked_many(np.frombuffer(data, np.uint8), starts, np.full_like(starts, 8))
        return int(np.argmax(wrong)) if wrong.any() else len(heads)

    def _sound(self, data: bytes, at: int) -> bool:
        """Whether the length of a record that is not whole yet can be trusted."""
        return self._checked_heads(data, [at]) == 1 and _LENGTH.unpack_from(data, at)[0] <= _LONGEST

    def _checked(self, data: bytes, heads: list[int], sizes: list[int]) -> Block:
        if not heads:
            return Block(data, [], [])
        starts, lengths = np.array(heads, np.int64) + _HEAD, np.array(sizes, np.int64)
        crcs = masked_many(np.frombuffer(data, np.uint8), starts, lengths)
        right = _stored(data, starts + lengths) == crcs
        if right.all():
            return Block(data, starts.tolist(), sizes)
        self.damaged += int((~right).sum())
        return Block(data, starts[right].tolist(), lengths[right].tolist())


def _stored(data: bytes, at: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """The 32-bit words at these positions."""
    rows = np.frombuffer(data, np.uint8)[at[:, None] + np.arange(4)]
    words: npt.NDArray[np.uint32] = rows.view("<u4").reshape(-1)
    return words
