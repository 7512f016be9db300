"""Histograms, PR curves, embeddings, meshes and tensors against numpy, scikit-learn and counting by hand."""

import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

import pavi
from pavi.media import NotShown, TooLarge


def test_histogram_is_numpys() -> None:
    values = np.random.default_rng(0).standard_normal((20, 50)).astype(np.float32)
    body = pavi.Histogram(values).encode().body
    counts, edges = np.histogram(values.astype(float), 64)
    assert body["counts"] == counts.tolist()
    assert body["edges"] == edges.tolist()
    assert body["num"] == 1000
    assert (body["min"], body["max"]) == (values.min(), values.max())
    assert body["sum"] == pytest.approx(values.sum(dtype=float))
    assert body["sum_squares"] == pytest.approx((values.astype(float) ** 2).sum())


@settings(max_examples=100, deadline=None)
@given(
    values=st.lists(st.floats(width=64), min_size=1, max_size=30),
    bins=st.sampled_from([1, 64, 1000, "tensorflow", "auto", "fd", "sturges", [0.0, 1.0, 2.0]]),
)
@example(values=[1.7976931348623157e308], bins=64)
@example(values=[-1.7976931348623157e308, 1.7976931348623157e308], bins="fd")
def test_every_finite_value_is_counted_once(values: list[float], bins: Any) -> None:
    finite = [value for value in values if np.isfinite(value)]
    histogram = pavi.Histogram(values, bins)
    if not finite:
        with pytest.raises(NotShown, match="no finite value"):
            histogram.encode()
        return
    encoded = histogram.encode()
    body = json.loads(json.dumps(encoded.body, allow_nan=False))
    assert len(body["edges"]) == len(body["counts"]) + 1 <= 513
    assert body["num"] == len(finite)
    assert sum(encoded.meta.values()) == len(values) - len(finite)
    reached = 1e20 if bins == "tensorflow" else 2.0 if isinstance(bins, list) else np.inf
    low = 0.0 if isinstance(bins, list) else -reached
    if all(low <= value < reached / 1.1 for value in finite) or np.isinf(reached):
        assert sum(body["counts"]) == len(finite)


def test_tensorflow_bins_are_tensorboards() -> None:
    """Joined empty neighbours apart: every filled bin is one of TensorBoard's, with its count."""
    values = np.random.default_rng(0).standard_normal(5000)
    body = pavi.Histogram(values, "tensorflow").encode().body
    edges, edge = [], 1e-12
    while edge < 1e20:
        edges.append(edge)
        edge *= 1.1
    counts, all_edges = np.histogram(values, [*(-edge for edge in reversed(edges)), 0.0, *edges])
    expected = {(low, high): count for low, high, count in zip(all_edges, all_edges[1:], counts, strict=False) if count}
    bins = zip(body["edges"], body["edges"][1:], body["counts"], strict=False)
    assert {(low, high): count for low, high, count in bins if count} == expected


def test_what_is_not_finite_is_counted_apart() -> None:
    encoded = pavi.Histogram([1.0, 2.0, np.nan, np.inf, -np.inf, np.nan]).encode()
    assert encoded.meta == {"nan": 2, "positive_infinity": 1, "negative_infinity": 1}
    assert encoded.body["num"] == 2


def test_empty_histogram_is_refused() -> None:
    with pytest.raises(NotShown, match="empty"):
        pavi.Histogram(np.array([])).encode()


def test_heavy_tails_do_not_take_all_memory() -> None:
    values = np.concatenate([np.linspace(0, 1e-9, 10_000), [1e9]])
    assert len(pavi.Histogram(values, "auto").encode().body["counts"]) <= 512


def test_max_bins_joins() -> None:
    body = pavi.Histogram(np.arange(100.0), 100, max_bins=10).encode().body
    assert body["counts"] == [10] * 10
    assert body["edges"][0] == 0
    assert body["edges"][-1] == 99


def test_raw_histogram() -> None:
    body = pavi.Histogram.raw(edges=[0, 1, 2], counts=[3, 4], min=0.5, sum=9).encode().body
    assert body == {"min": 0.5, "max": 2.0, "num": 7.0, "sum": 9.0, "edges": [0.0, 1.0, 2.0], "counts": [3.0, 4.0]}
    for edges, counts in (([0, 1], [1, 2]), ([1, 0], [1]), ([0, 1], [-1]), ([0, 1], [np.nan])):
        with pytest.raises(NotShown):
            pavi.Histogram.raw(edges=edges, counts=counts).encode()


def test_pr_curve_counts_by_hand() -> None:
    chance = np.random.default_rng(0)
    labels, predictions = chance.integers(0, 2, 500), chance.random(500)
    body = pavi.PrCurve(labels, predictions, num_thresholds=11).encode().body
    assert body["thresholds"] == pytest.approx(np.linspace(0, 1, 11))
    for index in range(11):
        chosen = np.floor(predictions * 10) >= index
        hits = int((chosen & (labels == 1)).sum())
        assert body["true_positives"][index] == hits
        assert body["false_positives"][index] == int((chosen & (labels == 0)).sum())
        assert body["false_negatives"][index] == int((~chosen & (labels == 1)).sum())
        assert body["true_negatives"][index] == int((~chosen & (labels == 0)).sum())
        assert body["precision"][index] == pytest.approx(hits / max(chosen.sum(), 1e-7))
        assert body["recall"][index] == pytest.approx(hits / (labels == 1).sum())


