"""PostgreSQL dies under the platform, without warning, and comes back: the SDK waits, and every point is there once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests import services
from tests.faults.conftest import Trainer, wait_all_there
from tests.platform import RunningPlatform, platform, prepare

pytestmark = pytest.mark.slow


@pytest.fixture
def cluster() -> Iterator[services.PostgresCluster]:
    with services.postgres_cluster() as running:
        yield running


@pytest.fixture
def on_postgres(tmp_path: Path, cluster: services.PostgresCluster) -> Iterator[RunningPlatform]:
    with platform(prepare(tmp_path / "data", cluster.url)) as running:
        yield running


def test_database_killed_and_started_again(
    on_postgres: RunningPlatform, cluster: services.PostgresCluster, train: Callable[..., Trainer]
) -> None:
    trainer = train(on_postgres, count=8_000)
    trainer.wait_until(1_000)
    cluster.kill()
    assert requests.get(f"{on_postgres.url}/readyz", timeout=30).status_code == 503
    answer = on_postgres.session().get(f"{on_postgres.url}/api/v1/trainings", timeout=30)
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "common.unavailable"
    assert "Retry-After" in answer.headers
    answer = on_postgres.session().put(f"{on_postgres.url}/api/v1/writers/{trainer.training_id}", json={}, timeout=30)
    assert answer.status_code == 503
    trainer.wait_until(4_000)  # the training goes on meanwhile
    cluster.start_again()
    on_postgres.wait_ready()
    trainer.finish()
    wait_all_there(on_postgres, trainer.training_id, 8_000)
