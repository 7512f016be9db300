"""The graph of an ONNX file, without its weights and without the onnx package.

A small reader of protobuf's wire format that goes over everything it does not show. Field numbers are those of
``onnx.proto`` (ONNX IR version 3 and later).
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pavi.media.shape import finite

__all__ = ["MAX_NODES", "BadOnnx", "read_graph"]

MAX_NODES = 20_000
_MAX_TEXT = 300
_MAX_LIST = 32
_MAX_FIELDS = 1_000_000
"""Of one message: what has more is no model."""
_TYPES = (
    *("undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16"),
    *("float64", "uint32", "uint64", "complex64", "complex128", "bfloat16"),
)

Buffer = bytes | memoryview


class BadOnnx(ValueError):
    """These bytes are no ONNX model. The message is a phrase."""


class _Field(NamedTuple):
    number: int
    value: int
    data: Buffer
    """Of length-delimited fields; empty otherwise."""


def read_graph(data: Buffer, weights: Mapping[str, int] | None = None) -> dict[str, Any]:
    """``{"inputs", "outputs", "nodes", "total"}`` as ``docs/media.md`` has them of a graph; ``total`` counts all nodes.

    Args:
        data: the file's bytes.
        weights: inputs of the graph that are weights, kept elsewhere: name → number of elements.

    Raises:
        BadOnnx: it is none.
    """
    graph: Buffer | None = None
    for field in _fields(data):
        if field.number == 7:  # ModelProto.graph
            graph = field.data
    if graph is None or not len(graph):
        raise BadOnnx("holds no graph")
    return _Graph(graph, dict(weights or {})).body()


class _Graph:
    def __init__(self, data: Buffer, weights: dict[str, int]) -> None:
        self.weights = weights
        self.nodes: list[dict[str, Any]] = []
        self.total = 0
        self.inputs: list[dict[str, Any]] = []
        self.outputs: list[dict[str, Any]] = []
        for field in _fields(data):
            if field.number == 1:  # node
                self.total += 1
                if len(self.nodes) < MAX_NODES:
                    self.nodes.append(_node(field.data))
            elif field.number == 5:  # initializer
                name, count = _weight(field.data)
                self.weights[name] = count
            elif field.number == 11:
                self.inputs.append(_value(field.data))
            elif field.number == 12:
                self.outputs.append(_value(field.data))

    def body(self) -> dict[str, Any]:
        nodes = [node for node in self.nodes if not self._is_alias(node)]
        self.total -= len(self.nodes) - len(nodes)
        for node in nodes:
            parameters = sum(self.weights.get(name, 0) for name in node["inputs"])
            node["inputs"] = [name for name in node["inputs"] if name and name not in self.weights]
            if parameters:
                node["parameters"] = parameters
        inputs = [value for value in self.inputs if value["name"] not in self.weights]
        return {"inputs": inputs, "outputs": self.outputs, "nodes": nodes, "total": self.total}

    def _is_alias(self, node: dict[str, Any]) -> bool:
        """Whether it gives another name to a weight: where one weight is used twice, exporters do so."""
        if node["op"] != "Identity" or len(node["inputs"]) != 1 or len(node["outputs"]) != 1:
            return False
        count = self.weights.get(node["inputs"][0])
        if count is None:
            return False
        self.weights[node["outputs"][0]] = count
        return True


def _node(data: Buffer) -> dict[str, Any]:
    node: dict[str, Any] = {"name": "", "op": "", "inputs": [], "outputs": []}
    attributes: dict[str, Any] = {}
    for field in _fields(data):
        if field.number == 1:
            node["inputs"].append(_text(field.data))
        elif field.number == 2:
            node["outputs"].append(_text(field.data))
        elif field.number == 3:
            node["name"] = _text(field.data)
        elif field.number == 4:
            node["op"] = _text(field.data)
        elif field.number == 5 and len(attributes) < _MAX_LIST:
            name, value = _attribute(field.data)
            attributes[name] = value
    node["name"] = node["name"] or (node["outputs"] or [node["op"]])[0]
    if scope := node["name"].strip("/").rpartition("/")[0]:
        node["scope"] = scope
    if attributes:
        node["attributes"] = attributes
    return node


def _attribute(data: Buffer) -> tuple[str, Any]:
    name, found = "", None
    floats: list[Any] = []
    integers: list[Any] = []
    texts: list[Any] = []
    for field in _fields(data):
        if field.number == 1:
            name = _text(field.data)
        elif field.number == 2:
            found = _float(field.value)
        elif field.number == 3:
            found = _signed(field.value)
        elif field.number == 4:
            found = _text(field.data)
        elif field.number == 5:
            found = "tensor"
        elif field.number in (6, 11):
            found = "graph"
        elif field.number == 7:
            floats += _packed_floats(field)
        elif field.number == 8:
            integers += _packed_integers(field)
        elif field.number == 9:
            texts.append(_text(field.data))
    several = floats or integers or texts
    return name, several[:_MAX_LIST] if several else found


def _value(data: Buffer) -> dict[str, Any]:
    """A ValueInfoProto: name, shape and type of elements."""
    value: dict[str, Any] = {"name": "", "shape": [], "dtype": "undefined"}
    for field in _fields(data):
        if field.number == 1:
            value["name"] = _text(field.data)
        elif field.number == 2:
            for tensor in (inner.data for inner in _fields(field.data) if inner.number == 1):
                for part in _fields(tensor):
                    if part.number == 1:
                        value["dtype"] = _TYPES[part.value] if part.value < len(_TYPES) else f"type {part.value}"
                    elif part.number == 2:
                        value["shape"] = [_dimension(one.data) for one in _fields(part.data) if one.number == 1]
    return value


def _dimension(data: Buffer) -> int | str:
    for field in _fields(data):
        if field.number == 1:
            return _signed(field.value)
        if field.number == 2:
            return _text(field.data)
    return "?"


def _weight(data: Buffer) -> tuple[str, int]:
    """Name and number of elements of a TensorProto. Its bytes are gone over."""
    name, count = "", 1
    for field in _fields(data):
        if field.number == 1:
            for dimension in _packed_integers(field):
                count *= max(0, dimension)
        elif field.number == 8:
            name = _text(field.data)
    return name, min(count, 1 << 62)


def _fields(data: Buffer) -> Iterator[_Field]:
    at, end, count = 0, len(data), 0
    while at < end:
        count += 1
        if count > _MAX_FIELDS:
            raise BadOnnx("is no ONNX model")
        key, at = _varint(data, at, end)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(data, at, end)
            yield _Field(number, value, b"")
        elif kind == 2:
            size, at = _varint(data, at, end)
            if size > end - at:
                raise BadOnnx("is cut off, or no ONNX model")
            yield _Field(number, 0, data[at : at + size])
            at += size
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            if size > end - at:
                raise BadOnnx("is cut off, or no ONNX model")
            yield _Field(number, int.from_bytes(data[at : at + size], "little"), b"")
            at += size
        else:
            raise BadOnnx("is no ONNX model")


def _varint(data: Buffer, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise BadOnnx("is cut off, or no ONNX model")


def _packed_integers(field: _Field) -> list[int]:
    if not len(field.data):
        return [_signed(field.value)]
    found: list[int] = []
    at = 0
    while at < len(field.data) and len(found) < _MAX_LIST:
        value, at = _varint(field.data, at, len(field.data))
        found.append(_signed(value))
    return found


def _packed_floats(field: _Field) -> list[float | str]:
    if not len(field.data):
        return [_float(field.value)]
    data = bytes(field.data[: 4 * _MAX_LIST])
    return [_float(int.from_bytes(data[at : at + 4], "little")) for at in range(0, len(data) - 3, 4)]


def _signed(value: int) -> int:
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >= 1 << 63 else value


def _float(bits: int) -> float | str:
    return finite(struct.unpack("<f", struct.pack("<I", bits & 0xFFFFFFFF))[0])


def _text(data: Buffer) -> str:
    return bytes(data[: 4 * _MAX_TEXT]).decode("utf-8", "replace")[:_MAX_TEXT]
