"""Columns to compressed blocks and back, bit for bit. Owns the block format and nothing around it.

A block is one `pcodec <https://github.com/pcodec/pcodec>`_ standalone file of int64 or float64. It is lossless for
NaN payloads and the sign of zero too, and a property test holds it to that.
"""

import numpy as np
import numpy.typing as npt
from pcodec import ChunkConfig
from pcodec.standalone import simple_compress, simple_decompress

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Level 4 is within 2 % of the size of level 8 on training curves, and two to four times as fast.
_CONFIG = ChunkConfig(compression_level=4)


def encode_ints(column: Ints) -> bytes:
    """A block of int64, shape (n,), n > 0."""
    return bytes(simple_compress(np.ascontiguousarray(column), _CONFIG))


def encode_floats(column: Floats) -> bytes:
    """A block of float64, shape (n,), n > 0. NaN payloads and the sign of zero are kept."""
    return bytes(simple_compress(np.ascontiguousarray(column), _CONFIG))


def decode_ints(block: bytes | memoryview) -> Ints:
    """What `encode_ints` was given."""
    return np.asarray(_decode(block, np.int64), np.int64)


def decode_floats(block: bytes | memoryview) -> Floats:
    """What `encode_floats` was given."""
    return np.asarray(_decode(block, np.float64), np.float64)


def _decode(block: bytes | memoryview, dtype: type) -> npt.NDArray[np.generic]:
    column = simple_decompress(bytes(block))
    if column is None or column.dtype != dtype:
        raise ValueError(f"a stored block does not hold {dtype.__name__}: the database was changed from outside")
    return np.asarray(column)
