"""The binary answer: a JSON document whose arrays travel beside it, as they are in memory.

Media type ``application/vnd.pavi.columns``. A body is one or more *frames*; all integers are little-endian::

    4 bytes   b"PAVC"
    u32       length of the header in bytes, a multiple of 8 (it is padded with spaces)
    u64       length of the data in bytes
    header    JSON, UTF-8
    data      arrays, each starting at a multiple of 8 bytes (zeros between)

The header is the document that the JSON answer would be, except that an array is written
``{"$array": [dtype, offset, length]}``: ``dtype`` is ``i8`` (int64), ``f8`` (float64) or ``u4`` (uint32),
``offset`` counts bytes from the beginning of the data, ``length`` counts elements. So a reader parses the header,
walks it, and views each array in place (16 bytes of frame head and the header's padding keep them aligned).

In a query's answer, a frame is the whole answer. In a series' points each frame holds ``steps`` (i8), ``times`` (f8)
and ``values`` (f8) of one stretch; joined in order they are the series.
"""

import json
import math
import struct
from typing import Any

import numpy as np

MEDIA_TYPE = "application/vnd.pavi.columns"
MAGIC = b"PAVC"
_HEAD = struct.Struct("<4sIQ")
_DTYPES = {"int64": "i8", "float64": "f8", "uint32": "u4"}


def frame(document: dict[str, Any]) -> bytes:
    """A document as one frame; numpy arrays in it (int64, float64, uint32; shape (n,)) become its data."""
    data: list[bytes] = []
    size = 0

    def place(array: "np.ndarray[Any, Any]") -> dict[str, Any]:
        nonlocal size
        raw = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        mark = {"$array": [_DTYPES[array.dtype.name], size, len(array)]}
        padding = -len(raw) % 8
        data.append(raw + bytes(padding))
        size += len(raw) + padding
        return mark

    header = json.dumps(plain(document, place), separators=(",", ":"), allow_nan=False).encode()
    header += b" " * (-len(header) % 8)
    return b"".join([_HEAD.pack(MAGIC, len(header), size), header, *data])


def plain(value: Any, array: Any = None) -> Any:
    """A document as JSON can hold it: no NaN (see `number`), arrays through ``array`` or as lists.

    In lists a NaN is null: an empty bucket.
    """
    if isinstance(value, dict):
        return {key: plain(one, array) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one, array) for one in value]
    if isinstance(value, np.ndarray):
        return array(value) if array is not None else numbers(value)
    if isinstance(value, float):
        return number(value)
    return value


def number(value: float | None) -> float | str | None:
    """A number as JSON can hold it: the words "NaN", "Infinity", "-Infinity" where it is none."""
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def numbers(array: "np.ndarray[Any, Any]") -> list[Any]:
    """An array as a JSON list; NaN is null."""
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return list(array.tolist())
    return [None if math.isnan(one) else number(one) for one in array.tolist()]