def test_pr_curve_of_strange_values() -> None:
    encoded = pavi.PrCurve([0, 1, 1], [-0.5, np.nan, 1.5]).encode()
    assert len(encoded.warnings) == 2
    assert encoded.body["true_positives"][0] == 1
    with pytest.raises(NotShown):
        pavi.PrCurve([0, 1], [0.5]).encode()
    with pytest.raises(NotShown):
        pavi.PrCurve([], []).encode()


def embedded(*arguments: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    encoded = pavi.Embedding(*arguments).encode()
    assert encoded.data is not None
    return encoded.meta, json.loads(encoded.data)


@pytest.mark.parametrize("shape", [(200, 20), (30, 1500), (1200, 1100)], ids=["tall", "wide", "large"])
def test_embedding_is_sklearns_pca(shape: tuple[int, int]) -> None:
    chance = np.random.default_rng(0)
    spread = np.ones(shape[1])
    spread[:3] = (60.0, 40.0, 20.0)
    values = chance.standard_normal(shape) * spread
    meta, body = embedded(values)
    expected = PCA(3, svd_solver="full").fit(values)
    assert meta == {"rows": shape[0], "dimensions": shape[1]}
    assert body["explained"] == pytest.approx(expected.explained_variance_ratio_, rel=1e-2)
    assert np.abs(body["points"]) == pytest.approx(np.abs(expected.transform(values)), rel=2e-2, abs=1.0)
    assert embedded(values)[1] == body


def test_embedding_of_few_dimensions_and_labels() -> None:
    _, body = embedded([[1.0], [2.0], [4.0]], ["a", 2, np.float32(3)])
    assert [point[1:] for point in body["points"]] == [[0, 0]] * 3
    assert body["explained"] == pytest.approx([1, 0, 0])
    assert body["metadata"] == [["a"], ["2"], ["3.0"]]
    _, body = embedded(np.eye(2), [["a", 1], ["b", 2]], ["name", "number"])
    assert body["metadata"] == [["a", "1"], ["b", "2"]]
    assert body["metadata_header"] == ["name", "number"]
    _, body = embedded(np.ones((4, 5)))
    assert body["points"] == [[0, 0, 0]] * 4


def test_embedding_of_wrong_labels_goes_without() -> None:
    encoded = pavi.Embedding(np.eye(3), ["a"]).encode()
    assert "labels" in encoded.warnings[0]
    assert "metadata" not in json.loads(encoded.data or b"")


def test_mesh() -> None:
    encoded = pavi.Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0.1]], [[0, 1, 2]], [[0, 0.5, 1.0]] * 3).encode()
    assert encoded.meta == {"vertices": 3, "faces": 1}
    assert encoded.body["vertices"][2] == [0.0, 1.0, 0.1]
    assert encoded.body["faces"] == [[0, 1, 2]]
    assert encoded.body["colors"] == [[0, 127, 255]] * 3


@pytest.mark.parametrize(
    ("vertices", "faces", "colors"),
    [(np.zeros((3, 2)), None, None), ([[0, 0, 0]], [[0, 1, 2]], None), ([[0, 0, 0]], None, [[0, 0, 0]] * 2)],
    ids=["plane", "faces-beyond", "colors-differ"],
)
def test_what_is_no_mesh_is_refused(vertices: Any, faces: Any, colors: Any) -> None:
    with pytest.raises(NotShown):
        pavi.Mesh(vertices, faces, colors).encode()


def test_mesh_beyond_the_cap() -> None:
    with pytest.raises(TooLarge, match="200,000"):
        pavi.Mesh(np.zeros((200_001, 3))).encode()


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int8", "uint16", "int64", "bool"])
@pytest.mark.parametrize("shape", [(2, 3), (), (0, 4)], ids=str)
def test_tensor_comes_back(dtype: str, shape: tuple[int, ...]) -> None:
    value = np.ones(shape, dtype)
    encoded = pavi.Tensor(value).encode()
    read = np.load(io.BytesIO(encoded.data or b""), allow_pickle=False)
    assert read.dtype == value.dtype
    assert np.array_equal(read, value)
    assert (encoded.meta["shape"], encoded.meta["dtype"]) == (list(shape), dtype)


def test_tensor_statistics_of_what_is_not_finite() -> None:
    meta = pavi.Tensor(np.array([1.0, np.inf, np.nan])).encode().meta
    assert (meta["min"], meta["max"], meta["mean"]) == ("NaN", "NaN", "NaN")
    assert pavi.Tensor(np.array([1.0, np.inf])).encode().meta["max"] == "Infinity"


@pytest.mark.parametrize(
    "value",
    [np.array(["a"]), np.array([object()]), np.array([1j]), [[1], [1, 2]]],
    ids=["texts", "objects", "complex", "ragged"],
)
def test_what_holds_no_numbers_is_refused(value: Any) -> None:
    with pytest.raises(NotShown):
        pavi.Tensor(value).encode()
