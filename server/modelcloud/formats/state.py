"""Finds tensors in what a pickle's symbols stand for: state dicts, nested as they may be, and whole modules."""

from typing import Any

from server.modelcloud.formats.findings import Findings, shape_of
from server.modelcloud.formats.pickles import Call, Global, Pairs, Stored

MAX_VISITS = 400_000
MAX_DEPTH = 60

_STORAGES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
    "QInt8Storage": "qint8",
    "QUInt8Storage": "quint8",
    "QInt32Storage": "qint32",
}
_NUMPY = {"f": "float", "i": "int", "u": "uint", "c": "complex"}
_PARTS_OF_MODULES = frozenset({"_modules", "_parameters", "_buffers"})
_RECONSTRUCT = frozenset({"numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"})
_FROM_BUFFER = frozenset({"numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer"})
_Found = tuple[tuple[int, ...], str]


def collect(root: Any, findings: Findings) -> None:
    """Adds the tensors below a symbol to the findings, named by the keys that lead to them."""
    # An explicit stack: a pickle may be nested as deep as it is long, and shared parts would be visited for ever.
    waiting: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    visits = 0
    while waiting:
        value, keys = waiting.pop()
        visits += 1
        if visits > MAX_VISITS or len(keys) > MAX_DEPTH:
            findings.truncated = True
            if visits > MAX_VISITS:
                return
            continue
        found = _tensor(value)
        if found is not None:
            if not findings.add(".".join(keys) or "(the object itself)", *found):
                return
            continue
        waiting.extend(reversed(_children(value, keys)))


def _children(value: Any, keys: tuple[str, ...]) -> list[tuple[Any, tuple[str, ...]]]:
    if isinstance(value, Pairs):
        return [(item, (*keys, *_key(key))) for key, item in value.items if _may_hold(item)]
    if isinstance(value, list | tuple):
        return [(item, (*keys, str(index))) for index, item in enumerate(value) if _may_hold(item)]
    if isinstance(value, Call):
        if value.items:
            return _children(Pairs(value.items), keys)
        inner = value.state if _may_hold(value.state) else _arguments(value)
        return [(inner, keys)] if _may_hold(inner) else []
    return []


def _arguments(call: Call) -> Any:
    """A call's arguments; those of an old OrderedDict, ``([[key, value], …],)``, as the mapping that they make."""
    arguments = call.arguments
    if isinstance(call.function, Global) and call.function.name == "collections.OrderedDict":
        rows = arguments[0] if isinstance(arguments, tuple) and len(arguments) == 1 else None
        if isinstance(rows, list) and all(isinstance(row, list | tuple) and len(row) == 2 for row in rows):
            return Pairs([(row[0], row[1]) for row in rows])
    return arguments


def _may_hold(value: Any) -> bool:
    return isinstance(value, Pairs | list | tuple | Call)


def _key(key: Any) -> tuple[str, ...]:
    if isinstance(key, str):
        return () if key in _PARTS_OF_MODULES else (key[:500],)
    return (str(key),) if isinstance(key, int | float) else ("?",)


def _tensor(value: Any, depth: int = 0) -> _Found | None:
    """Shape and dtype when a symbol is a tensor or an array."""
    if not isinstance(value, Call) or not isinstance(value.function, Global) or depth > 4:
        return None
    name, arguments = value.function.name, value.arguments
    if not isinstance(arguments, tuple):
        return None
    if name.startswith("torch._utils._rebuild_parameter"):
        return _tensor(arguments[0], depth + 1) if arguments else None
    if name == "torch._tensor._rebuild_from_type_v2" and len(arguments) >= 3:
        return _tensor(Call(arguments[0], arguments[2]), depth + 1)
    if name == "torch._utils._rebuild_sparse_tensor" and len(arguments) >= 2:
        return _sparse(arguments[1], depth)
    if name.startswith("torch._utils._rebuild_") and len(arguments) >= 3:
        return _torch(name, arguments)
    if name in _RECONSTRUCT:
        return _array(value.state)
    if name in _FROM_BUFFER and len(arguments) >= 3:
        return _shaped(arguments[2], _numpy_dtype(arguments[1]))
    return None


def _sparse(data: Any, depth: int) -> _Found | None:
    """A sparse tensor in coordinates: indices, values, size."""
    if not isinstance(data, tuple) or len(data) < 3:
        return None
    values = _tensor(data[1], depth + 1)
    return _shaped(data[2], values[1] if values is not None else "unknown")


def _torch(name: str, arguments: tuple[Any, ...]) -> _Found | None:
    dtype = "unknown"
    if isinstance(arguments[0], Stored) and isinstance(arguments[0].id, tuple) and len(arguments[0].id) > 1:
        kind = arguments[0].id[1]
        if isinstance(kind, Global):
            dtype = _STORAGES.get(kind.name.rpartition(".")[2], "unknown")
    if name.endswith("_v3") and len(arguments) > 6 and isinstance(arguments[6], Global):
        dtype = arguments[6].name.rpartition(".")[2]
    return _shaped(arguments[2], dtype)


def _array(state: Any) -> _Found | None:
    """A numpy array, from the state that it is given: version, shape, dtype, order, bytes."""
    if not isinstance(state, tuple) or len(state) < 4:
        return None
    return _shaped(state[1], _numpy_dtype(state[2]))


def _numpy_dtype(value: Any) -> str:
    if isinstance(value, Call) and isinstance(value.arguments, tuple) and value.arguments:
        code = value.arguments[0]
        if isinstance(code, str):
            return numpy_name(code)
    return "unknown"


def numpy_name(code: str) -> str:
    """``<f4`` as ``float32``; what is not that simple stays as it is."""
    plain = code.lstrip("<>=|")
    if plain in ("b1", "?"):
        return "bool"
    kind, size = plain[:1], plain[1:]
    if kind in _NUMPY and size.isascii() and size.isdigit() and len(size) <= 2:
        return f"{_NUMPY[kind]}{int(size) * 8}"
    return code


def _shaped(shape: Any, dtype: str) -> _Found | None:
    if isinstance(shape, Call):  # torch.Size((…,))
        shape = shape.arguments[0] if isinstance(shape.arguments, tuple) and shape.arguments else None
    checked = shape_of(shape)
    return (checked, dtype) if checked is not None else None
