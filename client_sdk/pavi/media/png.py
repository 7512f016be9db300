"""PNG and APNG files from arrays of pixels, with nothing but numpy and zlib.

Formats: W3C "Portable Network Graphics (PNG) Specification (Third Edition)", which includes APNG.
"""

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pavi.media.arrays import Array

__all__ = ["encode", "encode_animation"]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}
_LEVEL = 4
"""Of zlib: higher ones cost a training loop more time than they save bytes."""


def encode(pixels: "Array") -> bytes:
    """A PNG file. ``pixels``: (height, width, 1, 3 or 4) of uint8."""
    return b"".join((SIGNATURE, _header(pixels), _chunk(b"IDAT", _packed(pixels)), _chunk(b"IEND", b"")))


def encode_animation(frames: "Array", fps: float) -> bytes:
    """An APNG file that repeats for ever. ``frames``: (time, height, width, 1, 3 or 4) of uint8."""
    delay = (1, round(fps)) if fps >= 1 and fps == round(fps) else (max(1, min(65535, round(1000 / fps))), 1000)
    height, width = frames.shape[1:3]
    parts = [SIGNATURE, _header(frames[0]), _chunk(b"acTL", struct.pack(">II", len(frames), 0))]
    sequence = 0
    for index, frame in enumerate(frames):
        control = struct.pack(">IIIIIHHBB", sequence, width, height, 0, 0, *delay, 0, 0)
        parts.append(_chunk(b"fcTL", control))
        sequence += 1
        if index == 0:
            parts.append(_chunk(b"IDAT", _packed(frame)))
        else:
            parts.append(_chunk(b"fdAT", struct.pack(">I", sequence) + _packed(frame)))
            sequence += 1
    return b"".join((*parts, _chunk(b"IEND", b"")))


def _header(pixels: "Array") -> bytes:
    height, width, channels = pixels.shape
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))


def _packed(pixels: "Array") -> bytes:
    """Filtered rows, compressed. Each row takes, of three filters, the one with the smallest sum of absolute values."""
    import numpy as np

    height, width, channels = pixels.shape
    plain = np.ascontiguousarray(pixels).reshape(height, width * channels)
    left = plain.copy()
    left[:, channels:] -= plain[:, :-channels]
    above = plain.copy()
    above[1:] -= plain[:-1]
    choices = (plain, left, above)
    costs = np.stack([np.abs(rows.view(np.int8), dtype=np.int16).sum(axis=1, dtype=np.int64) for rows in choices])
    best = costs.argmin(axis=0)
    out = np.empty((height, 1 + width * channels), np.uint8)
    out[:, 0] = best  # the filters' numbers: 0 none, 1 left, 2 above
    for number, rows in enumerate(choices):
        chosen = best == number
        out[chosen, 1:] = rows[chosen]
    return zlib.compress(out.tobytes(), _LEVEL)
