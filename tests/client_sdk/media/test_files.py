"""Finished files: taken as they are, by what their first bytes say."""

import hashlib
import io
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

import pavi
from pavi.media import NotShown, TooLarge, shape


def picture_file(form: str, size: tuple[int, int] = (31, 17), **options: Any) -> bytes:
    file = io.BytesIO()
    Pillow.new("RGB", size, (10, 20, 30)).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture_file("PNG"), "image/png"),
        (picture_file("JPEG"), "image/jpeg"),
        (picture_file("JPEG", progressive=True, comment=b"\xff\xd9" * 5000), "image/jpeg"),
        (picture_file("GIF"), "image/gif"),
        (picture_file("WEBP"), "image/webp"),
        (picture_file("WEBP", lossless=True), "image/webp"),
        (picture_file("WEBP", exif=b"Exif\0\0"), "image/webp"),
    ],
    ids=["png", "jpeg", "jpeg-progressive", "gif", "webp", "webp-lossless", "webp-extended"],
)
def test_picture_files(
    data: bytes,
    media_type: str,
    training: pavi.Training,
    logged: Callable[[], list[dict[str, Any]]],
    tmp_path: Path,
) -> None:
    path = tmp_path / "picture.bin"
    path.write_bytes(data)
    training.log({"path": pavi.Image(path), "bytes": pavi.Image(data), "text": pavi.Image(str(path))}, 3)
    path.unlink()
    for event in logged():
        assert event["media_type"] == media_type
        assert event["data"] == data
        assert event["sha256"] == hashlib.sha256(data).hexdigest()
        assert (event["meta"]["width"], event["meta"]["height"]) == (31, 17)
    assert [event.get("name") for event in logged()] == ["picture.bin", None, "picture.bin"]


def test_gif_and_animated_png_are_videos_too() -> None:
    frames = np.random.default_rng(0).integers(0, 255, (3, 4, 5, 3), np.uint8)
    animated = pavi.Video(frames).encode().data
    assert animated is not None
    assert pavi.Video(animated).encode().media_type == "image/apng"
    assert pavi.Video(picture_file("GIF")).encode().media_type == "image/gif"
    assert pavi.Video(b"\0\0\0\x18ftypmp42").encode().media_type == "video/mp4"
    assert pavi.Video(b"\x1a\x45\xdf\xa3 webm").encode().media_type == "video/webm"


def test_sound_files() -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes(b"\0" * 4 * 4000)
    encoded = pavi.Audio(file.getvalue()).encode()
    assert encoded.media_type == "audio/wav"
    assert encoded.meta == {"sample_rate": 8000, "channels": 2, "seconds": 0.5}
    for start, kind in ((b"ID3\x04", "mpeg"), (b"\xff\xfb\x90", "mpeg"), (b"OggS", "ogg"), (b"fLaC", "flac")):
        assert pavi.Audio(start + b"\0" * 20).encode().media_type == f"audio/{kind}"


every_kind = pytest.mark.parametrize(
    "make",
    [pavi.Image, pavi.Video, pavi.Audio, pavi.Trace],
    ids=["image", "video", "audio", "trace"],
)


@every_kind
def test_programs_and_nonsense_are_refused(make: Callable[[Any], pavi.media.Media], tmp_path: Path) -> None:
    for data in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"", b"\x89PNG\r\n\x1a\n", b"<html>", b"RIFF"):
        with pytest.raises(NotShown):
            make(data).encode()


@every_kind
def test_what_is_not_there_is_refused(make: Callable[[Any], pavi.media.Media], tmp_path: Path) -> None:
    with pytest.raises(NotShown, match="cannot be read"):
        make(tmp_path / "nothing").encode()
    with pytest.raises(NotShown, match="cannot be read"):
        make(tmp_path).encode()


def test_file_beyond_the_cap_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(picture_file("PNG"))
    with path.open("r+b") as file:
        file.truncate(shape.MAX_FILE_BYTES + 1)
    with pytest.raises(TooLarge, match=r"256\.0 MiB.*add_snapshot_file"):
        pavi.Image(path).encode()


def test_boxes_and_caption() -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    encoded = pavi.Image(pixels, "two cats", boxes=[[0, 1, 4, 5.128], [2, 2, 3, 3]], labels=["cat", "cat 2"]).encode()
    assert encoded.meta["caption"] == "two cats"
    assert encoded.meta["boxes"] == [
        {"box": [0.0, 1.0, 4.0, 5.13], "label": "cat"},
        {"box": [2.0, 2.0, 3.0, 3.0], "label": "cat 2"},
    ]
    assert "boxes" not in pavi.Image(pixels, boxes=np.zeros((0, 4))).encode().meta
    assert pavi.Image(pixels, boxes=[1, 2, 3, 4]).encode().meta["boxes"] == [{"box": [1.0, 2.0, 3.0, 4.0]}]


def test_many_boxes_are_cut_and_said() -> None:
    encoded = pavi.Image(np.zeros((8, 8), np.uint8), boxes=np.zeros((5000, 4))).encode()
    assert 100 < len(encoded.meta["boxes"]) < 5000
    assert "5000 boxes" in encoded.warnings[0]
