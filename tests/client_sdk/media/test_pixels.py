"""Arrays as pictures: axes and values as TensorBoard means them, and files that other programs read alike."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_strategies
from PIL import Image as Pillow

import pavi
from pavi.media import NotShown, png


def decoded(media: pavi.Image | pavi.Figure) -> np.ndarray[Any, Any]:
    """The picture's pixels, (height, width, channels), as Pillow reads them."""
    data = media.encode().data
    assert data is not None
    pixels = np.asarray(Pillow.open(io.BytesIO(data)))
    return pixels if pixels.ndim == 3 else pixels[:, :, None]


@settings(max_examples=60, deadline=None)
@given(
    pixels=numpy_strategies.arrays(
        np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3, 4]))
    )
)
def test_png_holds_every_pixel(pixels: np.ndarray[Any, Any]) -> None:
    read = np.asarray(Pillow.open(io.BytesIO(png.encode(pixels))))
    assert np.array_equal(read.reshape(pixels.shape), pixels)


@pytest.mark.parametrize(
    ("shape", "dataformats", "size"),
    [
        ((3, 5, 7), "CHW", (7, 5)),
        ((5, 7, 3), "HWC", (7, 5)),
        ((7, 5, 3), "WHC", (7, 5)),
        ((5, 7), "HW", (7, 5)),
        ((7, 5), "WH", (7, 5)),
        ((5, 7, 3), "CHW", (7, 5)),  # no channels where the format says: found at the end
        ((5, 7, 4), "CHW", (7, 5)),
        ((5, 7), "CHW", (7, 5)),
        ((1, 5, 7), None, (7, 5)),
        ((5, 7, 1), None, (7, 5)),
        ((1, 3, 5, 7), "CHW", (7, 5)),
    ],
    ids=str,
)
def test_axes(shape: tuple[int, ...], dataformats: str | None, size: tuple[int, int]) -> None:
    encoded = pavi.Image(np.zeros(shape, np.uint8), dataformats=dataformats).encode()
    assert (encoded.meta["width"], encoded.meta["height"]) == size


def test_rgb_stays_rgb() -> None:
    red = np.zeros((3, 2, 2), np.uint8)
    red[0] = 200
    assert decoded(pavi.Image(red, dataformats="CHW"))[0, 0].tolist() == [200, 0, 0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0.0, 0.5, 1.0, 1.5, -1.0]]), [0, 127, 255, 255, 0]),
        (np.array([[0.0, 0.5, 1.0]], np.float16), [0, 127, 255]),
        (np.array([[0, 128, 255]], np.uint8), [0, 128, 255]),
        (np.array([[0, 128, 300, -5]], np.int64), [0, 128, 255, 0]),
        (np.array([[False, True]]), [0, 255]),
        ([[0.0, 1.0]], [0, 255]),
    ],
    ids=["floats", "half", "bytes", "integers", "booleans", "list"],
)
def test_values(values: Any, expected: list[int]) -> None:
    assert decoded(pavi.Image(values))[0, :, 0].tolist() == expected


def test_nan_is_black_and_said() -> None:
    encoded = pavi.Image(np.array([[np.nan, np.inf, 0.5]])).encode()
    assert "NaN" in encoded.warnings[0]
    assert decoded(pavi.Image(np.array([[np.nan, np.inf, 0.5]])))[0, :, 0].tolist() == [0, 255, 127]


def test_floats_to_255_are_said() -> None:
    (warning,) = pavi.Image(np.array([[0.0, 255.0]])).encode().warnings
    assert "Divide by 255" in warning


@pytest.mark.parametrize(
    "value",
    [np.zeros((5, 6, 7)), np.zeros((2, 2, 3, 4, 5)), np.zeros((0, 3)), np.zeros((2, 3, 4, 4)), "text", object(), None],
    ids=["no-channels", "five-axes", "empty", "batch", "no-file", "object", "none"],
)
def test_what_is_no_picture_is_refused(value: Any) -> None:
    with pytest.raises(NotShown):
        pavi.Image(value).encode()


def test_the_callers_array_is_untouched() -> None:
    array = np.array([[np.nan, 3.0]])
    pavi.Image(array).encode()
    assert np.isnan(array[0, 0])
    assert array[0, 1] == 3.0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_pillow_modes(mode: str) -> None:
    picture = Pillow.new(mode, (4, 3), 1 if mode == "1" else None)
    pixels = decoded(pavi.Image(picture))
    assert pixels.shape[:2] == (3, 4)
    assert pixels.shape[2] == (4 if mode in ("LA", "RGBA") else 1 if mode in ("1", "L", "I;16", "F") else 3)


def test_sixteen_bits_of_grey_keep_their_order() -> None:
    picture = Pillow.fromarray(np.array([[0, 32768, 65535]], np.uint16))
    assert decoded(pavi.Image(picture))[0, :, 0].tolist() == [0, 127, 255]
