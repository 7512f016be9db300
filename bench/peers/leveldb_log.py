"""Reads a file of records framed as in LevelDB's log, which W&B and SwanLab both use behind a 7-byte header.

The format: https://github.com/google/leveldb/blob/main/doc/log_format.md. A tail that a kill tore ends the reading;
that is how the tools themselves treat it.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

_HEADER = struct.Struct("<IHB")
_BLOCK = 32 * 1024
_FULL, _FIRST, _LAST = 1, 2, 4


def records(path: Path) -> Iterator[bytes]:
    """Every whole record, in order."""
    data = path.read_bytes()
    position, parts = _HEADER.size, b""
    while position + _HEADER.size <= len(data):
        room = _BLOCK - position % _BLOCK
        if room < _HEADER.size:
            position += room
            continue
        _, length, kind = _HEADER.unpack_from(data, position)
        begin = position + _HEADER.size
        position = begin + length
        if kind == 0 or position > len(data):
            return
        parts = data[begin:position] if kind in (_FULL, _FIRST) else parts + data[begin:position]
        if kind in (_FULL, _LAST):
            yield parts
