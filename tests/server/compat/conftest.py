"""A client of 2018, message by message: what `PaviClient` of mmcv 0.2.16 posts, without headers or cookies."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from server.accounts import services as accounts
from server.accounts.principal import Principal

PASSWORD = "correct horse"


class OldClient(Client):
    """Posts messages to ``/log``; CSRF is enforced as for everybody."""

    def __init__(self, path: str = "/log") -> None:
        super().__init__(enforce_csrf_checks=True, raise_request_exception=False)
        self.path = path

    def send(self, message: Any) -> Any:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return self.post(self.path, data=body, content_type="application/json")

    def connect(self, username: str = "ada", password: str = PASSWORD, **more: Any) -> Any:
        return self.send(
            {
                "time": str(datetime.now()),
                "username": username,
                "password": password,
                "instance_id": None,
                "model": "ResNet",
                "work_dir": "/home/ada/work_dirs/resnet50",
                "session_file": "configs/resnet50.py",
                "session_text": "total_epochs = 12\n",
                "model_text": "Conv2d",
                "device": "ada@gpu-1",
                **more,
            }
        )

    def log(self, instance: str, flow: str, step: int, outputs: Any, **more: Any) -> Any:
        return self.send(log_message(instance, flow, step, outputs, **more))


def log_message(instance: str, flow: str, step: int, outputs: Any, **more: Any) -> dict[str, Any]:
    message = {"time": str(datetime.now()), "instance_id": instance, "flow_id": flow, "iter_num": step, "msg": ""}
    return message | {"outputs": outputs} | more


@pytest.fixture
def old() -> OldClient:
    return OldClient()


@pytest.fixture
def instance(old: OldClient, ada: Principal) -> str:
    """An instance id of Ada's."""
    answer = old.connect()
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


@pytest.fixture
def token() -> Callable[..., str]:
    """Makes a token of somebody's."""

    def make(who: Principal) -> str:
        return accounts.create_token(user_id=who.user_id, name="test").raw

    return make


class Reader(Client):
    """Reads through the API with a token of somebody's."""

    def __init__(self, who: Principal) -> None:
        super().__init__(raise_request_exception=False)
        token = accounts.create_token(user_id=who.user_id, name="test")
        self.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token.raw}"

    def json(self, path: str, **params: Any) -> Any:
        answer = self.get(f"/api/v1/{path}", params)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.getvalue())

    def training(self) -> dict[str, Any]:
        """The only training, whole."""
        (found,) = self.json("trainings")["items"]
        return dict(self.json(f"trainings/{found['id']}"))

    def points(self) -> dict[str, list[tuple[int, Any]]]:
        """tag → ``(step, value)`` of the only training, in step order."""
        training = self.training()["id"]
        found = {}
        for one in self.json("scalars/series", training=training)["items"]:
            columns = self.json("scalars/points", training=training, tag=one["tag"])
            found[one["tag"]] = list(zip(columns["steps"], columns["values"], strict=True))
        return found


@pytest.fixture
def reader(ada: Principal) -> Reader:
    """Ada's eyes."""
    return Reader(ada)
