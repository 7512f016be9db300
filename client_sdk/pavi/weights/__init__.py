"""A state dict as numpy arrays and back, bit for bit: ``.pth`` ↔ ``.npz``.

Owns the form of the ``.npz``. No code in a file is run: torch reads with ``weights_only=True``, numpy without pickle.
"""

from pavi.weights.convert import Converted, to_numpy, to_tensor

__all__ = ["Converted", "to_numpy", "to_tensor"]
