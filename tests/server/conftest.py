"""The small cast of the server's tests."""

from typing import Any

import pytest

from server.accounts.models import User
from server.accounts.principal import Principal
from server.accounts.selectors import principal_of


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Any) -> None:
    """Users are made in nearly every test; hashing their passwords properly would take most of the time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ada(db: None) -> Principal:
    """A user."""
    return principal_of(User.objects.create_user("ada", password="correct horse"))


@pytest.fixture
def bob(db: None) -> Principal:
    """Another user, who shares nothing with Ada."""
    return principal_of(User.objects.create_user("bob", password="battery staple"))
