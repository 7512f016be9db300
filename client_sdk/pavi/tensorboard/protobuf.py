"""As much of protobuf's wire format as event files need: the fields of a message, unknown ones included.

Knows no message. See "Encoding" in protobuf's documentation.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Field", "Malformed", "fields", "signed", "varint"]

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_DOUBLE, _FLOAT = struct.Struct("<d"), struct.Struct("<f")


class Malformed(ValueError):
    """Bytes that are no message."""


class Field(NamedTuple):
    """One field of a message; ``start`` and ``stop`` are where its payload lies.

    ``number`` of VARINT is the value itself, unsigned; of the others it is 0.
    """

    id: int
    wire: int
    start: int
    stop: int
    number: int
    data: bytes

    def bytes(self) -> bytes:
        return self.data[self.start : self.stop]

    def text(self) -> str:
        return self.bytes().decode("utf-8", "replace")

    def double(self) -> float:
        """The number in a ``double`` or ``float`` field."""
        if self.wire == FIXED64:
            return float(_DOUBLE.unpack_from(self.data, self.start)[0])
        if self.wire == FIXED32:
            return float(_FLOAT.unpack_from(self.data, self.start)[0])
        raise Malformed("a number is missing")

    def fields(self) -> "Iterator[Field]":
        """Those of the message in it."""
        return fields(self.data, self.start, self.stop) if self.wire == BYTES else iter(())


def fields(data: bytes, start: int, stop: int) -> Iterator[Field]:
    """The fields of the message in ``data[start:stop]``, in their order.

    Raises:
        Malformed: it is cut off, or of a wire type that event files never use.
    """
    at = start
    while at < stop:
        key, at = varint(data, at, stop)
        wire = key & 7
        if wire == VARINT:
            begin = at
            number, at = varint(data, at, stop)
            yield Field(key >> 3, wire, begin, at, number, data)
            continue
        if wire == BYTES:
            size, at = varint(data, at, stop)
        elif wire in (FIXED64, FIXED32):
            size = 8 if wire == FIXED64 else 4
        else:
            raise Malformed(f"wire type {wire} at byte {at}")
        if at + size > stop:
            raise Malformed(f"a field is cut off at byte {at}")
        yield Field(key >> 3, wire, at, at + size, 0, data)
        at += size


def varint(data: bytes, at: int, stop: int) -> tuple[int, int]:
    """An unsigned number and where it ends."""
    result = shift = 0
    while at < stop and shift < 70:
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & 0xFFFF_FFFF_FFFF_FFFF, at
        shift += 7
    raise Malformed(f"a number is cut off at byte {at}")


def signed(number: int) -> int:
    """An ``int64`` as protobuf writes it."""
    return number - (1 << 64) if number >> 63 else number
