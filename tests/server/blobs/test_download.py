"""Blobs as HTTP answers: whole, ranges, conditions, and damage that is never passed off as the real thing."""

import logging
import os
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import include, path

from server.blobs import errors, services
from server.blobs.responses import ranged
from tests.server.blobs.conftest import Sample, send

DATA = bytes(range(256)) * 4


def download(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """What an app does that holds a blob, once it has checked that the viewer may have it."""
    return ranged(request, sha256=sha256, filename="epoch 3 – best.pth")


urlpatterns = [path("api/v1/", include("server.blobs.urls")), path("file/<str:sha256>", download)]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def stored(as_ada: Client) -> Sample:
    sample = Sample(DATA)
    send(as_ada, sample)
    return sample


def get(sample: Sample, method: str = "GET", **headers: str) -> HttpResponseBase:
    return Client().generic(method, f"/file/{sample.sha256}", headers=headers)


def only_file(tmp_path: Path) -> Path:
    (found,) = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    return found


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content)


def test_the_whole_comes_with_its_digest_as_tag_and_as_a_download(stored: Sample) -> None:
    response = get(stored)
    assert response.status_code == 200
    assert response["ETag"] == f'"{stored.sha256}"'
    assert response["Content-Length"] == str(stored.size)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''epoch%203")
    assert "sandbox" in response["Content-Security-Policy"]
    assert body(response) == DATA


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=1000-", 1000, 1024),
        ("bytes=-5", 1019, 1024),
        ("bytes=1020-9999", 1020, 1024),
        ("bytes=-9999", 0, 1024),
    ],
)
def test_a_range_is_answered_with_just_that(stored: Sample, wanted: str, start: int, stop: int) -> None:
    response = get(stored, Range=wanted)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{stop - 1}/1024"
    assert response["Content-Length"] == str(stop - start)
    assert body(response) == DATA[start:stop]


@pytest.mark.parametrize("wanted", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(stored: Sample, wanted: str) -> None:
    response = get(stored, Range=wanted)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize("wanted", ["bytes=", "bytes=-", "bytes=5-2", "lines=1-2", "bytes=0-1,4-5", "bytes=x-"])
def test_a_range_that_makes_no_sense_is_ignored(stored: Sample, wanted: str) -> None:
    response = get(stored, Range=wanted)
    assert response.status_code == 200
    assert body(response) == DATA


def test_a_range_of_other_bytes_gets_the_whole(stored: Sample) -> None:
    other = get(stored, Range="bytes=0-1", **{"If-Range": '"other"'})
    assert (other.status_code, body(other)) == (200, DATA)
    same = get(stored, Range="bytes=0-1", **{"If-Range": f'"{stored.sha256}"'})
    assert (same.status_code, body(same)) == (206, DATA[:2])


def test_who_has_the_bytes_is_told_so(stored: Sample) -> None:
    for tag in (f'"{stored.sha256}"', f'"x", W/"{stored.sha256}"', "*"):
        assert get(stored, **{"If-None-Match": tag}).status_code == 304


def test_head_tells_size_without_bytes(stored: Sample) -> None:
    response = get(stored, "HEAD")
    assert response["Content-Length"] == "1024"
    assert not response.streaming


def test_unknown_bytes_are_not_found(db: None) -> None:
    assert get(Sample(b"never sent")).status_code == 404


def test_a_flipped_bit_aborts_the_stream_before_its_end(
    as_ada: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sample = Sample(os.urandom(700_000))
    send(as_ada, sample)
    file = only_file(tmp_path)
    damaged = bytearray(sample.data)
    damaged[12_345] ^= 1
    file.write_bytes(damaged)
    received: list[bytes] = []
    with (
        caplog.at_level(logging.ERROR, "pavi.blobs"),
        services.open(sha256=sample.sha256) as stream,
        pytest.raises(errors.CorruptBlob),
    ):
        received.extend(stream)
    assert sum(map(len, received)) < sample.size
    assert sample.sha256 in caplog.text


def test_a_file_cut_short_aborts_even_a_range(stored: Sample, tmp_path: Path) -> None:
    file = only_file(tmp_path)
    file.write_bytes(DATA[:100])
    with pytest.raises(errors.CorruptBlob), services.open(sha256=stored.sha256, start=50, stop=200) as stream:
        list(stream)


def test_bytes_that_are_gone_are_said_to_be_gone(stored: Sample, tmp_path: Path) -> None:
    file = only_file(tmp_path)
    file.unlink()
    response = get(stored)
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "blobs.bytes_missing"
