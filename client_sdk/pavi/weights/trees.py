"""A checkpoint's structure as JSON, with places where the tensors were; and the checkpoint out of both.

Dictionaries (with keys of any plain type), lists, tuples and plain values come back as they were; anything else is
refused with its place.
"""

import base64
import math
from collections import OrderedDict
from typing import Any, NamedTuple

from pavi.exception import BadSetting
from pavi.weights.arrays import array_of, tensor_of

__all__ = ["TREE", "Grown", "Packed", "grow", "pack"]

TREE = "__pavi__"
"""Name of the array whose bytes are the JSON of the structure; no tensor's array is called so."""

_DEEPEST = 100


class Packed(NamedTuple):
    """A checkpoint in parts.

    Attributes:
        tree: JSON.
        arrays: name → array.
        tensors: how many tensors the tree names; some may share an array.
        others: ``path = value`` of what is no tensor.
    """

    tree: Any
    arrays: dict[str, Any]
    tensors: int
    others: list[str]


class Grown(NamedTuple):
    """A checkpoint out of its parts, and the same counts."""

    checkpoint: Any
    tensors: int
    others: list[str]


def pack(checkpoint: Any) -> Packed:
    """Takes a checkpoint apart.

    Raises:
        BadSetting: something in it is neither a tensor nor plain data; the message says where.
    """
    packer = _Packer()
    tree = packer.pack(checkpoint, ())
    return Packed(tree, packer.arrays, packer.tensors, packer.others)


def grow(tree: Any, arrays: Any) -> Grown:
    """Puts a checkpoint together again; ``arrays`` is what a name gives its array.

    Raises:
        BadSetting: the parts do not fit together.
    """
    grower = _Grower(arrays)
    return Grown(grower.grow(tree, ()), grower.tensors, grower.others)


class _Packer:
    def __init__(self) -> None:
        self.arrays: dict[str, Any] = {}
        self.tensors = 0
        self.others: list[str] = []
        self._seen: dict[tuple[Any, ...], str] = {}
        self._storages: dict[int, tuple[int, Any]] = {}

    def pack(self, value: Any, path: tuple[str, ...]) -> Any:
        import torch

        if len(path) > _DEEPEST:
            raise BadSetting(f"{_text(path[:5])}… is nested more than {_DEEPEST} deep")
        if isinstance(value, torch.Tensor):
            return self._tensor(value, path)
        if type(value) in (dict, OrderedDict):
            return self._mapping(value, path)
        if type(value) in (list, tuple, set, torch.Size):
            kind = {"Size": "size"}.get(type(value).__name__, type(value).__name__)
            return {kind: [self.pack(item, (*path, str(index))) for index, item in enumerate(value)]}
        packed = _plain(value, path)
        self.others.append(f"{_text(path)} = {value!r:.80}")
        return packed

    def _mapping(self, value: Any, path: tuple[str, ...]) -> Any:
        items = [[_plain(key, path), self.pack(item, (*path, str(key)))] for key, item in value.items()]
        packed: dict[str, Any] = {"ordered" if isinstance(value, OrderedDict) else "dict": items}
        attributes = getattr(value, "__dict__", None)
        if attributes:  # a module's state dict carries the versions of its parts this way
            silent = _Packer()
            packed["attributes"] = silent.pack(dict(attributes), (*path, "(attributes)"))
            if silent.arrays:
                raise BadSetting(f"{_text(path)} hides tensors in its attributes; save it as a plain dictionary")
        return packed

    def _tensor(self, tensor: Any, path: tuple[str, ...]) -> Any:
        import torch

        self.tensors += 1
        where = _text(path)
        leaf: dict[str, Any] = {}
        if isinstance(tensor, torch.nn.Parameter):
            leaf["parameter"] = True
        if tensor.requires_grad:
            leaf["requires_grad"] = True
        array, leaf["dtype"] = array_of(tensor, where)
        storage = tensor.untyped_storage()
        # Kept with its number, or its address could come again.
        number, _ = self._storages.setdefault(storage.data_ptr(), (len(self._storages), storage))
        leaf |= {"storage": number, "offset": tensor.storage_offset(), "stride": list(tensor.stride())}
        place = (number, tensor.storage_offset(), tuple(tensor.shape), tensor.stride(), leaf["dtype"])
        name = self._seen.get(place) if tensor.numel() else None
        if name is None:
            name = self._name(where)
            self.arrays[name] = array
            self._seen[place] = name
        return {"tensor": name, **leaf}

    def _name(self, where: str) -> str:
        name, number = where, 1
        while name in self.arrays or name == TREE:
            number += 1
            name = f"{where}#{number}"
        return name


