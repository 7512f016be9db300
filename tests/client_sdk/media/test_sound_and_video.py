"""Arrays as WAV and APNG, read back by other readers."""

import io
import wave
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

import pavi
from pavi.media import NotShown


def frames_of(media: pavi.Video) -> tuple[list[np.ndarray[Any, Any]], float]:
    data = media.encode().data
    assert data is not None
    picture = Pillow.open(io.BytesIO(data))
    frames = []
    for number in range(picture.n_frames):  # type: ignore[attr-defined]  # of Pillow's animated formats
        picture.seek(number)
        frames.append(np.asarray(picture.convert("RGB")))
    return frames, float(picture.info["duration"])


@pytest.mark.parametrize("axes", ["TCHW", "THWC"])
def test_frames_come_back(axes: str) -> None:
    video = np.random.default_rng(1).integers(0, 256, (5, 6, 8, 3), np.uint8)
    frames, duration = frames_of(pavi.Video(video if axes == "THWC" else video.transpose(0, 3, 1, 2), fps=25))
    assert np.array_equal(np.stack(frames), video)
    assert duration == 40.0


def test_meta_of_video() -> None:
    encoded = pavi.Video(np.zeros((7, 3, 4, 6)), fps=4, caption="c").encode()
    assert encoded.meta == {"width": 6, "height": 4, "frames": 7, "fps": 4.0, "caption": "c"}
    assert encoded.media_type == "image/apng"


def test_batch_is_tiled_as_tensorboard_tiles() -> None:
    videos = np.zeros((3, 2, 1, 4, 6), np.uint8)
    videos[0], videos[1], videos[2] = 10, 20, 30
    frames, _ = frames_of(pavi.Video(videos))
    assert frames[0].shape == (4, 24, 3)  # one row of four places
    assert frames[0][0, ::6, 0].tolist() == [10, 20, 30, 0]
    frames, _ = frames_of(pavi.Video(np.concatenate([videos, videos])))
    assert frames[0].shape == (8, 24, 3)


@pytest.mark.parametrize("value", [np.zeros((4, 5)), np.zeros((2, 5, 5, 5)), np.zeros((0, 3, 4, 4))], ids=str)
def test_what_is_no_video_is_refused(value: Any) -> None:
    with pytest.raises(NotShown):
        pavi.Video(value).encode()


def test_strange_rates_are_refused() -> None:
    with pytest.raises(NotShown, match="fps"):
        pavi.Video(np.zeros((2, 3, 4, 4)), fps=0).encode()
    with pytest.raises(NotShown, match="sample_rate"):
        pavi.Audio(np.zeros(5), sample_rate=0).encode()


@pytest.mark.parametrize(
    ("value", "channels", "first"),
    [
        (np.array([0.0, 0.5, -1.0]), 1, [0, 16383, -32767]),
        (np.array([[0.0, 0.5, -1.0]]), 1, [0, 16383, -32767]),
        (np.array([[0.0, 0.5, 1.0], [1.0, 0.0, 0.0]]), 2, [0, 32767, 16383]),
        (np.array([[0.0, 1.0], [0.5, 0.0], [1.0, 0.0]]), 2, [0, 32767, 16383]),
        (np.array([1, -2, 3], np.int16), 1, [1, -2, 3]),
        (np.array([128, 0, 255], np.uint8), 1, [0, -32767, 32511]),
    ],
    ids=["mono", "one-channel", "channels-first", "channels-last", "integers", "bytes"],
)
def test_samples_come_back(value: Any, channels: int, first: list[int]) -> None:
    encoded = pavi.Audio(value, sample_rate=8000).encode()
    with wave.open(io.BytesIO(encoded.data or b"")) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getsampwidth()) == (8000, channels, 2)
        samples = np.frombuffer(reader.readframes(100), "<i2")
    assert samples[:3].tolist() == first
    assert encoded.meta == {"sample_rate": 8000, "channels": channels, "seconds": 3 / 8000}


def test_sound_is_cut_off_and_said() -> None:
    encoded = pavi.Audio(np.array([2.0, np.nan, -3.0, 0.0])).encode()
    assert len(encoded.warnings) == 2
    with wave.open(io.BytesIO(encoded.data or b"")) as reader:
        assert np.frombuffer(reader.readframes(4), "<i2").tolist() == [32767, 0, -32767, 0]
