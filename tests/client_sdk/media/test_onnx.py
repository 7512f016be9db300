"""The reader of ONNX files, on hand-made messages and on damaged ones. Real exports: ``tests/clients``."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pavi
from pavi.media import NotShown
from pavi.media.onnx import BadOnnx, read_graph


def message(*fields: tuple[int, "bytes | int | str"]) -> bytes:
    """A protobuf message: texts and bytes length-delimited, integers as varints."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def tensor_type(dtype: int, *dimensions: "int | str") -> bytes:
    shape = message(*((1, message((1 if isinstance(one, int) else 2, one))) for one in dimensions))
    return message((1, message((1, dtype), (2, shape))))


GRAPH = message(
    (
        1,
        message(
            (1, "x"),
            (1, "w"),
            (1, "b"),
            (2, "h"),
            (3, "/layer1/fc/Gemm"),
            (4, "Gemm"),
            (5, message((1, "alpha"), (3, 2))),
        ),
    ),
    (1, message((1, "h"), (2, "y"), (4, "Relu"))),
    (2, "net"),
    (5, message((1, 3), (1, 4), (2, 1), (8, "w"), (9, b"\0" * 48))),
    (5, message((1, b"\x03"), (2, 1), (8, "b"), (9, b"\0" * 12))),
    (11, message((1, "x"), (2, tensor_type(1, "batch", 4)))),
    (11, message((1, "w"), (2, tensor_type(1, 3, 4)))),
    (12, message((1, "y"), (2, tensor_type(10, 1, 3)))),
)
MODEL = message((1, 8), (2, "torch"), (7, GRAPH), (8, message((2, 17))))


def test_graph_without_its_weights() -> None:
    assert read_graph(MODEL) == {
        "inputs": [{"name": "x", "shape": ["batch", 4], "dtype": "float32"}],
        "outputs": [{"name": "y", "shape": [1, 3], "dtype": "float16"}],
        "nodes": [
            {
                "name": "/layer1/fc/Gemm",
                "op": "Gemm",
                "inputs": ["x"],
                "outputs": ["h"],
                "scope": "layer1/fc",
                "attributes": {"alpha": 2},
                "parameters": 15,
            },
            {"name": "y", "op": "Relu", "inputs": ["h"], "outputs": ["y"]},
        ],
        "total": 2,
    }


def test_onnx_file_is_logged(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(MODEL)
    encoded = pavi.Graph(tmp_path / "model.onnx").encode()
    assert encoded.meta == {"nodes": 2, "format": "onnx"}
    assert set(encoded.body) == {"inputs", "outputs", "nodes"}
    assert pavi.Graph(MODEL).encode() == encoded


@pytest.mark.parametrize(
    "data",
    [b"", b"not a model", MODEL[:-1], MODEL[: len(MODEL) // 2], b"\xff" * 100],
    ids=["empty", "text", "one-byte-short", "half", "endless-number"],
)
def test_bad_file_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(data)
    with pytest.raises(NotShown):
        pavi.Graph(tmp_path / "model.onnx").encode()


def test_missing_file_and_other_things_are_refused(tmp_path: Path) -> None:
    for value in (tmp_path / "nothing.onnx", tmp_path, object(), None):
        with pytest.raises(NotShown):
            pavi.Graph(value).encode()


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=200), at=st.integers(0, len(MODEL)))
def test_nonsense_is_a_graph_or_refused(data: bytes, at: int) -> None:
    for damaged in (data, MODEL[:at] + data + MODEL[at:], MODEL[:at] + data):
        try:
            body = read_graph(damaged)
        except BadOnnx:
            continue
        assert body["total"] >= len(body["nodes"])


def test_many_nodes_are_cut() -> None:
    node = message((1, message((1, "x"), (2, "x"), (4, "Relu"))))
    encoded = pavi.Graph(message((7, node * 20_005))).encode()
    assert encoded.meta["nodes"] == 20_000
    assert "20,005" in encoded.warnings[0]
