"""Pictures: arrays, tensors, Pillow images, and finished files as they are."""

import json
from collections.abc import Sequence
from typing import Any

from pavi.media import png
from pavi.media.files import is_file, picture_size, read_source, sniff
from pavi.media.pixels import as_pixels
from pavi.media.shape import MAX_FILE_BYTES, Encoded, Media, NotShown, TooLarge, mebibytes

__all__ = ["Image", "checked_png"]

_FILE_TYPES = {
    "image/png": "image/png",
    "image/apng": "image/png",  # a viewer of pictures shows the first frame, or all
    "image/jpeg": "image/jpeg",
    "image/webp": "image/webp",
    "image/gif": "image/gif",
}
_MAX_BOXES_BYTES = 12 * 1024
"""Boxes travel in ``meta``, which the server keeps small."""


class Image(Media):
    """One picture. A list of them, logged under one tag, is a grid.

    Args:
        value: an array or tensor of pixels (bool, integers 0 to 255, or floats 0 to 1), a Pillow image, a path, or
            the bytes of a PNG, JPEG, WebP or GIF file.
        caption: one line of text beside it.
        dataformats: order of the axes, such as ``"CHW"``; None finds out (see `pavi.media.pixels.as_pixels`).
        boxes: rectangles to draw over it, ``(n, 4)``: left, top, right, bottom in pixels.
        labels: one text for each box.
    """

    kind = "image"

    def __init__(
        self,
        value: Any,
        caption: str | None = None,
        *,
        dataformats: str | None = None,
        boxes: Any = None,
        labels: Sequence[Any] | None = None,
    ) -> None:
        super().__init__(caption)
        self.value = value
        self.dataformats = dataformats
        self.boxes = boxes
        self.labels = labels

    def _encode(self) -> Encoded:
        boxes, warnings = self._boxes()
        if is_file(self.value):
            return self._file(boxes, warnings)
        value = self.value
        if type(value).__module__.partition(".")[0] == "PIL":
            value = _pillow_pixels(value)
            pixels, more = as_pixels(value, "HWC" if value.ndim == 3 else "HW")
        else:
            pixels, more = as_pixels(value, self.dataformats)
        height, width, channels = pixels.shape
        meta = {"width": width, "height": height, "channels": channels, **boxes}
        data = checked_png(png.encode(pixels))
        return Encoded(self.kind, meta, data=data, media_type="image/png", warnings=more + warnings)

    def _file(self, boxes: dict[str, Any], warnings: tuple[str, ...]) -> Encoded:
        source = read_source(self.value)
        kind = _FILE_TYPES.get(sniff(source.head) or "")
        size = picture_size(source.head)
        if kind is None or size is None:
            raise NotShown("is no PNG, JPEG, WebP or GIF file; convert it, or give its pixels as an array")
        return Encoded(
            self.kind,
            {"width": size[0], "height": size[1], **boxes},
            data=source.data,
            path=source.path,
            media_type=kind,
            name=source.name,
            warnings=warnings,
        )

    def _boxes(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        """What goes into ``meta``, as many as fit into it."""
        if self.boxes is None:
            return {}, ()
        from pavi.media.arrays import as_array

        array = as_array(self.boxes)
        if array.size == 0:
            return {}, ()
        if array.ndim == 1:
            array = array[None]
        if array.ndim != 2 or array.shape[1] != 4:
            raise NotShown(f"has boxes of the shape {array.shape}, not (n, 4)")
        labels = None if self.labels is None else [str(label)[:200] for label in self.labels]
        if labels is not None and len(labels) != len(array):
            labels = None  # as TensorBoard: which label belongs to which box cannot be told
        kept: list[dict[str, Any]] = []
        size = 0
        for number, box in enumerate(array.astype(float).round(2).tolist()):
            if not all(abs(edge) < 1e9 for edge in box):  # NaN as well
                continue
            entry = {"box": box} if labels is None else {"box": box, "label": labels[number]}
            size += len(json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace")) + 1
            if size > _MAX_BOXES_BYTES:
                return {"boxes": kept}, (f"has {len(array)} boxes; the first {len(kept)} are kept",)
            kept.append(entry)
        return {"boxes": kept}, ()


def checked_png(data: bytes) -> bytes:
    """The file itself.

    Raises:
        TooLarge: it is beyond the cap.
    """
    if len(data) > MAX_FILE_BYTES:
        raise TooLarge(f"takes {mebibytes(len(data))}, more than {mebibytes(MAX_FILE_BYTES)}; give a smaller one")
    return data


def _pillow_pixels(image: Any) -> Any:
    import numpy as np

    if image.mode in ("1", "L", "RGB", "RGBA"):
        wanted = "L" if image.mode == "1" else image.mode
    elif image.mode in ("I", "I;16", "I;16L", "I;16B", "F"):
        array = np.asarray(image).astype(np.float32)
        # 16 bits of grey: as Pillow shows them, by their upper 8 bits. "F" has no range of its own: 0 to 255.
        return (array / 257.0 if image.mode != "F" else array).clip(0, 255).astype(np.uint8)
    else:
        wanted = "RGBA" if "A" in image.mode or "transparency" in getattr(image, "info", {}) else "RGB"
    return np.asarray(image if image.mode == wanted else image.convert(wanted))
