"""Event files made byte by byte, so that tests of reading need no TensorBoard. The layout is that of its writers."""

import struct
from pathlib import Path

_POLYNOMIAL = 0x82F63B78


def crc32c(data: bytes) -> int:
    """Bit by bit, as the polynomial says."""
    crc = 0xFFFF_FFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
    return crc ^ 0xFFFF_FFFF


def masked(data: bytes) -> bytes:
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFF_FFFF)


def record(data: bytes) -> bytes:
    """One TFRecord."""
    length = struct.pack("<Q", len(data))
    return length + masked(length) + data + masked(data)


def varint(number: int) -> bytes:
    number &= 0xFFFF_FFFF_FFFF_FFFF
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def message(field: int, data: bytes) -> bytes:
    """A field that holds bytes."""
    return varint(field << 3 | 2) + varint(len(data)) + data


def event(time: float, step: int, rest: bytes) -> bytes:
    """An event, as C++ and Python write it: no step means 0."""
    return b"\x09" + struct.pack("<d", time) + (b"\x10" + varint(step) if step else b"") + rest


def version(time: float) -> bytes:
    """What every file begins with."""
    return record(event(time, 0, message(3, b"brain.Event:2")))


def scalar(tag: str, step: int, value: float, time: float) -> bytes:
    """A record with one scalar."""
    payload = message(1, tag.encode()) + b"\x15" + struct.pack("<f", value)
    return record(event(time, step, message(5, message(1, payload))))


def text(tag: str, step: int, words: str, time: float) -> bytes:
    """A record with one text."""
    tensor = b"\x08\x07" + message(2, message(2, b"\x08\x01")) + message(8, words.encode())
    metadata = message(1, message(1, b"text"))
    value = message(1, f"{tag}/text_summary".encode()) + message(8, tensor) + message(9, metadata)
    return record(event(time, step, message(5, message(1, value))))


def restart(step: int, time: float) -> bytes:
    """What a writer with ``purge_step`` begins with."""
    return record(event(time, step, message(7, b"\x08\x01")))


def write(path: Path, *records: bytes, time: float = 1_700_000_000.0) -> Path:
    """A file with these records behind its version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(version(time) + b"".join(records))
    return path


def picture(tag: str, step: int, data: bytes, time: float) -> bytes:
    """A record with one picture of one pixel."""
    image = b"\x08\x01\x10\x01" + message(4, data)
    return record(event(time, step, message(5, message(1, message(1, tag.encode()) + message(4, image)))))
