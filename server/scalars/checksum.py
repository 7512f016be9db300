"""The series checksum of `pavi.protocol.checksum`, vectorised. A shared test holds the two together."""

import numpy as np
import numpy.typing as npt

_GAMMA = np.uint64(0x9E37_79B9_7F4A_7C15)
_FIRST = np.uint64(0xBF58_476D_1CE4_E5B9)
_SECOND = np.uint64(0x94D0_49BB_1331_11EB)
_CANONICAL_NAN = np.uint64(0x7FF8_0000_0000_0000)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)

Words = npt.NDArray[np.uint64]


def _mix(words: Words) -> Words:
    words = (words ^ (words >> _S30)) * _FIRST
    words = (words ^ (words >> _S27)) * _SECOND
    mixed: Words = words ^ (words >> _S31)
    return mixed


def point_hashes(
    steps: npt.NDArray[np.int64], times: npt.NDArray[np.float64], values: npt.NDArray[np.float64]
) -> Words:
    """The 64-bit hash of each point; arrays of shape (n,). All NaN values count as one."""
    value_words = np.ascontiguousarray(values).view(np.uint64)
    value_words = np.where(np.isnan(values), _CANONICAL_NAN, value_words)
    words = _mix(np.ascontiguousarray(steps).view(np.uint64) + _GAMMA)
    words = _mix(words ^ np.ascontiguousarray(times).view(np.uint64))
    return _mix(words ^ value_words)


def series_checksum(
    steps: npt.NDArray[np.int64], times: npt.NDArray[np.float64], values: npt.NDArray[np.float64]
) -> int:
    """The checksum of points in any order, as an unsigned number."""
    return int(point_hashes(steps, times, values).sum(dtype=np.uint64))


def signed(checksum: int) -> int:
    """A checksum as a database's 64-bit number."""
    checksum &= 0xFFFF_FFFF_FFFF_FFFF
    return checksum - (1 << 64) if checksum >> 63 else checksum


def unsigned(stored: int) -> int:
    """A checksum as it goes over the wire."""
    return stored & 0xFFFF_FFFF_FFFF_FFFF
