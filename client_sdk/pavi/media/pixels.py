"""Arrays as 8-bit pixels, with the meaning that TensorBoard gives to axes and values.

Owns axes and value ranges. Does not own file formats.
"""

from typing import TYPE_CHECKING, Any

from pavi.media.arrays import as_array
from pavi.media.shape import NotShown, TooLarge, mebibytes

if TYPE_CHECKING:
    from pavi.media.arrays import Array

__all__ = ["MAX_PIXEL_BYTES", "as_pixels", "batch", "sheet", "to_bytes"]

CHANNELS = (1, 3, 4)
MAX_PIXEL_BYTES = 1 << 30
"""Before compression."""


def as_pixels(value: Any, dataformats: str | None = None) -> "tuple[Array, tuple[str, ...]]":
    """``(height, width, channels)`` of uint8, and what was changed on the way.

    Args:
        value: an array or tensor: bool, uint8 and other integers as they are, floats from 0 to 1.
        dataformats: a permutation of ``CHW`` or ``HW``. None looks at the shape: where both ends could be channels,
            a torch tensor has them first and everything else last. Axes are also found when the given format makes
            no sense (``CHW`` for an array whose only axis of 1, 3 or 4 is the last).

    Raises:
        NotShown: that is no picture.
    """
    array = _arranged(as_array(value), dataformats, first=dataformats is None and hasattr(value, "detach"))
    return to_bytes(array)


def batch(value: Any, dataformats: str) -> "list[tuple[Array, str]]":
    """The pictures of a batch, each with the format of its axes (``NCHW`` → ``CHW``).

    Raises:
        NotShown: the format does not fit the array.
    """
    import numpy as np

    array = as_array(value)
    format_ = str(dataformats).upper()
    if "N" not in format_ or array.ndim == len(format_) - 1:
        return [(array, format_.replace("N", ""))]
    if array.ndim != len(format_):
        raise NotShown(f"has the shape {array.shape}, which is not {format_}; give dataformats=")
    return [(picture, format_.replace("N", "")) for picture in np.moveaxis(array, format_.index("N"), 0)]


def sheet(value: Any) -> "Array":
    """Pictures of one size, ``(n, channels, height, width)``, as one square sheet, row by row.

    Raises:
        NotShown: they are no such pictures.
    """
    import numpy as np

    array = as_array(value)
    if array.ndim != 4 or array.shape[1] not in CHANNELS or array.size == 0:
        raise NotShown(f"has the shape {array.shape}, not (n, channels, height, width)")
    pixels, _ = to_bytes(array)
    count, channels, height, width = pixels.shape
    across = int(np.ceil(np.sqrt(count)))
    places = np.zeros((across * across, channels, height, width), np.uint8)
    places[:count] = pixels
    grid = places.reshape(across, across, channels, height, width).transpose(0, 3, 1, 4, 2)
    return grid.reshape(across * height, across * width, channels)


def _arranged(array: "Array", dataformats: str | None, *, first: bool) -> "Array":
    while array.ndim > 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 2:
        return array.T[:, :, None] if dataformats is not None and dataformats.upper() == "WH" else array[:, :, None]
    if array.ndim != 3:
        raise NotShown(
            f"has the shape {array.shape}, not that of one picture; give a list of pictures (or use add_images)"
        )
    wanted = dataformats.upper() if dataformats is not None else ("CHW" if first else "HWC")
    if sorted(wanted) != ["C", "H", "W"]:
        raise NotShown(f"has three axes, and dataformats={dataformats!r} is no order of C, H and W")
    if array.shape[wanted.index("C")] not in CHANNELS:
        wanted = next((other for other in ("HWC", "CHW") if array.shape[other.index("C")] in CHANNELS), "")
    if not wanted:
        raise NotShown(f"has the shape {array.shape}: no axis of 1, 3 or 4 channels is first or last")
    return array.transpose([wanted.index(axis) for axis in "HWC"])


def to_bytes(array: "Array") -> "tuple[Array, tuple[str, ...]]":
    """Values of pictures as uint8. Floats are scaled from 0…1 and cut off beyond, as TensorBoard does.

    Raises:
        NotShown: it is empty or too large.
    """
    import numpy as np

    if array.size == 0:
        raise NotShown(f"has the shape {array.shape}: there is no pixel in it")
    if array.size > MAX_PIXEL_BYTES:
        raise TooLarge(
            f"has {mebibytes(array.size)} of pixels, more than {mebibytes(MAX_PIXEL_BYTES)}; give a smaller one"
        )
    if array.dtype == np.uint8:
        return array, ()
    if array.dtype.kind == "b":
        return array.astype(np.uint8) * np.uint8(255), ()
    if array.dtype.kind in "iu":
        return array.clip(0, 255).astype(np.uint8), ()
    warnings: list[str] = []
    array = array.astype(np.float32)
    if np.isnan(array).any():
        warnings.append("holds NaN; those pixels are drawn as 0")
        array = np.nan_to_num(array, nan=0.0, posinf=1.0, neginf=0.0)
    if array.max() > 2.0:
        warnings.append(
            "holds floats far beyond 1, which are cut off: floats count from 0 to 1. Divide by 255 or give uint8"
        )
    return (array * np.float32(255.0)).clip(0, 255).astype(np.uint8), tuple(warnings)
