"""Each part of the platform is killed in the middle of a training; afterwards every point is there exactly once."""

import signal
import time
from collections.abc import Callable

import pytest

from tests.faults.conftest import Trainer, assert_all_there, pavi_sync, wait_all_there
from tests.platform import RunningPlatform

pytestmark = pytest.mark.slow
Train = Callable[..., Trainer]


def test_trainer_killed(own_platform: RunningPlatform, train: Train) -> None:
    trainer = train(own_platform, count=1_000_000, pause=0)
    trainer.wait_until(20_000)
    trainer.process.kill()
    trainer.process.wait()
    returned = trainer.returned()
    report = pavi_sync(own_platform, trainer.journals, "--verify")
    assert "differ" not in report
    steps = own_platform.get("/scalars/series", training=trainer.training_id)["items"]
    stored = {item["tag"]: item["count"] for item in steps}
    # The call during which the kill came may or may not have reached the journal; no call that returned is missing.
    assert returned <= stored["a"] <= returned + 1
    assert_all_there(own_platform, trainer.training_id, stored["a"])


def test_trainer_killed_again_and_again_resumes(own_platform: RunningPlatform, train: Train) -> None:
    for at in (200, 900, 2_500):
        trainer = train(own_platform, count=1_000_000, pause=0)
        trainer.wait_until(at)
        trainer.process.kill()
        trainer.process.wait()
        pavi_sync(own_platform, trainer.journals)
        stored = {
            item["tag"]: item["count"]
            for item in own_platform.get("/scalars/series", training=trainer.training_id)["items"]
        }
        assert trainer.returned() <= stored["a"] <= trainer.returned() + 1
        assert_all_there(own_platform, trainer.training_id, stored["a"])


def test_server_killed_and_replaced(own_platform: RunningPlatform, train: Train) -> None:
    trainer = train(own_platform, count=4_000)
    for at in (500, 1_500, 2_500):
        trainer.wait_until(at)
        own_platform.kill("server")
    trainer.finish()
    own_platform.wait_ready()
    wait_all_there(own_platform, trainer.training_id, 4_000)


def test_whole_platform_killed_and_started_again(own_platform: RunningPlatform, train: Train) -> None:
    trainer = train(own_platform, count=6_000)
    trainer.wait_until(1_000)
    own_platform.process.send_signal(signal.SIGKILL)
    own_platform.process.wait()
    trainer.wait_until(3_000)  # the training goes on meanwhile
    own_platform.start_again()
    trainer.finish()
    wait_all_there(own_platform, trainer.training_id, 6_000)


def test_redis_killed(own_platform: RunningPlatform, train: Train) -> None:
    trainer = train(own_platform, count=4_000)
    trainer.wait_until(500)
    own_platform.kill("redis")
    trainer.wait_until(2_000)
    own_platform.kill("redis")
    trainer.finish()
    wait_all_there(own_platform, trainer.training_id, 4_000)


def test_worker_killed_while_it_compacts(own_platform: RunningPlatform, train: Train) -> None:
    trainer = train(own_platform, count=60_000, pause=0)
    deadline = time.monotonic() + 25
    while time.monotonic() < deadline:
        own_platform.kill("worker")
        time.sleep(1.5)
    trainer.finish()
    wait_all_there(own_platform, trainer.training_id, 60_000)


def test_everything_killed_while_trainings_write(own_platform: RunningPlatform, train: Train) -> None:
    trainers = [train(own_platform, count=3_000) for _ in range(3)]
    for part in ("redis", "server", "worker", "server", "redis"):
        time.sleep(0.8)
        own_platform.kill(part)
    for trainer in trainers:
        trainer.finish()
    own_platform.wait_ready()
    for trainer in trainers:
        pavi_sync(own_platform, trainer.journals)  # one that ended while nobody answered left its tail in the journal
        assert_all_there(own_platform, trainer.training_id, 3_000)
