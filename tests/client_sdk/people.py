"""People of tests that read: whoever logs in a test has a project of that test alone."""

import uuid
from dataclasses import dataclass
from typing import Any

from pavi.api import Api
from tests.client_sdk.by_hand import Writer
from tests.platform import RunningPlatform


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and the project that this test logs into."""

    platform: RunningPlatform
    name: str
    token: str
    project: str

    @property
    def api(self) -> Api:
        return Api(self.platform.url, self.token)

    def training(self, **opening: Any) -> Writer:
        """Begins a training."""
        return Writer(self.platform, token=self.token, **{"project": self.project, **opening})


def new_person(platform: RunningPlatform) -> Person:
    """Makes a user with a token. Takes seconds: Django starts twice."""
    name = f"u{uuid.uuid4().hex[:10]}"
    return Person(platform, name, platform.new_user(name), "default")
