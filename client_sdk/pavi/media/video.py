"""Moving pictures: arrays become APNG, finished files stay what they are."""

from typing import Any

from pavi.media import png
from pavi.media.arrays import as_array
from pavi.media.files import is_file, picture_size, read_source, sniff
from pavi.media.image import checked_png
from pavi.media.pixels import CHANNELS, to_bytes
from pavi.media.shape import Encoded, Media, NotShown

__all__ = ["Video"]

_FILE_TYPES = ("image/apng", "image/gif", "video/mp4", "video/webm")


class Video(Media):
    """One video.

    Args:
        value: an array or tensor ``(time, channels, height, width)`` or ``(time, height, width, channels)`` of 1, 3
            or 4 channels, or ``(n, time, channels, height, width)``, whose n videos are tiled into one; values as in
            `pavi.Image`. Or a path, or the bytes, of an MP4, WebM, GIF or APNG file.
        fps: frames a second, of an array.
        caption: one line of text beside it.
    """

    kind = "video"

    def __init__(self, value: Any, fps: float = 4, caption: str | None = None) -> None:
        super().__init__(caption)
        self.value = value
        self.fps = fps

    def _encode(self) -> Encoded:
        if is_file(self.value):
            return self._file()
        fps = float(self.fps)
        if not 0.001 <= fps <= 1000:
            raise NotShown(f"has fps={self.fps!r}, which is not between 0.001 and 1000")
        frames, warnings = to_bytes(_frames(as_array(self.value)))
        count, height, width = frames.shape[:3]
        data = checked_png(png.encode_animation(frames, fps))
        meta = {"width": width, "height": height, "frames": count, "fps": fps}
        return Encoded(self.kind, meta, data=data, media_type="image/apng", warnings=warnings)

    def _file(self) -> Encoded:
        source = read_source(self.value)
        kind = sniff(source.head)
        if kind not in _FILE_TYPES:
            raise NotShown("is no MP4, WebM, GIF or APNG file; convert it, or give its frames as an array")
        size = picture_size(source.head)
        meta = {"width": size[0], "height": size[1]} if size else {}
        return Encoded(self.kind, meta, data=source.data, path=source.path, media_type=kind, name=source.name)


def _frames(array: Any) -> Any:
    """(time, height, width, channels) in the type that it came."""
    import numpy as np

    if array.ndim == 3:  # grey
        array = array[:, None]
    if array.ndim not in (4, 5):
        raise NotShown(f"has the shape {array.shape}, not (time, channels, height, width) with or without a batch")
    if array.shape[-3] not in CHANNELS and array.shape[-1] in CHANNELS:
        array = np.moveaxis(array, -1, -3)
    if array.shape[-3] not in CHANNELS:
        raise NotShown(f"has the shape {array.shape}: no axis of 1, 3 or 4 channels")
    if array.size == 0:
        raise NotShown(f"has the shape {array.shape}: there is no pixel in it")
    if array.ndim == 5:
        array = _tiled(array)
    return np.ascontiguousarray(np.moveaxis(array, 1, -1))


def _tiled(videos: Any) -> Any:
    """n videos side by side, as TensorBoard lays them out: the next power of two of them, rows at most columns."""
    import numpy as np

    count, frames, channels, height, width = videos.shape
    rows = 2 ** ((count.bit_length() - 1) // 2)
    places = 1 << (count - 1).bit_length()
    if places > count:
        empty = np.zeros((places - count, frames, channels, height, width), videos.dtype)
        videos = np.concatenate([videos, empty])
    columns = places // rows
    grid = videos.reshape(rows, columns, frames, channels, height, width).transpose(2, 3, 0, 4, 1, 5)
    return grid.reshape(frames, channels, rows * height, columns * width)
