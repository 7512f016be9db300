"""The directory of a zip archive, and the beginnings of its entries; with zip64, never inflated beyond a bound."""

import struct
import zlib
from dataclasses import dataclass

from server.modelcloud.formats.findings import BadFile
from server.modelcloud.formats.window import Window

MAX_DIRECTORY = 16 << 20
MAX_ENTRIES = 100_000

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 1 << 16
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the archive. Sizes in bytes, as the directory claims them."""

    name: str
    method: int
    packed: int
    size: int
    offset: int


def entries(window: Window) -> list[Entry]:
    """The directory.

    Raises:
        BadFile: it is damaged, beyond the bounds, or names something twice.
    """
    count, length, start = _find_directory(window)
    if length > MAX_DIRECTORY or count > MAX_ENTRIES:
        raise BadFile(f"the archive claims {count:,} entries in a directory of {length:,} bytes; that is too many")
    data = window.exactly(start, length, "the archive's directory")
    found: list[Entry] = []
    position = 0
    for _ in range(count):
        if position + _ENTRY.size > len(data):
            raise BadFile("the archive's directory is cut off")
        fields = _ENTRY.unpack_from(data, position)
        if fields[0] != b"PK\x01\x02":
            raise BadFile("the archive's directory is damaged")
        method, packed, size, offset = fields[4], fields[8], fields[9], fields[16]
        name_length, extra_length, comment_length = fields[10], fields[11], fields[12]
        names = position + _ENTRY.size
        name = data[names : names + name_length].decode("utf-8", "replace")
        extra = data[names + name_length : names + name_length + extra_length]
        size, packed, offset = _wide(extra, size, packed, offset)
        found.append(Entry(name, method, packed, size, offset))
        position = names + name_length + extra_length + comment_length
    if len({entry.name for entry in found}) != len(found):
        raise BadFile("the archive names an entry twice: programs would not agree on which one is meant")
    return found


def beginning(window: Window, entry: Entry, most: int) -> bytes:
    """The first ``most`` bytes of an entry, inflated where it is compressed.

    Raises:
        BadFile
    """
    local = _LOCAL.unpack(window.exactly(entry.offset, _LOCAL.size, f"the entry {entry.name[:80]!r}"))
    if local[0] != b"PK\x03\x04":
        raise BadFile(f"the entry {entry.name[:80]!r} is not where the directory says")
    start = entry.offset + _LOCAL.size + local[9] + local[10]
    if entry.method == _STORED:
        return window.exactly(start, min(entry.packed, most), f"the entry {entry.name[:80]!r}")
    if entry.method != _DEFLATED:
        raise BadFile(f"the entry {entry.name[:80]!r} is compressed by method {entry.method}, which is not read")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    out = bytearray()
    position, left = start, entry.packed
    try:
        while left and len(out) < most and not inflater.eof:
            piece = window.read(position, min(left, 1 << 16))
            if not piece:
                raise BadFile(f"the entry {entry.name[:80]!r} reaches beyond the end of the file")
            out += inflater.decompress(piece, most - len(out))
            while inflater.unconsumed_tail and len(out) < most:
                out += inflater.decompress(inflater.unconsumed_tail, most - len(out))
            position, left = position + len(piece), left - len(piece)
    except zlib.error as error:
        raise BadFile(f"the entry {entry.name[:80]!r} cannot be inflated: {error}") from None
    return bytes(out)


def _find_directory(window: Window) -> tuple[int, int, int]:
    """Number of entries, length and start of the directory."""
    tail_start = max(0, window.size - _END.size - _LONGEST_COMMENT)
    tail = window.read(tail_start, window.size - tail_start)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise BadFile("the archive has no end: it is cut off, or no zip")
    fields = _END.unpack_from(tail, at)
    count, length, start = fields[4], fields[5], fields[6]
    if count == _FULL16 or length == _FULL32 or start == _FULL32:
        where = tail_start + at - _LOCATOR.size
        locator = window.read(where, _LOCATOR.size) if where >= 0 else b""
        if len(locator) == _LOCATOR.size and locator[:4] == b"PK\x06\x07":
            wide = window.exactly(_LOCATOR.unpack(locator)[2], _END64.size, "the archive's end")
            if wide[:4] != b"PK\x06\x06":
                raise BadFile("the archive's end is damaged")
            fields = _END64.unpack(wide)
            count, length, start = fields[7], fields[8], fields[9]
    return count, length, start


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Sizes and offset, from the zip64 field where they did not fit."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        if kind == 1:
            values = iter(struct.unpack_from(f"<{min(length, len(extra) - position - 4) // 8}Q", extra, position + 4))
            try:
                size = next(values) if size == _FULL32 else size
                packed = next(values) if packed == _FULL32 else packed
                offset = next(values) if offset == _FULL32 else offset
            except StopIteration:
                raise BadFile("the archive's directory is damaged") from None
            break
        position += 4 + length
    return size, packed, offset
