"""Numbers of any library as numpy arrays: tensors on any device, with or without gradient, bf16, nested lists."""

from typing import TYPE_CHECKING, Any

from pavi.media.shape import NotShown

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["as_array", "is_array"]


def is_array(value: Any) -> bool:
    """Whether it has a shape and elements, without importing any library."""
    return hasattr(value, "shape") and (hasattr(value, "__array__") or hasattr(value, "detach"))


def as_array(value: Any) -> "Array":
    """``value`` as an array of bool, integer or float elements, on the CPU. May share memory with ``value``.

    Raises:
        NotShown: there are no numbers in it.
    """
    import numpy as np

    if isinstance(value, list | tuple) and value and any(hasattr(item, "detach") for item in value):
        value = np.stack([as_array(item) for item in value])
    try:
        array = _converted(value)
    except NotShown:
        raise
    except Exception as error:  # whatever a tensor library raises: no storage, another device, ragged lists
        raise NotShown(f"holds {type(value).__name__!r}, which gives no array ({error})") from error
    if array.dtype.kind not in "biuf":
        if array.dtype.kind == "V" and array.dtype.fields is None:  # bfloat16 and float8, as jax has them
            return array.astype(np.float32)
        raise NotShown(f"holds elements of type {array.dtype}, not numbers")
    return array


def _converted(value: Any) -> "Array":
    import numpy as np

    if isinstance(value, np.ma.MaskedArray):
        return np.asarray(value.filled(0))
    if isinstance(value, np.ndarray):
        return value
    if hasattr(value, "detach"):
        return _torch(value)
    if hasattr(value, "numpy"):  # TensorFlow
        value = value.numpy()
    elif type(value).__module__.partition(".")[0] == "cupy":
        value = value.get()
    return np.asarray(value)


def _torch(tensor: Any) -> "Array":
    import numpy as np

    tensor = tensor.detach()
    if getattr(tensor, "is_quantized", False):
        tensor = tensor.dequantize()
    if str(getattr(tensor, "layout", "torch.strided")) != "torch.strided":
        tensor = tensor.to_dense()
    if str(tensor.dtype).startswith(("torch.bfloat16", "torch.float8")):
        tensor = tensor.float()
    return np.asarray(tensor.cpu().resolve_conj().resolve_neg().numpy())
