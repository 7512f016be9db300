"""Two people on the running platform: one who logs, and one who never does and may see nothing."""

import dataclasses
import uuid

import pytest

from tests.client_sdk.people import Person, new_person
from tests.platform import RunningPlatform


@pytest.fixture(scope="session")
def _somebody(platform: RunningPlatform) -> Person:
    return new_person(platform)


@pytest.fixture
def person(_somebody: Person) -> Person:
    return dataclasses.replace(_somebody, project=f"project-{uuid.uuid4().hex[:8]}")


@pytest.fixture(scope="session")
def stranger(platform: RunningPlatform) -> Person:
    return new_person(platform)
