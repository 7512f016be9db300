"""Trainings that log media, their bytes, and clients that look at them from the outside."""

import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.accounts.principal import Principal
from tests.server.trainings.conftest import Api, api, carol, emit, share

__all__ = ["api", "carol", "emit", "share"]


@pytest.fixture(autouse=True)
def _blob_folder(tmp_path: Path, settings: Any) -> None:
    settings.BLOBS_URL = str(tmp_path / "blobs")


class Gallery:
    """A training of Ada's that logs media, and her client."""

    def __init__(self, client: Api, emit: Callable[..., None]) -> None:
        self.client = client
        self.opened = client.open(project="p")
        self.path = f"trainings/{self.opened['training']['id']}/media"
        self._emit = emit

    def log(self, *bodies: dict[str, Any], sender: Principal | None = None) -> None:
        self._emit(self.opened, *bodies, sender=sender)

    def index(self) -> list[dict[str, Any]]:
        return self.get("")["items"]

    def items(self, kind: str, tag: str, **params: Any) -> list[dict[str, Any]]:
        return self.get("/items", kind=kind, tag=tag, **params)["items"]

    def get(self, path: str, **params: Any) -> Any:
        response = self.client.get(f"/api/v1/{self.path}{path}", params)
        assert response.status_code == 200, response.content
        return response.json()


@pytest.fixture
def gallery(ada: Principal, api: Callable[..., Api], emit: Callable[..., None]) -> Gallery:
    return Gallery(api(ada), emit)


def text(tag: str, step: int, said: str, **more: Any) -> dict[str, Any]:
    """An event whose content is in its body."""
    return {"type": "media", "kind": "text", "tag": tag, "step": step, "time": 5.0, "body": {"text": said}, **more}


def image(data: bytes, tag: str = "sample", step: int = 0, **more: Any) -> dict[str, Any]:
    """An event whose content is a file."""
    return {
        "type": "media",
        "kind": "image",
        "tag": tag,
        "step": step,
        "time": 5.0,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "media_type": "image/png",
        **more,
    }


def picture(width: int = 8, height: int = 6, *, mode: str = "RGB", form: str = "PNG", **options: Any) -> bytes:
    """An encoded picture, each size with bytes of its own."""
    out = BytesIO()
    Image.new(mode, (width, height), 0 if mode == "P" else None).save(out, form, **options)
    return out.getvalue()


def upload(client: Api, data: bytes) -> None:
    start = client.send("post", "blobs/uploads", {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}).json()
    if start["complete"]:
        return
    path = f"/api/v1/blobs/uploads/{start['id']}"
    if data:
        assert client.put(f"{path}/parts/1", data, content_type="application/octet-stream").status_code < 300
    assert client.post(f"{path}/complete").status_code < 300


def body_of(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def status_of(response: Any) -> int:
    """Of an answer that is read to its end."""
    body_of(response)
    return int(response.status_code)


def error_of(response: Any) -> str:
    return str(json.loads(body_of(response))["error"]["code"])
