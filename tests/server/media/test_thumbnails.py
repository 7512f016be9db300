"""Small pictures of large ones, and of files that mean harm."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from tests.server.media.conftest import body_of, error_of, image, picture, text, upload


@pytest.fixture
def thumbnail(gallery):
    """Uploads bytes as an item and answers the request for its thumbnail."""

    def ask(data: bytes, size: int | None = None, headers: dict | None = None, **event):
        upload(gallery.client, data)
        gallery.log(image(data, **event))
        (found,) = gallery.items(event.get("kind", "image"), event.get("tag", "sample"))
        query = "" if size is None else f"?size={size}"
        return gallery.client.send("get", f"{gallery.path}/{found['id']}/thumbnail{query}", **(headers or {}))

    return ask


def opened(response) -> Image.Image:
    assert response.status_code == 200, body_of(response)
    assert response["Content-Type"] == "image/webp"
    return Image.open(BytesIO(body_of(response)))


def two_frames(form: str) -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (600, 300), color) for color in ("red", "blue")]
    frames[0].save(out, form, save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "L"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "I;16"),
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("WEBP", "RGBA"),
        ("GIF", "P"),
    ],
)
def test_a_thumbnail_of_each_form(thumbnail, form, mode):
    response = thumbnail(picture(600, 300, mode=mode, form=form), 128, media_type=f"image/{form.lower()}")
    with opened(response) as small:
        assert small.size == (128, 64)


@pytest.mark.parametrize(("form", "media_type"), [("PNG", "image/apng"), ("GIF", "image/gif")])
def test_of_what_moves_the_first_frame(thumbnail, form, media_type):
    response = thumbnail(two_frames(form), 64, kind="video", media_type=media_type)
    with opened(response) as small:
        red, _, blue = small.convert("RGB").getpixel((10, 10))
        assert (small.size, red > 200, blue < 60) == ((64, 32), True, True)


def test_sixteen_bits_keep_their_brightness(thumbnail):
    out = BytesIO()
    Image.new("I;16", (40, 40), 0x8000).save(out, "PNG")
    with opened(thumbnail(out.getvalue())) as small:
        assert abs(small.convert("L").getpixel((5, 5)) - 128) < 4


def test_a_small_picture_is_not_blown_up(thumbnail):
    with opened(thumbnail(picture(28, 28))) as small:
        assert small.size == (28, 28)


def test_a_photo_that_lies_on_its_side_is_turned(thumbnail):
    exif = Image.Exif()
    exif[0x0112] = 6
    with opened(thumbnail(picture(600, 300, form="JPEG", exif=exif), 100, media_type="image/jpeg")) as small:
        assert small.size == (50, 100)


def test_it_is_asked_for_once(thumbnail, gallery):
    first = thumbnail(picture(), 64)
    assert first["Cache-Control"] == "private, max-age=31536000, immutable"
    assert first["X-Content-Type-Options"] == "nosniff"
    again = gallery.client.send("get", first.wsgi_request.get_full_path()[8:], HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claims_to_be(width: int, height: int, rows: int = 0) -> bytes:
    """A PNG of few bytes that says it is large; its rows are zeros, as well compressed as zeros are."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    data = zlib.compress(bytes(rows * (width * 4 + 1)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


HARM = {
    "beyond the bound": claims_to_be(8_001, 8_000),
    "beyond Pillow's bound": claims_to_be(60_000, 60_000),
    "a bomb": claims_to_be(10_000, 10_000, rows=500),
    "cut off": picture(300, 200)[:80],
    "no picture": b"<svg onload=alert(1)>" * 20,
    "empty": b"",
    "another form": picture(20, 20, form="TIFF"),
    "a header alone": b"\x89PNG\r\n\x1a\n",
    "broken gif": b"GIF89a" + bytes(20),
    "broken webp": b"RIFF\x20\0\0\0WEBPVP8X" + bytes(20),
}


@pytest.mark.parametrize("data", HARM.values(), ids=HARM.keys())
def test_what_cannot_be_decoded_is_said_so(thumbnail, data):
    response = thumbnail(data)
    assert (response.status_code, error_of(response)) == (422, "media.bad_picture")


def test_a_damaged_animation(thumbnail):
    response = thumbnail(two_frames("GIF")[:60], kind="video", media_type="image/gif")
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("kind", "media_type"), [("video", "video/mp4"), ("audio", "audio/wav"), ("tensor", "application/octet-stream")]
)
def test_what_is_no_picture_has_none(thumbnail, kind, media_type):
    response = thumbnail(b"anything", kind=kind, media_type=media_type)
    assert (response.status_code, error_of(response)) == (415, "media.no_picture")


@pytest.mark.parametrize("size", ["0", "15", "1025", "x"])
def test_a_size_out_of_bounds(thumbnail, size):
    assert thumbnail(picture(), size).status_code == 400


def test_a_body_has_none(gallery):
    gallery.log(text("t", 1, "x"))
    (found,) = gallery.items("text", "t")
    assert gallery.client.send("get", f"{gallery.path}/{found['id']}/thumbnail").status_code == 404
