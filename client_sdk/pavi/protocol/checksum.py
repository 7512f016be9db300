"""A checksum of a series that ignores order, so that a journal and a server can be compared point for point.

The checksum is the sum, modulo 2**64, of one 64-bit hash a point; the hash chains the finaliser of SplitMix64
(Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014) over step, time and value.
The server computes the same with numpy (`server.scalars`), and a shared test holds the two together.
"""

import struct
from collections.abc import Iterable

_MASK = 0xFFFF_FFFF_FFFF_FFFF
_GAMMA = 0x9E37_79B9_7F4A_7C15
_CANONICAL_NAN = 0x7FF8_0000_0000_0000
_BITS = struct.Struct("<qdd")
_WORDS = struct.Struct("<QQQ")


def _mix(word: int) -> int:
    word = ((word ^ (word >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    word = ((word ^ (word >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    return word ^ (word >> 31)


def point_hash(step: int, time: float, value: float) -> int:
    """The 64-bit hash of one point. All NaN count as one value."""
    step_word, time_word, value_word = _WORDS.unpack(_BITS.pack(step, time, value))
    if value != value:
        value_word = _CANONICAL_NAN
    word = _mix((step_word + _GAMMA) & _MASK)
    word = _mix(word ^ time_word)
    return _mix(word ^ value_word)


def series_checksum(points: Iterable[tuple[int, float, float]]) -> int:
    """The checksum of a series given as ``(step, time, value)`` in any order."""
    total = 0
    for step, time, value in points:
        total = (total + point_hash(step, time, value)) & _MASK
    return total
