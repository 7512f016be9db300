"""`TensorProto`, as summaries of TensorFlow 2 and PyTorch carry them: numbers or texts with a shape."""

import struct
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pavi.tensorboard.protobuf import BYTES, FIXED32, FIXED64, VARINT, Field, Malformed, signed, varint

__all__ = ["Tensor", "read_tensor"]

_STRING = 7
_DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 17: "<u2", 19: "<f2", 22: "<u4"}
_DTYPES[23] = "<u8"
_MOST_ELEMENTS = 1 << 24


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor. ``numbers`` is flat and as long as the shape says; ``texts`` holds what is of type string instead.

    Attributes:
        shape: sizes, outermost first.
        numbers: None for strings, and for types that nobody summarises.
        texts: the strings.
        scalar_at: ``(start, size)`` of the only number's bytes, where it is one float or double; else None.
    """

    shape: tuple[int, ...]
    numbers: npt.NDArray[np.float64] | None
    texts: list[bytes] = field(default_factory=list)
    scalar_at: tuple[int, int] | None = None


def read_tensor(message: Field) -> Tensor:
    """Decodes a tensor.

    Raises:
        Malformed: it is none.
    """
    kind, shape, texts = 0, [], []
    content: Field | None = None
    values: list[Field] = []
    for one in message.fields():
        if one.id == 1:
            kind = one.number
        elif one.id == 2:
            shape = [_size(dim) for dim in one.fields() if dim.id == 2]
        elif one.id == 4:
            content = one
        elif one.id == 8:
            texts.append(one.bytes())
        elif one.id in (5, 6, 7, 10, 11, 13, 16, 17):
            values.append(one)
    if kind == _STRING or kind not in _DTYPES:
        return Tensor(tuple(shape), None, texts)
    count = int(np.prod(shape, dtype=object)) if shape else 1
    if not 0 <= count <= _MOST_ELEMENTS:
        raise Malformed("a tensor is too large")
    raw = np.frombuffer(content.bytes(), _DTYPES[kind]).astype(np.float64) if content else _listed(kind, values)
    if 0 < len(raw) < count:  # trailing elements that repeat are left out
        raw = np.concatenate([raw, np.full(count - len(raw), raw[-1])])
    if len(raw) != count:
        raw = np.zeros(count) if len(raw) == 0 else raw[:count]
    return Tensor(tuple(shape), raw, scalar_at=_scalar_at(kind, content, values) if count == 1 else None)


def _size(dim: Field) -> int:
    size = 0
    for one in dim.fields():
        if one.id == 1:
            size = signed(one.number)
    return max(0, size)


def _listed(kind: int, values: list[Field]) -> npt.NDArray[np.float64]:
    numbers: list[float] = []
    for one in values:
        if one.wire in (FIXED32, FIXED64):
            numbers.append(one.double())
        elif one.wire == VARINT:
            numbers.append(_whole(kind, one.number))
        elif one.id in (5, 6):
            numbers += np.frombuffer(one.bytes(), "<f4" if one.id == 5 else "<f8").astype(np.float64).tolist()
        else:
            at = one.start
            while at < one.stop:
                number, at = varint(one.data, at, one.stop)
                numbers.append(_whole(kind, number))
    return np.array(numbers, np.float64)


def _whole(kind: int, number: int) -> float:
    if kind == 19:  # half: its bits
        return float(struct.unpack("<e", struct.pack("<H", number & 0xFFFF))[0])
    return float(signed(number))


def _scalar_at(kind: int, content: Field | None, values: list[Field]) -> tuple[int, int] | None:
    size = {1: 4, 2: 8}.get(kind)
    one = content if content is not None else values[0] if len(values) == 1 else None
    if one is None or size is None or one.stop - one.start != size or one.wire not in (BYTES, FIXED32, FIXED64):
        return None
    return one.start, size
