"""Bytes to store, a folder of their own for each test, and S3 that is moto's server on loopback."""

import gc
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client

from server.accounts.principal import Principal
from server.blobs.storage import Storage
from server.blobs.storage.local import LocalStorage
from server.blobs.storage.s3 import S3Storage
from tests.services import free_port


@dataclass(frozen=True)
class Sample:
    """Bytes and what is announced of them."""

    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def size(self) -> int:
        return len(self.data)


@pytest.fixture(autouse=True)
def _blob_folder(tmp_path: Path, settings) -> None:
    settings.BLOBS_URL = str(tmp_path / "blobs")


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """An S3 service with an empty bucket ``pavi``."""
    import boto3
    from moto.server import ThreadedMotoServer

    patch = pytest.MonkeyPatch()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "testing")
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{port}"
    client = boto3.client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket="pavi")
    client.close()
    yield endpoint
    server.stop()
    patch.undo()
    gc.collect()


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Each storage in turn, empty."""
    if request.param == "local":
        return LocalStorage(tmp_path / "storage")
    endpoint = request.getfixturevalue("s3_endpoint")
    return S3Storage(bucket="pavi", prefix=tmp_path.name, endpoint=endpoint)


@pytest.fixture
def as_ada(ada: Principal) -> Client:
    return signed_in(ada)


@pytest.fixture
def as_bob(bob: Principal) -> Client:
    return signed_in(bob)


def signed_in(principal: Principal) -> Client:
    """A browser in which somebody is signed in."""
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(pk=principal.user_id))
    return client


def send(client: Client, sample: Sample) -> dict:
    """Uploads a sample whole and returns the last answer."""
    upload = client.post(
        "/api/v1/blobs/uploads", {"sha256": sample.sha256, "size": sample.size}, content_type="application/json"
    ).json()
    if upload["complete"]:
        return upload
    step = upload["part_size"]
    for number, start in enumerate(range(0, sample.size, step), start=1):
        answer = put(client, upload["id"], number, sample.data[start : start + step])
        assert answer.status_code == 204, answer.content
    answer = client.post(f"/api/v1/blobs/uploads/{upload['id']}/complete")
    assert answer.status_code == 200, answer.content
    return answer.json()


def put(client: Client, upload_id: str, number: int, data: bytes, **headers: str):
    return client.put(
        f"/api/v1/blobs/uploads/{upload_id}/parts/{number}",
        data,
        content_type="application/octet-stream",
        headers=headers,
    )
