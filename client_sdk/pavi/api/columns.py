"""Points of one series as the server sends them, JSON or binary: decoding only.

The binary form (``application/vnd.pavi.columns``) is described in the server's `server.scalars.columns`: frames of a
JSON header and little-endian arrays; a series is one or more frames whose columns are joined.
"""

import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pavi.api.numbers import number

if TYPE_CHECKING:
    import numpy as np

    Arrays = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]

MEDIA_TYPE = "application/vnd.pavi.columns"
_MAGIC = b"PAVC"
_HEAD = struct.Struct("<4sIQ")
_CODES = {"i8": "q", "f8": "d", "u4": "I"}
_NAMES = {"steps": "i8", "times": "f8", "values": "f8"}


@dataclass
class Columns:
    """Columns of a series, as stretches in order: raw little-endian arrays, or lists where they came as JSON."""

    steps: list[Any] = field(default_factory=list)
    times: list[Any] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def numpy(self) -> "Arrays":
        """Three arrays of one length: int64, float64, float64.

        Raises:
            ImportError: numpy is not installed.
        """
        import numpy

        def joined(parts: list[Any], dtype: str) -> "np.ndarray[Any, Any]":
            arrays = [
                numpy.frombuffer(part, f"<{dtype}") if isinstance(part, memoryview) else numpy.array(part, dtype)
                for part in parts
            ]
            return numpy.concatenate([numpy.empty(0, dtype), *arrays]).astype(dtype, copy=False)

        return joined(self.steps, "i8"), joined(self.times, "f8"), joined(self.values, "f8")

    def lists(self) -> tuple[list[int], list[float], list[float]]:
        """Three lists of one length."""

        def joined(parts: list[Any], dtype: str) -> list[Any]:
            code, size = _CODES[dtype], int(dtype[1])
            every: list[Any] = []
            for part in parts:
                every += struct.unpack(f"<{len(part) // size}{code}", part) if isinstance(part, memoryview) else part
            return every

        return joined(self.steps, "i8"), joined(self.times, "f8"), joined(self.values, "f8")


def decode(content_type: str, body: bytes) -> Columns:
    """The columns in an answer.

    Raises:
        ValueError: the body is not what its type says, or ends early.
    """
    columns = Columns()
    if content_type.partition(";")[0].strip() != MEDIA_TYPE:
        data = json.loads(body)
        columns.steps.append(list(data["steps"]))
        columns.times.append([number(value) for value in data["times"]])
        columns.values.append([number(value) for value in data["values"]])
        return columns
    view, position = memoryview(body), 0
    while position < len(view):
        position = _read_frame(view, position, columns)
    return columns


def _read_frame(view: memoryview, position: int, columns: Columns) -> int:
    """Adds one frame to the columns. Returns where the next one begins."""
    if len(view) - position < _HEAD.size:
        raise ValueError("the answer ends inside a frame")
    magic, header_size, data_size = _HEAD.unpack_from(view, position)
    if magic != _MAGIC:
        raise ValueError("the answer is no sequence of frames")
    header_start = position + _HEAD.size
    data_start = header_start + header_size
    end = data_start + data_size
    if end > len(view):
        raise ValueError("the answer ends inside a frame")
    header = json.loads(bytes(view[header_start:data_start]))
    data = view[data_start:end]
    lengths = set()
    for name, wanted in _NAMES.items():
        dtype, offset, length = header[name]["$array"]
        raw = data[offset : offset + length * int(wanted[1])]
        if dtype != wanted or len(raw) != length * int(wanted[1]):
            raise ValueError(f"column {name} of the answer is no array of {wanted}, or is cut")
        getattr(columns, name).append(raw)
        lengths.add(length)
    if len(lengths) != 1:
        raise ValueError("the answer's columns differ in length")
    return int(end)
