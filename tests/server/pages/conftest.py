"""Browsers that are signed in, and trainings made through the API's door."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from server.accounts.principal import Principal
from server.scalars.gate import Event
from server.trainings.gating import TrainingsGate


@pytest.fixture
def browser() -> Callable[[Principal], Client]:
    """A browser in which somebody is signed in."""

    def sign_in(who: Principal) -> Client:
        client = Client()
        client.force_login(get_user_model().objects.get(pk=who.user_id))
        return client

    return sign_in


@pytest.fixture
def new_training(browser: Callable[[Principal], Client]) -> Callable[..., dict[str, Any]]:
    """Opens a training for somebody; ``events`` are what its journal says next."""

    def make(who: Principal, *events: dict[str, Any], **opening: Any) -> dict[str, Any]:
        writer = uuid.uuid4()
        body = {"type": "open", "protocol": 1, "training": str(uuid.uuid4()), "time": time.time(), "project": "digits"}
        answer = browser(who).put(f"/api/v1/writers/{writer}", body | opening, content_type="application/json")
        assert answer.status_code == 200, answer.content
        opened: dict[str, Any] = answer.json()["training"]
        told = [Event(writer, slot, time.time(), event, who.user_id) for slot, event in enumerate(events)]
        with transaction.atomic():
            TrainingsGate().apply(training_id=uuid.UUID(opened["id"]), events=told)
        return opened

    return make
