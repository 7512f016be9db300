"""The client reads what the server's frames hold, bit for bit, with and without numpy."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pavi.api.columns import MEDIA_TYPE, decode
from server.scalars import columns as server

_stretches = st.lists(
    st.integers(0, 50).flatmap(
        lambda length: st.tuples(
            hnp.arrays(np.int64, length),
            hnp.arrays(np.float64, length),
            hnp.arrays(np.float64, length),
        )
    ),
    max_size=4,
)


def _body(stretches: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> bytes:
    frames = [
        server.frame({"tag": "train/loss", "steps": steps, "times": times, "values": values})
        for steps, times, values in stretches
    ]
    return b"".join(frames)


@given(_stretches)
def test_frames(stretches: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
    found = decode(MEDIA_TYPE, _body(stretches))
    arrays, lists = found.numpy(), found.lists()
    assert [array.dtype for array in arrays] == [np.int64, np.float64, np.float64]
    for index, array in enumerate(arrays):
        wanted = np.concatenate([np.empty(0, array.dtype), *[stretch[index] for stretch in stretches]])
        assert array.tobytes() == wanted.tobytes()
        assert np.array_equal(np.array(lists[index], array.dtype), wanted, equal_nan=array.dtype == np.float64)


@given(_stretches, st.data())
def test_a_cut_body_is_noticed(stretches: list[tuple[np.ndarray, np.ndarray, np.ndarray]], data: st.DataObject) -> None:
    body = _body(stretches)
    whole = {0}
    for stretch in stretches:
        whole.add(max(whole) + len(_body([stretch])))
    cut = data.draw(st.integers(0, len(body)))
    if cut not in whole:
        with pytest.raises(ValueError, match=r"frame|answer"):
            decode(MEDIA_TYPE, body[:cut])


def test_json() -> None:
    body = json.dumps({"steps": [1, 2, 3], "times": [0.5, 1.5, 2.5], "values": [1, None, "-Infinity"]}).encode()
    steps, times, values = decode("application/json; charset=utf-8", body).numpy()
    assert (steps.tolist(), times.tolist()) == ([1, 2, 3], [0.5, 1.5, 2.5])
    assert values[0] == 1.0
    assert math.isnan(values[1])
    assert values[2] == -math.inf


@pytest.mark.parametrize("body", [b"nonsense", b"PAVX" + bytes(12), b"PAVC"])
def test_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="answer"):
        decode(MEDIA_TYPE, body)
