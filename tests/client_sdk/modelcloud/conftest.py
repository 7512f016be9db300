"""The ModelCloud through the SDK, as somebody on the running platform; every test has a project of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pavi.delivery.client import Client
from pavi.modelcloud import Folder, Node
from tests.client_sdk.people import Person


@pytest.fixture
def client(person: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The person's; calls without a client use the same login."""
    monkeypatch.setenv("PAVI_SERVER", person.platform.url)
    monkeypatch.setenv("PAVI_TOKEN", person.token)
    client = Client(person.platform.url, person.token)
    yield client
    client.close()


@pytest.fixture
def model(client: Client, person: Person) -> Node:
    """An empty training model."""
    return Folder(client=client).create_training_model(f"{person.project}/vision/resnet")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A small file."""
    path = tmp_path / "epoch_1.pth"
    path.write_bytes(b"first weights")
    return path
