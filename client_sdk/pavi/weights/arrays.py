"""One tensor as a numpy array and back. What numpy has no type for is carried as its bits."""

from typing import Any

from pavi.exception import BadSetting

__all__ = ["array_of", "tensor_of"]

_BITS = {1: "uint8", 2: "uint16", 4: "uint32", 8: "uint64"}


def array_of(tensor: Any, where: str) -> tuple[Any, str]:
    """A tensor's values as an array of the same shape, and the name of its dtype, such as ``bfloat16``.

    Raises:
        BadSetting: it has no such values (sparse, quantised, on no device).
    """
    import torch

    if tensor.layout is not torch.strided or tensor.is_quantized or tensor.is_meta:
        raise BadSetting(
            f"{where} is no plain tensor ({tensor.layout}, {tensor.dtype}); make it dense before saving it"
        )
    # Conjugation and negation are marks on a tensor that numpy does not know.
    plain = tensor.detach().resolve_conj().resolve_neg().cpu().contiguous()
    name = str(tensor.dtype).removeprefix("torch.")
    try:
        return plain.numpy(), name
    except TypeError:
        pass
    try:
        signed = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[tensor.element_size()]
        return plain.view(signed).numpy().view(_BITS[tensor.element_size()]), name
    except (KeyError, RuntimeError, TypeError):
        raise BadSetting(f"{where} is of dtype {name}, which cannot be carried by numpy") from None


def tensor_of(array: Any, name: str | None, where: str) -> Any:
    """An array as a tensor with memory of its own; ``name`` is the dtype that it had, None for the array's own.

    Raises:
        BadSetting: torch has no such type.
    """
    import numpy as np
    import torch

    plain = np.array(array, dtype=array.dtype.newbyteorder("="), order="C", copy=True)
    if name is None:
        try:
            return torch.from_numpy(plain)
        except TypeError:
            raise BadSetting(f"{where} is of numpy type {array.dtype}, which torch does not have") from None
    dtype = getattr(torch, name, None)
    if not isinstance(dtype, torch.dtype):
        raise BadSetting(f"{where} is of dtype {name}, which this torch ({torch.__version__}) does not have")
    try:
        found = torch.from_numpy(plain)
    except TypeError:  # unsigned types, with an older torch
        found = torch.from_numpy(plain.view(f"int{plain.itemsize * 8}"))
    if found.dtype == dtype:
        return found
    if found.element_size() != dtype.itemsize:
        raise BadSetting(f"{where} holds {array.dtype} where the bits of {name} should be; the file is damaged")
    return found.view(dtype)
