"""Whole arrays, kept as ``.npy`` files."""

import io
from typing import Any

from pavi.media.arrays import as_array
from pavi.media.shape import MAX_FILE_BYTES, Encoded, Media, TooLarge, finite, mebibytes

__all__ = ["Tensor"]


class Tensor(Media):
    """An array of numbers.

    Args:
        value: an array or tensor of any shape, at most 256 MiB. bf16 is kept as float32, which holds it exactly.
        caption: one line of text beside it.
    """

    kind = "tensor"

    def __init__(self, value: Any, caption: str | None = None) -> None:
        super().__init__(caption)
        self.value = value

    def _encode(self) -> Encoded:
        import numpy as np

        array = as_array(self.value)
        if array.nbytes > MAX_FILE_BYTES:
            raise TooLarge(
                f"has {mebibytes(array.nbytes)}, more than {mebibytes(MAX_FILE_BYTES)}; "
                "log a part of it, or keep it with add_snapshot_file"
            )
        file = io.BytesIO()
        np.lib.format.write_array(file, np.asarray(array, order="C"), allow_pickle=False)
        dtype = str(getattr(self.value, "dtype", array.dtype)).removeprefix("torch.")
        meta: dict[str, Any] = {"shape": list(array.shape), "dtype": dtype}
        if array.size:
            with np.errstate(over="ignore", invalid="ignore"):
                mean = array.mean(dtype=np.float64)
            meta |= {"min": finite(array.min()), "max": finite(array.max()), "mean": finite(mean)}
        return Encoded(self.kind, meta, data=file.getvalue(), media_type="application/octet-stream")
