"""People who call the API from outside, and bytes that they upload through its door."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from server.trainings.models import Project


class Api(Client):
    """Django's client, speaking JSON with a user's token."""

    def __init__(self, who: Principal | None) -> None:
        super().__init__(raise_request_exception=False)
        self.who = who
        if who is not None:
            token = accounts.create_token(user_id=who.user_id, name="test")
            self.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token.raw}"

    def send(self, method: str, route: str, body: Any = None, status: int | None = None, **query: Any) -> Any:
        """The JSON of a request below modelcloud/; with ``status``, that is demanded."""
        return self.answer(method, f"modelcloud/{route}", body, status, **query)

    def answer(self, method: str, route: str, body: Any = None, status: int | None = None, **query: Any) -> Any:
        """The JSON of a request below /api/v1/; any success will do unless ``status`` demands one."""
        kinds = {} if body is None else {"data": body, "content_type": "application/json"}
        given = getattr(self, method)(f"/api/v1/{route}", query_params=query, **kinds)
        wanted = (200, 201, 204) if status is None else (status,)
        assert given.status_code in wanted, (given.status_code, given.content[:2000])
        return given.json() if given.content else None

    def refused(self, method: str, route: str, body: Any = None, **query: Any) -> tuple[int, str]:
        """Status and code of a request below modelcloud/ that must not succeed."""
        kinds = {} if body is None else {"data": body, "content_type": "application/json"}
        given = getattr(self, method)(f"/api/v1/modelcloud/{route}", query_params=query, **kinds)
        assert given.status_code >= 400, given.content
        return given.status_code, given.json()["error"]["code"]

    def upload(self, data: bytes) -> str:
        """Sends bytes; their sha256."""
        sha256 = hashlib.sha256(data).hexdigest()
        upload = self.answer("post", "blobs/uploads", {"sha256": sha256, "size": len(data)})
        if not upload["complete"]:
            if data:
                sent = self.put(
                    f"/api/v1/blobs/uploads/{upload['id']}/parts/1", data, content_type="application/octet-stream"
                )
                assert sent.status_code == 204, sent.content
            self.answer("post", f"blobs/uploads/{upload['id']}/complete")
        return sha256

    def put_file(self, path: str, data: bytes = b"weights", **more: Any) -> Any:
        """Uploads bytes and makes a file of them; its node."""
        return self.send("post", "files", {"path": path, "sha256": self.upload(data), **more})

    def node(self, path: str) -> Any:
        return self.send("get", "node", path=path)

    def bytes_at(self, path: str) -> bytes:
        """What a download gives."""
        given = self.get("/api/v1/modelcloud/file", query_params={"path": path})
        assert given.status_code == 200, (given.status_code, getattr(given, "content", b"")[:500])
        return b"".join(given.streaming_content)

    def listed(self, path: str = "", **query: Any) -> list[str]:
        """Paths of what a folder holds, over all pages."""
        found: list[str] = []
        page: dict[str, Any] = {"next": None}
        while True:
            cursor = {"cursor": page["next"]} if page["next"] else {}
            page = self.send("get", "nodes", path=path, **query, **cursor)
            found += [item["path"] for item in page["items"]]
            if page["next"] is None:
                return found


@pytest.fixture(autouse=True)
def _blob_folder(tmp_path: Path, settings: Any) -> None:
    settings.BLOBS_URL = str(tmp_path / "blobs")


@pytest.fixture
def as_ada(ada: Principal) -> Api:
    return Api(ada)


@pytest.fixture
def as_bob(bob: Principal) -> Api:
    return Api(bob)


@pytest.fixture
def anonymous(db: None) -> Api:
    return Api(None)


@pytest.fixture
def share(ada: Principal) -> Callable[..., None]:
    """Gives somebody a role in Ada's project of a name."""

    def give(project: str, who: Principal, role: Role) -> None:
        found = Project.objects.get(name=project, owner_id=ada.user_id)
        accounts.grant(scope=found.id, username=who.username, role=role, actor=ada)

    return give
