"""The header of a safetensors file (https://github.com/huggingface/safetensors#format)."""

import json
import math
from typing import Any

from server.modelcloud.formats.findings import BadFile, Findings, clean, shape_of
from server.modelcloud.formats.window import Window

MAX_HEADER = 16 << 20
MAX_OBJECTS = 200_000
MAX_COMMAS = 2_000_000
_MAX_METADATA = 100

_BITS = {
    **{"F64": 64, "F32": 32, "F16": 16, "BF16": 16, "C64": 64},
    **{"I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32, "U16": 16, "U8": 8, "BOOL": 8},
    **{"F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8},
    **{"F6_E2M3": 6, "F6_E3M2": 6, "F4": 4},
}
_NAMES = {"F": "float", "I": "int", "U": "uint", "BF": "bfloat", "C": "complex"}


def looks_like(start: bytes) -> bool:
    """Whether the first bytes may be such a header."""
    return len(start) > 8 and start[8:9] == b"{"


def read(window: Window) -> Findings:
    """The tensors of the header.

    Raises:
        BadFile
    """
    length = int.from_bytes(window.exactly(0, 8, "the header's length"), "little")
    if length > MAX_HEADER:
        raise BadFile(f"the header claims {length:,} bytes; at most {MAX_HEADER:,} are read")
    raw = window.exactly(8, length, "the header")
    if raw.count(b"{") > MAX_OBJECTS or raw.count(b",") > MAX_COMMAS:
        raise BadFile("the header describes more than is read")
    try:
        header = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"the header is no JSON: {clean(str(error))[:200]}") from None
    if not isinstance(header, dict):
        raise BadFile("the header is no JSON object")
    findings = Findings("safetensors")
    metadata = header.pop("__metadata__", {})
    if isinstance(metadata, dict):
        findings.metadata = {clean(str(key)): clean(str(text)) for key, text in list(metadata.items())[:_MAX_METADATA]}
    _check(findings, header, window.size - 8 - length)
    return findings


def _check(findings: Findings, header: dict[str, Any], available: int) -> None:
    """Takes the tensors, whose bytes must follow each other without overlap or hole, up to the file's end."""
    ranges: list[tuple[int, int]] = []
    for name, entry in header.items():
        shape = shape_of(entry.get("shape")) if isinstance(entry, dict) else None
        offsets = shape_of(entry.get("data_offsets")) if isinstance(entry, dict) else None
        if shape is None or offsets is None or len(offsets) != 2 or not isinstance(entry.get("dtype"), str):
            raise BadFile(f"the entry {clean(name)[:80]!r} has no dtype, shape and data_offsets that make sense")
        dtype = entry["dtype"]
        start, stop = offsets
        bits = _BITS.get(dtype)
        if start > stop or stop > available:
            raise BadFile(f"the tensor {clean(name)[:80]!r} lies outside the file")
        if bits is not None and (stop - start) * 8 != math.prod(shape) * bits:
            raise BadFile(f"the tensor {clean(name)[:80]!r} has {stop - start:,} bytes, which its shape does not need")
        ranges.append((start, stop))
        findings.add(name, shape, _name(dtype))
    end = 0
    for start, stop in sorted(ranges):
        if start != end:
            raise BadFile("tensors overlap" if start < end else "there are bytes between tensors that belong to none")
        end = stop
    if end != available:
        raise BadFile("there are bytes behind the tensors that belong to none")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _name(dtype: str) -> str:
    """``BF16`` as ``bfloat16``; what has no such name in lower case."""
    letters = dtype.rstrip("0123456789")
    if dtype in _BITS and letters in _NAMES:
        return f"{_NAMES[letters]}{dtype[len(letters) :]}"
    return {"BOOL": "bool", "F8_E4M3": "float8_e4m3fn"}.get(dtype, dtype.lower().replace("f8_", "float8_"))
