"""Globals that plain checkpoints name, and which do nothing but make data. Everything else is marked.

Close to what `torch.load(weights_only=True)` takes.
"""

import re

_EXACT = frozenset(
    {
        *("collections.OrderedDict", "collections.defaultdict", "collections.Counter", "collections.deque"),
        *("datetime.datetime", "datetime.date", "datetime.timedelta", "datetime.timezone"),
        *("copyreg._reconstructor", "copy_reg._reconstructor", "_codecs.encode", "argparse.Namespace"),
        *("pathlib.PosixPath", "pathlib.PurePosixPath", "pathlib.WindowsPath", "pathlib.PureWindowsPath"),
        *("torch.Size", "torch.device", "torch.Tensor", "torch.strided", "torch._tensor._rebuild_from_type_v2"),
        *("torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer", "torch.serialization._get_layout"),
        *("torch.storage.TypedStorage", "torch.storage.UntypedStorage", "torch.storage._TypedStorage"),
        *("torch.per_tensor_affine", "torch.per_channel_affine", "torch.per_channel_affine_float_qparams"),
        *("torch.contiguous_format", "torch.channels_last", "torch.preserve_format"),
        *("numpy.dtype", "numpy.ndarray", "numpy.float64", "numpy.float32", "numpy.int64", "numpy.bool_"),
    }
)
_PATTERNS = re.compile(
    r"(builtins|__builtin__)\.(set|frozenset|complex|bytearray|bytes|slice|range|xrange|list|dict|tuple|int|long|float"
    r"|str|unicode|bool|object)"
    r"|torch\.(cuda\.)?[A-Z][A-Za-z0-9]*Storage"
    r"|torch\._utils\._rebuild_(tensor|tensor_v2|tensor_v3|parameter|parameter_with_state|qtensor|sparse_tensor"
    r"|sparse_csr_tensor|nested_tensor|meta_tensor_no_storage|device_tensor_from_numpy)"
    r"|torch\.(q?u?int[0-9]+|quint[0-9]+x[0-9]+|bool|b?float[0-9a-z_]*|complex[0-9]+|half|double|long|short|bits[0-9x]+)"
    r"|numpy\.(core|_core)\.(multiarray\.(_reconstruct|scalar)|numeric\._frombuffer)"
    r"|numpy\.dtypes\.[A-Za-z0-9]+DType"
)


def is_known(name: str) -> bool:
    """Whether naming this is usual and harmless."""
    return name in _EXACT or _PATTERNS.fullmatch(name) is not None
