"""Media as a sender brings them: slots of a journal through the ingest endpoint, once or twice, good or bad."""

import json
import uuid
from collections.abc import Iterator

import pytest
from django.db import connection

from pavi.protocol import pack_event, pack_point, pack_tag
from server.accounts import services as accounts
from server.media.models import Item
from tests.server.media.conftest import image, picture, text, upload
from tests.server.scalars.conftest import Endpoint, Logger
from tests.server.trainings.conftest import Api


@pytest.fixture
def endpoint(transactional_db: None) -> Iterator[Endpoint]:
    running = Endpoint()
    yield running
    running.stop()
    connection.close()


@pytest.fixture
def sender(endpoint, ada) -> tuple[Logger, Api]:
    """A writer of Ada's that posts to the endpoint, and her client."""
    client = Api(ada)
    opened = client.open(project="p")
    token = accounts.create_token(user_id=ada.user_id, name="sender").raw
    return Logger(endpoint, token, ada, uuid.UUID(opened["training"]["id"]), opened["writer"]), client


def index(logger: Logger, client: Api) -> list[tuple[str, str, int]]:
    rows = client.send("get", f"trainings/{logger.training}/media").json()["items"]
    return [(row["kind"], row["tag"], row["count"]) for row in rows]


def test_points_and_media_of_a_batch_arrive_once_however_often_it_is_sent(sender):
    logger, client = sender
    data = picture()
    upload(client, data)
    batch = pack_tag(0, "loss", 1.0) + pack_point(0, 1, 1.0, 0.5) + pack_event(text("notes", 1, "ü" * 5_000), 1.0)
    more = pack_event(image(data, step=3), 2.0) + pack_event({"type": "rewind", "step": 2}, 2.0)
    logger.send(batch)
    assert logger.post(batch, seq=0).status == 200
    logger.send(more)
    assert logger.post(batch + more, seq=0).status == 200
    assert index(logger, client) == [("text", "notes", 1)]
    assert Item.objects.count() == 2
    overlap = logger.post(more + pack_event(image(data, step=1), 3.0), seq=len(batch) // 32)
    assert overlap.status == 200
    assert index(logger, client) == [("image", "sample", 1), ("text", "notes", 1)]


def test_a_bad_event_is_refused_with_its_slot_and_field_and_nothing_of_its_batch_stays(sender):
    logger, client = sender
    good, bad = pack_event(text("notes", 1, "x"), 1.0), pack_event({**text("notes", 1, "x"), "kind": "svg"}, 1.0)
    answer = logger.post(good + bad)
    assert answer.status == 400
    error = json.loads(answer.body)["error"]
    assert "'kind' must be one of" in error["message"]
    assert error["details"] == {"slot": len(good) // 32}
    assert index(logger, client) == []
    logger.send(good)
    assert index(logger, client) == [("text", "notes", 1)]


def test_a_stranger_and_a_reader_cannot_log(sender, bob, carol, share):
    from server.accounts.principal import Role

    logger, client = sender
    share("p", carol, Role.VIEWER)
    event = pack_event(text("notes", 1, "x"), 1.0)
    for who, status in ((bob, 404), (carol, 403)):
        token = accounts.create_token(user_id=who.user_id, name="t").raw
        other = Logger(logger.endpoint, token, who, logger.training, logger.writer)
        assert other.post(event).status == status
    assert index(logger, client) == []
