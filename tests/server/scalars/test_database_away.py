"""A database that goes away and comes back: senders are told to wait, and nothing is lost or stored twice."""

from collections.abc import Iterator

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from server.scalars import selectors
from tests.server.scalars.conftest import Logger

pytestmark = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql",
    reason="SQLite is a file of the process: no server that could go away",
)


class Door:
    """Opens and shuts the test's database from another one."""

    def __init__(self) -> None:
        self._name = connection.settings_dict["NAME"]
        parameters = connection.get_connection_params() | {"dbname": "postgres"}
        for name in ("cursor_factory", "context", "prepare_threshold"):
            parameters.pop(name, None)
        self._connection = psycopg2.connect(**parameters)
        self._connection.autocommit = True

    def _run(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def cut(self) -> None:
        """Ends every session, as a restart does."""
        connection.close()
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'")

    def shut(self) -> None:
        self._run(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false')
        self.cut()

    def open(self) -> None:
        self._run(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true')

    def close(self) -> None:
        self.open()
        self._connection.close()


@pytest.fixture
def door(transactional_db: None) -> Iterator[Door]:
    found = Door()
    yield found
    found.close()


def test_sessions_that_died_are_replaced_unnoticed(logger: Logger, door: Door) -> None:
    logger.log("a", [(1, 1.0, 1.0)])
    door.cut()
    logger.log("a", [(2, 2.0, 2.0)])
    assert selectors.series([logger.training])[0].stats.count == 2


def test_without_a_database_senders_are_told_to_wait(logger: Logger, door: Door) -> None:
    logger.log("a", [(1, 1.0, 1.0)])
    door.shut()
    data = logger.pack("a", [(2, 2.0, 2.0)])
    answer = logger.post(data)
    assert (answer.status, answer.code) == (503, "common.unavailable")
    assert float(answer.headers["retry-after"]) > 0
    path = f"/api/v1/scalars/series?training={logger.training}"
    client = Client(raise_request_exception=False)
    assert client.get(path, HTTP_AUTHORIZATION=f"Bearer {logger.token}").status_code == 503
    connection.close()
    door.open()
    logger.send(data)
    assert logger.post(data, seq=logger.slots - 1).json["watermark"] == logger.slots
    assert selectors.series([logger.training])[0].stats.count == 2
