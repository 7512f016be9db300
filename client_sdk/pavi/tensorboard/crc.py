"""CRC-32C of many byte ranges at once, with numpy: a loop over bytes in Python would take minutes.

The checksum of TFRecord files: Castagnoli's polynomial, then rotated and offset ("masked", as in LevelDB's log format).
"""

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["crc32c", "masked", "masked_many"]

_POLYNOMIAL = 0x82F63B78
_LONG = 2_048
"""Longer ranges are cut into lanes of their own; shorter ones are lanes beside each other."""
_LANE = 512

Words = npt.NDArray[np.uint32]


def masked(crc: int) -> int:
    """The form in which a checksum is stored."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFF_FFFF


def crc32c(data: bytes | memoryview) -> int:
    """The CRC-32C of one range."""
    return int(_crcs(np.frombuffer(data, np.uint8), np.array([0]), np.array([len(data)]))[0])


def masked_many(data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> Words:
    """Masked checksums of ``data[start : start + size]`` for each pair."""
    crcs = _crcs(data, starts, sizes)
    return ((crcs >> np.uint32(15)) | (crcs << np.uint32(17))) + np.uint32(0xA282EAD8)


def _crcs(data: npt.NDArray[np.uint8], starts: Any, sizes: Any) -> Words:
    found = np.empty(len(starts), np.uint32)
    long, short = np.flatnonzero(sizes > _LONG), np.flatnonzero(sizes <= _LONG)
    found[short] = _short(data, starts[short], sizes[short])
    if len(long):
        ranges = zip(starts[long].tolist(), sizes[long].tolist(), strict=True)
        found[long] = _long([data[start : start + size] for start, size in ranges])
    return found


def _short(data: npt.NDArray[np.uint8], starts: Any, sizes: Any) -> Words:
    """One lane a range, a byte of every lane at a time; in order of length, so that finished lanes fall off."""
    table = _table()
    order = np.argsort(-sizes, kind="stable")
    at, left = starts[order], sizes[order]
    state = np.full(len(order), 0xFFFF_FFFF, np.uint32)
    # How many lanes are still longer than 0, 1, 2, … bytes.
    active = len(left) - np.searchsorted(left[::-1], np.arange(int(left[0]) if len(left) else 0), side="right")
    for column, count in enumerate(active.tolist()):
        lanes = state[:count]
        lanes[:] = table[(lanes ^ data[at[:count] + column]) & np.uint32(0xFF)] ^ (lanes >> np.uint32(8))
    found = np.empty(len(order), np.uint32)
    found[order] = ~state
    return found


def _long(ranges: list[npt.NDArray[np.uint8]]) -> list[int]:
    """The same for ranges that are cut into lanes. Without its start value the CRC is linear: zeros in front change
    nothing, and a range's lanes are joined by what a lane of zeros does to a state."""
    lanes = [-(-len(one) // _LANE) for one in ranges]
    padded = np.zeros(sum(lanes) * _LANE, np.uint8)
    end = 0
    for one, count in zip(ranges, lanes, strict=True):
        end += count * _LANE
        padded[end - len(one) : end] = one
        padded[end - len(one) : end - len(one) + 4] ^= 0xFF  # stands for the start value of all ones
    columns = np.ascontiguousarray(padded.reshape(-1, _LANE).T)
    table = _table()
    state = np.zeros(columns.shape[1], np.uint32)
    for column in columns:
        state = table[(state ^ column) & np.uint32(0xFF)] ^ (state >> np.uint32(8))
    first, second, third, fourth = _lane_of_zeros()
    states, at = state.tolist(), 0
    found = []
    for count in lanes:
        crc = 0
        for lane in states[at : at + count]:
            crc = first[crc & 255] ^ second[crc >> 8 & 255] ^ third[crc >> 16 & 255] ^ fourth[crc >> 24] ^ lane
        at += count
        found.append(crc ^ 0xFFFF_FFFF)
    return found


@functools.cache
def _table() -> Words:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ _POLYNOMIAL, values >> 1).astype(np.uint32)
    return values


@functools.cache
def _lane_of_zeros() -> list[list[int]]:
    """What ``_LANE`` zero bytes make of a state, by its four bytes."""
    table = _table()
    state = (np.arange(256, dtype=np.uint32)[None] << np.array([[0], [8], [16], [24]], np.uint32)).reshape(-1)
    for _ in range(_LANE):
        state = table[state & np.uint32(0xFF)] ^ (state >> np.uint32(8))
    found: list[list[int]] = state.reshape(4, 256).tolist()
    return found
