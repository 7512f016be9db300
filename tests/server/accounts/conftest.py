"""Clients that call the API from the outside."""

from collections.abc import Callable

import pytest
from django.test import Client

from server.accounts import services
from server.accounts.principal import Principal


@pytest.fixture
def api() -> Callable[[Principal | None], Client]:
    """Makes an HTTP client for a user (with a token of his), or for nobody."""

    def make(who: Principal | None = None) -> Client:
        client = Client(raise_request_exception=False)
        if who is not None:
            token = services.create_token(user_id=who.user_id, name="test")
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token.raw}"
        return client

    return make
