"""Clients that call the API from the outside, and trainings made through its door."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from server.scalars.gate import Event
from server.scalars.models import Series, Tag
from server.trainings.gating import TrainingsGate
from server.trainings.models import Project, Training


class Api(Client):
    """Django's client, speaking JSON with a user's token."""

    def __init__(self, who: Principal | None) -> None:
        super().__init__(raise_request_exception=False)
        if who is not None:
            token = accounts.create_token(user_id=who.user_id, name="test")
            self.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token.raw}"

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The response to a JSON request under /api/v1/."""
        kinds = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(self, method)(f"/api/v1/{path}", **kinds, **headers)

    def open(self, **event: Any) -> dict[str, Any]:
        """Opens a writer; the answer holds it as ``writer``."""
        writer = event.pop("writer", None) or uuid.uuid4()
        body = {"type": "open", "protocol": 1, "training": str(uuid.uuid4()), "time": time.time(), **event}
        response = self.send("put", f"writers/{writer}", body)
        assert response.status_code == 200, response.content
        return {**response.json(), "writer": writer}

    def table(self, **params: Any) -> list[dict[str, Any]]:
        """All rows of the table, page by page."""
        rows: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            response = self.get("/api/v1/trainings", {**params, **({"cursor": cursor} if cursor else {})})
            assert response.status_code == 200, response.content
            rows += response.json()["items"]
            cursor = response.json()["next"]
        return rows

    def names(self, **params: Any) -> list[str]:
        """Names of the table's rows in order."""
        return [row["name"] for row in self.table(**params)]


@pytest.fixture
def api() -> Callable[[Principal | None], Api]:
    return Api


@pytest.fixture
def carol(db: None) -> Principal:
    """Somebody whom Ada makes a viewer of her projects."""
    return accounts.create_user(username="carol", password="correct horse too")


@pytest.fixture
def dave(db: None) -> Principal:
    """Somebody whom Ada makes a member of her projects."""
    return accounts.create_user(username="dave", password="correct horse three")


@pytest.fixture
def share() -> Callable[..., None]:
    """Gives a role in a project of a name."""

    def give(project: str, who: Principal, role: Role) -> None:
        found = Project.objects.get(name=project)
        accounts.grant(scope=found.id, username=who.username, role=role, actor=who)

    return give


@pytest.fixture
def emit() -> Callable[..., None]:
    """Applies events of a writer as the series store does: checked, then inside a transaction."""

    def apply(
        opened: dict[str, Any], *bodies: dict[str, Any], at: float | None = None, sender: Principal | None = None
    ) -> None:
        gate = TrainingsGate()
        moment = time.time() if at is None else at
        for body in bodies:
            assert gate.check_event(body) is None, gate.check_event(body)
        training_id = uuid.UUID(opened["training"]["id"])
        user_id = sender.user_id if sender is not None else Training.objects.get(id=training_id).owner_id
        events = [Event(opened["writer"], slot, moment, body, user_id) for slot, body in enumerate(bodies)]
        with transaction.atomic():
            gate.apply(training_id=training_id, events=events)

    return apply


@pytest.fixture
def series() -> Callable[..., None]:
    """Stores the statistics of a metric for a training, as compaction leaves them."""

    def store(opened: dict[str, Any], tag: str, **stats: Any) -> None:
        training = Training.objects.get(id=opened["training"]["id"])
        Series.objects.create(
            training_id=training.id,
            id=Series.objects.count() + 1,
            scope=training.project_id,
            tag=Tag.objects.get_or_create(name=tag)[0],
            **stats,
        )

    return store
