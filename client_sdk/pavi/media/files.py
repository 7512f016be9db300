"""Finished files (a path or bytes) as media: what they are, by their first bytes, and how large the picture is.

Owns recognising formats. Decodes nothing.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pavi.media.png import SIGNATURE
from pavi.media.shape import MAX_FILE_BYTES, NotShown, TooLarge, mebibytes

__all__ = ["Source", "picture_size", "read_source", "sniff"]

_HEAD_BYTES = 512 * 1024
"""A JPEG tells its size behind its comments, which may hold a thumbnail and a colour profile."""


@dataclass(frozen=True, slots=True)
class Source:
    """A finished file.

    Attributes:
        head: its first bytes.
        size: in bytes.
        data, path: one of the two holds it.
        name: the file's name; None for bytes.
    """

    head: bytes
    size: int
    data: bytes | None
    path: Path | None
    name: str | None


def is_file(value: Any) -> bool:
    """Whether it is a path or bytes."""
    return isinstance(value, str | bytes | bytearray | memoryview | os.PathLike)


def read_source(value: Any) -> Source:
    """Looks at a path or bytes.

    Raises:
        NotShown: there is no such file, or it is beyond the cap.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        data = bytes(value)
        source = Source(data[:_HEAD_BYTES], len(data), data, None, None)
    else:
        path = Path(os.fsdecode(value))
        try:
            with path.open("rb") as file:
                head, size = file.read(_HEAD_BYTES), os.fstat(file.fileno()).st_size
        except (OSError, ValueError) as error:
            raise NotShown(f"names {str(path)[:200]!r}, which cannot be read ({error})") from error
        source = Source(head, size, None, path, path.name)
    if source.size > MAX_FILE_BYTES:
        raise TooLarge(
            f"has {mebibytes(source.size)}, more than {mebibytes(MAX_FILE_BYTES)}; give a smaller one, "
            "or keep it with add_snapshot_file"
        )
    return source


def sniff(head: bytes) -> str | None:
    """The media type of a file with these first bytes; None when it is none that people look at or listen to."""
    if head.startswith(SIGNATURE):
        data = head.find(b"IDAT")
        return "image/apng" if 0 <= head.find(b"acTL") < (data if data >= 0 else len(head)) else "image/png"
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:11] == b"M4A" else "video/mp4"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return "audio/mpeg"
    return None


_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
)


def picture_size(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, as a PNG, GIF, JPEG or WebP file says; None when it does not."""
    kind = sniff(head)
    if kind in ("image/png", "image/apng") and len(head) >= 24:
        return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])
    if kind == "image/gif" and len(head) >= 10:
        return int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    if kind == "image/jpeg":
        return _jpeg_size(head)
    if kind == "image/webp" and len(head) >= 30:
        return _webp_size(head)
    return None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    """From the first start-of-frame segment (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(head[at + 7 : at + 9]), int.from_bytes(head[at + 5 : at + 7])
        alone = marker == 0xFF or marker == 0x01 or 0xD0 <= marker <= 0xD7
        at += 1 if marker == 0xFF else 2 if alone else 2 + int.from_bytes(head[at + 2 : at + 4])
    return None


def _webp_size(head: bytes) -> tuple[int, int] | None:
    form = head[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if form == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 ":
        return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return None