class _Grower:
    def __init__(self, arrays: Any) -> None:
        self._arrays = arrays
        self.tensors = 0
        self.others: list[str] = []
        self._leaves: dict[int, list[dict[str, Any]]] = {}
        self._storages: dict[int, Any] = {}

    def grow(self, tree: Any, path: tuple[str, ...]) -> Any:
        self._collect(tree)
        return self._grow(tree, path)

    def _collect(self, tree: Any) -> None:
        """Which tensors lay in one storage: they will again."""
        if isinstance(tree, list):
            for item in tree:
                self._collect(item)
        elif isinstance(tree, dict) and "tensor" in tree:
            self._leaves.setdefault(tree["storage"], []).append(tree)
        elif isinstance(tree, dict):
            for item in tree.values():
                self._collect(item)

    def _grow(self, tree: Any, path: tuple[str, ...]) -> Any:
        import torch

        if not isinstance(tree, dict):
            self.others.append(f"{_text(path)} = {tree!r:.80}")
            return tree
        if "tensor" in tree:
            return self._tensor(tree, path)
        for kind, made in (("dict", dict), ("ordered", OrderedDict)):
            if kind in tree:
                pairs = [(_unplain(key), item) for key, item in tree[kind]]
                mapping = made((key, self._grow(item, (*path, str(key)))) for key, item in pairs)
                if "attributes" in tree:
                    mapping.__dict__.update(_Grower({})._grow(tree["attributes"], path))
                return mapping
        for kind, sequence in (("list", list), ("tuple", tuple), ("set", set), ("size", torch.Size)):
            if kind in tree:
                return sequence(self._grow(item, (*path, str(index))) for index, item in enumerate(tree[kind]))
        value = _unplain(tree)
        self.others.append(f"{_text(path)} = {value!r:.80}")
        return value

    def _tensor(self, leaf: dict[str, Any], path: tuple[str, ...]) -> Any:
        import torch

        self.tensors += 1
        where = _text(path)
        tensor = self._filled(leaf, where)
        if leaf.get("parameter"):
            return torch.nn.Parameter(tensor, requires_grad=bool(leaf.get("requires_grad")))
        return tensor.requires_grad_() if leaf.get("requires_grad") else tensor

    def _filled(self, leaf: dict[str, Any], where: str) -> Any:
        import torch

        try:
            found = tensor_of(self._arrays[leaf["tensor"]], leaf["dtype"], where)
        except KeyError:
            raise BadSetting(f"the array of {where} is not in the file; it is damaged") from None
        stride = tuple(leaf["stride"])
        if len(self._leaves[leaf["storage"]]) == 1 and found.stride() == stride:
            return found
        storage = self._storage(leaf["storage"])
        target = torch.empty(0, dtype=found.dtype).set_(storage, leaf["offset"], found.shape, stride)
        one, values = target, found
        for axis, step in enumerate(stride):
            if step == 0:  # an expanded axis: all its places are one
                one, values = one.narrow(axis, 0, 1), values.narrow(axis, 0, 1)
        one.copy_(values)
        return target

    def _storage(self, number: int) -> Any:
        """The storage of a group, large enough for all its views; made when the first of them comes."""
        import torch

        if number not in self._storages:
            self._storages[number] = torch.UntypedStorage(max(map(self._extent, self._leaves[number])))
        return self._storages[number]

    def _extent(self, leaf: dict[str, Any]) -> int:
        array = self._arrays[leaf["tensor"]]
        last = sum((count - 1) * step for count, step in zip(array.shape, leaf["stride"], strict=True))
        return int((leaf["offset"] + last + 1) * array.itemsize) if array.size else 0


def _plain(value: Any, path: tuple[str, ...]) -> Any:
    """A value of a plain type as JSON."""
    import torch

    if value is None or type(value) in (bool, str):
        return value
    if type(value) is int:
        return value if abs(value) < 1 << 53 else {"int": str(value)}
    if type(value) is float:
        return {"float": value.hex()} if math.isfinite(value) else {"float": repr(value)}
    if type(value) is complex:
        return {"complex": [value.real.hex(), value.imag.hex()]}
    if type(value) in (bytes, bytearray):
        return {type(value).__name__: base64.b64encode(value).decode()}
    if isinstance(value, torch.dtype | torch.device):
        return {type(value).__name__: str(value).removeprefix("torch.")}
    raise BadSetting(
        f"{_text(path)} is a {type(value).__module__}.{type(value).__qualname__}, which is neither a tensor nor plain "
        "data; take it out of the checkpoint, or convert its state dict alone"
    )


def _unplain(packed: Any) -> Any:
    import torch

    if not isinstance(packed, dict):
        return packed
    ((kind, value),) = packed.items()
    match kind:
        case "int":
            return int(value)
        case "float":
            return float.fromhex(value)
        case "complex":
            return complex(*map(float.fromhex, value))
        case "bytes":
            return base64.b64decode(value)
        case "bytearray":
            return bytearray(base64.b64decode(value))
        case "dtype":
            return getattr(torch, value)
        case "device":
            return torch.device(value)
    raise BadSetting(f"the file describes something of kind {kind!r}, which this version does not know")


def _text(path: tuple[str, ...]) -> str:
    return "/".join(path) or "the checkpoint"
