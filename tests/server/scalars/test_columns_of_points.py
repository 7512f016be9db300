"""Codec, checksum, average and buckets, held to their definitions by random input."""

import math
import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pavi.protocol import series_checksum
from server.scalars import checksum, codec
from server.scalars.downsample import Buckets, step_grid, time_grid
from server.scalars.smoothing import Smoother

STEPS = arrays.arrays(np.int64, st.integers(1, 300))
BITS = arrays.arrays(np.uint64, st.integers(1, 300))
FINITE = st.floats(-1e12, 1e12)


@settings(deadline=None)
@given(STEPS)
def test_steps_come_back(column: np.ndarray) -> None:
    assert np.array_equal(codec.decode_ints(codec.encode_ints(column)), column)


@settings(deadline=None)
@given(BITS)
def test_values_come_back_bit_for_bit(bits: np.ndarray) -> None:
    again = codec.decode_floats(codec.encode_floats(bits.view(np.float64)))
    assert np.array_equal(again.view(np.uint64), bits)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.floats(), st.integers(0, 2**64 - 1)), max_size=40))
def test_the_checksum_is_the_protocols(points: list[tuple[int, float, int]]) -> None:
    values = [struct.unpack("<d", struct.pack("<Q", bits))[0] for _, _, bits in points]
    ours = checksum.series_checksum(
        np.array([point[0] for point in points], np.int64), np.array([point[1] for point in points]), np.array(values)
    )
    assert ours == series_checksum((p[0], p[1], value) for p, value in zip(points, values, strict=True))
    assert checksum.unsigned(checksum.signed(ours)) == ours


@settings(deadline=None)
@given(st.lists(FINITE, min_size=1, max_size=400), st.floats(0.01, 0.999), st.integers(1, 400))
def test_the_average_is_the_recurrence_however_it_is_cut(values: list[float], weight: float, cut: int) -> None:
    state, expected = 0.0, []
    for count, value in enumerate(values, 1):
        state = weight * state + (1 - weight) * value
        expected.append(state / (1 - weight**count))
    smoother = Smoother(weight)
    column = np.array(values)
    got = np.concatenate([smoother.smooth(column[:cut]), smoother.smooth(column[cut:])])
    assert np.allclose(got, expected, rtol=1e-9, atol=1e-6)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(-(2**62), 2**62), FINITE), min_size=1, max_size=300, unique_by=lambda p: p[0]),
    st.integers(1, 50),
    st.integers(1, 300),
)
def test_buckets_keep_every_extreme(points: list[tuple[int, float]], count: int, cut: int) -> None:
    points.sort()
    xs, values = np.array([p[0] for p in points], np.int64), np.array([p[1] for p in points])
    grid = step_grid(int(xs[0]), int(xs[-1]), count)
    assert len(grid) <= count
    buckets = Buckets(grid)
    buckets.add(xs[:cut], values[:cut], None)
    buckets.add(xs[cut:], values[cut:], None)
    assert buckets.points == len(points) == int(buckets.count.sum())
    at = np.searchsorted(grid.edges[:-1], xs, side="right") - 1
    for index in range(len(grid)):
        mine = values[at == index]
        assert buckets.count[index] == len(mine)
        if len(mine):
            assert (buckets.low[index], buckets.high[index], buckets.last[index]) == (mine.min(), mine.max(), mine[-1])
            assert math.isclose(buckets.mean()[index], mine.mean(), rel_tol=1e-9, abs_tol=1e-3)
        else:
            assert np.isnan(buckets.low[index])


def test_a_growing_series_keeps_its_buckets() -> None:
    before, after = step_grid(0, 9_990, 1_000), step_grid(0, 9_999, 1_000)
    assert before.width == after.width
    assert np.array_equal(before.edges[:-1], after.edges[: len(before)])


def test_the_ends_of_the_number_line_fit_a_grid() -> None:
    grid = step_grid(-(2**63), 2**63 - 1, 10)
    buckets = Buckets(grid)
    buckets.add(np.array([-(2**63), 0, 2**63 - 1], np.int64), np.array([1.0, 2.0, 3.0]), None)
    assert buckets.points == 3
    assert len(time_grid(5.0, 5.0, 10)) == 1
