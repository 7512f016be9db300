"""The header of a numpy array (``.npy``), by its documented grammar; nothing is evaluated."""

import re

from server.modelcloud.formats.findings import BadFile, Findings, shape_of
from server.modelcloud.formats.state import numpy_name
from server.modelcloud.formats.window import Window
from server.modelcloud.formats.zips import Entry, beginning

MAGIC = b"\x93NUMPY"
MAX_HEADER = 16 << 10
_SHAPE = re.compile(r"'shape':\s*\(([0-9, ]*)\)")
_PLAIN = re.compile(r"'descr':\s*'([^']{1,50})'")
_STRUCTURED = re.compile(r"'descr':\s*\[")


def read(window: Window) -> Findings:
    """The one array of an ``.npy`` file.

    Raises:
        BadFile
    """
    findings = Findings("npy")
    add(findings, "(the array)", window.read(0, MAX_HEADER))
    return findings


def read_archive(window: Window, members: list[Entry]) -> Findings:
    """The arrays of an ``.npz`` file.

    Raises:
        BadFile
    """
    findings = Findings("npz")
    for entry in members:
        data = beginning(window, entry, MAX_HEADER)
        if not add(findings, entry.name.removesuffix(".npy"), data):
            break
    return findings


def add(findings: Findings, name: str, data: bytes) -> bool:
    """Takes an array from the beginning of its bytes; False when there is no room for more.

    Raises:
        BadFile
    """
    if data[:6] != MAGIC or len(data) < 12:
        raise BadFile(f"{name[:80]!r} is no numpy array")
    wide = data[6] >= 2
    length = int.from_bytes(data[8:12] if wide else data[8:10], "little")
    start = 12 if wide else 10
    if start + length > len(data):
        raise BadFile(f"the header of {name[:80]!r} is cut off, or longer than the {MAX_HEADER:,} bytes that are read")
    header = data[start : start + length].decode("utf-8" if data[6] >= 3 else "latin-1", "replace")
    found, dtype = _SHAPE.search(header), _PLAIN.search(header)
    if found is None or (dtype is None and not _STRUCTURED.search(header)):
        raise BadFile(f"the header of {name[:80]!r} says no shape and dtype")
    numbers = [text.strip() for text in found[1].split(",") if text.strip()]
    shape = shape_of([int(text) for text in numbers if len(text) < 20 and text.isdigit()])
    if shape is None or len(shape) != len(numbers):
        raise BadFile(f"the shape of {name[:80]!r} makes no sense")
    return findings.add(name, shape, numpy_name(dtype[1]) if dtype is not None else "structured")
