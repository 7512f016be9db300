"""Small pictures of large ones, by Pillow. Bounds what a hostile file can cost; stores nothing."""

import threading
from io import BytesIO

from PIL import Image, ImageOps

from server.blobs import services as blobs
from server.common.errors import Unavailable
from server.media.errors import BadPicture, NoPicture
from server.media.selectors import File

MEDIA_TYPE = "image/webp"
MAX_PIXELS = 64_000_000
MAX_FILE_BYTES = 64 << 20
_PICTURES = frozenset({"image/png", "image/apng", "image/jpeg", "image/webp", "image/gif"})
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_QUALITY = 85
_WAIT_S = 20.0
_decoding = threading.BoundedSemaphore(2)
"""Decoded pictures take up to 256 MB each, so that only so many exist at a time."""


def make(file: File, size: int) -> bytes:
    """A WebP picture of at most ``size`` × ``size`` pixels; of something that moves, its first frame.

    Raises:
        NoPicture: the file is none of a type that can be shown so.
        BadPicture: it is damaged, or too large to decode.
        Unavailable: too many are being made.
        BytesMissing, CorruptBlob, StorageUnavailable
    """
    if file.media_type not in _PICTURES:
        raise NoPicture(f"There is no thumbnail of {file.media_type}; ask for the file itself.")
    if file.size > MAX_FILE_BYTES:
        raise BadPicture(f"The picture has {file.size} bytes, more than the {MAX_FILE_BYTES} that are decoded here.")
    if not _decoding.acquire(timeout=_WAIT_S):
        raise Unavailable("Too many pictures are being made smaller. Try again shortly.", retry_after=2.0)
    try:
        with blobs.open(sha256=file.sha256) as stream:
            data = b"".join(stream)
        return _shrink(data, size)
    finally:
        _decoding.release()


def _shrink(data: bytes, size: int) -> bytes:
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:  # known from the header: nothing is decoded yet
                raise _too_large(f"{width} × {height}")
            picture.draft("RGB", (size, size))  # JPEG decodes straight to a smaller size
            small = _eight_bits(picture)
            small.thumbnail((size, size))
            small = ImageOps.exif_transpose(small)
            out = BytesIO()
            small.save(out, "WEBP", quality=_QUALITY, method=2)
            return out.getvalue()
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large("too many") from None
    except Exception as error:  # noqa: BLE001  # a decoder that reads foreign bytes may raise anything
        raise BadPicture(f"The picture cannot be decoded: {error}. Was it written whole?"[:300]) from None


def _too_large(pixels: str) -> BadPicture:
    return BadPicture(
        f"The picture has {pixels} pixels, more than the {MAX_PIXELS} that are decoded here. Ask for the file itself."
    )


def _eight_bits(picture: Image.Image) -> Image.Image:
    """The picture in a mode that WebP has."""
    if picture.mode.startswith("I"):  # 16 bits a pixel
        return picture.convert("I").point([value >> 8 for value in range(1 << 16)], "L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture.convert("RGB")
