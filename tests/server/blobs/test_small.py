"""Small files together: stored, repeated, damaged, malformed, too many; in every storage."""

import hashlib
import os
import struct

import pytest
from django.test import Client

from server.accounts.principal import Principal
from server.blobs import selectors, services, small
from server.blobs.models import Blob
from server.blobs.storage import Storage, new_key
from tests.server.blobs.conftest import Sample, send

SMALL = "/api/v1/blobs/small"


def entry(data: bytes, digest: bytes | None = None) -> bytes:
    return struct.pack("<32sI", digest or hashlib.sha256(data).digest(), len(data)) + data


def post(client: Client, body: bytes):
    return client.post(SMALL, body, content_type="application/octet-stream")


def test_files_are_stored_and_the_senders(as_ada: Client, ada: Principal, bob: Principal) -> None:
    samples = [Sample(os.urandom(100 * size)) for size in range(20)]
    answer = post(as_ada, b"".join(entry(sample.data) for sample in samples))
    assert answer.json() == {"stored": [sample.sha256 for sample in samples], "damaged": []}
    for sample in samples:
        assert selectors.possesses(user_id=ada.user_id, sha256=sample.sha256)
        assert not selectors.possesses(user_id=bob.user_id, sha256=sample.sha256)
        with services.open(sha256=sample.sha256) as stream:
            assert b"".join(stream) == sample.data


def test_what_is_there_is_not_stored_twice(as_ada: Client, as_bob: Client, bob: Principal) -> None:
    old, new = Sample(b"old"), Sample(b"new")
    send(as_ada, old)
    key = Blob.objects.get(sha256=old.sha256).key
    for _ in range(2):
        assert post(as_bob, entry(old.data) + entry(new.data) + entry(new.data)).status_code == 200
    assert Blob.objects.get(sha256=old.sha256).key == key
    assert Blob.objects.count() == 2
    assert selectors.possesses(user_id=bob.user_id, sha256=old.sha256)


def test_a_damaged_file_spares_the_others(as_ada: Client) -> None:
    good, announced = Sample(b"good"), Sample(b"announced")
    answer = post(as_ada, entry(b"something else", bytes.fromhex(announced.sha256)) + entry(good.data))
    assert answer.json() == {"stored": [good.sha256], "damaged": [announced.sha256]}
    assert selectors.stat(sha256=announced.sha256) is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"x" * 10, "blobs.bad_part", id="half a head"),
        pytest.param(entry(b"whole")[:-1], "blobs.bad_part", id="half a file"),
        pytest.param(entry(b"") * (small.MAX_FILES + 1), None, id="the same file again and again"),
        pytest.param(b"".join(entry(bytes([n % 256, n // 256])) for n in range(257)), "blobs.bad_part", id="many"),
        pytest.param(b"\0" * (small.MAX_BODY_BYTES + 1), "blobs.too_large", id="large"),
    ],
)
def test_bodies_that_are_none(as_ada: Client, body: bytes, code: str | None) -> None:
    answer = post(as_ada, body)
    assert answer.json().get("error", {}).get("code") == code
    assert Blob.objects.count() == (0 if code else 1)


def test_nobody_else_may() -> None:
    assert post(Client(), entry(b"x")).status_code in (401, 403)


def test_every_storage_keeps_small_bytes(storage: Storage) -> None:
    key = new_key(hashlib.sha256(b"small").hexdigest())
    storage.write(key=key, data=b"small")
    reader = storage.open(key, start=1, stop=5)
    assert reader.read(4) == b"mall"
    reader.close()
