"""Logging as the client of 2018 does: each message once, however often it comes, and only from whom may."""

import math
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from server.accounts import services as accounts
from server.accounts.models import Token, User
from server.accounts.principal import Principal
from server.compat import services
from server.compat.models import Instance, Message
from server.trainings.models import Training
from server.trainings.tasks import purge_trash
from tests.server.compat.conftest import OldClient, Reader, log_message

pytestmark = pytest.mark.django_db


def test_flows_and_steps(old: OldClient, instance: str, reader: Reader) -> None:
    for step in (2, 4, 6):
        assert old.log(instance, "train", step, {"loss": 1 / step, "acc (top-1)": 0.5}).status_code == 200
    assert old.log(instance, "val", 4, {"loss": 2}).content == b"ok"
    assert reader.points() == {
        "train/loss": [(2, 0.5), (4, 0.25), (6, 1 / 6)],
        "train/acc (top-1)": [(2, 0.5), (4, 0.5), (6, 0.5)],
        "val/loss": [(4, 2.0)],
    }


def test_the_same_message_is_stored_once(old: OldClient, instance: str, reader: Reader) -> None:
    message = log_message(instance, "train", 2, {"loss": 0.5}, msg="hello")
    other = log_message(instance, "train", 4, {"loss": 0.25})
    for sent in (message, message, other, message):
        assert old.send(sent).status_code == 200
    assert reader.points() == {"train/loss": [(2, 0.5), (4, 0.25)]}
    training = reader.training()
    lines = reader.json(f"trainings/{training['id']}/console")["items"]
    assert [line["text"] for line in lines] == ["hello"]


def test_equal_numbers_of_another_moment_are_another_message(old: OldClient, instance: str, reader: Reader) -> None:
    old.log(instance, "train", 2, {"loss": 0.5}, time="2018-10-01 10:00:00.000001")
    old.log(instance, "train", 2, {"loss": 0.5}, time="2018-10-01 10:00:01.000001")
    assert reader.points() == {"train/loss": [(2, 0.5), (2, 0.5)]}


def test_no_numbers_is_a_sign_of_life(old: OldClient, instance: str, reader: Reader) -> None:
    Training.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
    assert reader.training()["status"] == "lost"  # trainings end by silence
    assert old.log(instance, "train", 1, {"loss": 1.0}).status_code == 200
    assert reader.training()["status"] == "running"


def test_bare_nan_and_other_values(old: OldClient, instance: str, reader: Reader) -> None:
    body = log_message(instance, "train", 1, {})
    text = str(body).replace("'", '"').replace('"outputs": {}', '"outputs": {"a": NaN, "b": -Infinity, "c": null}')
    assert old.send(text.encode()).status_code == 200
    old.log(
        instance, "train", 2, {"d": "a text", "e": [1], "f": {"g": 1}, "h": True, "i": "inf", "k\n": 1, "": 3, "l": 1}
    )
    found = reader.points()
    assert {tag: math.nan if value == "NaN" else value for tag, [(_, value)] in found.items()} == {
        "train/a": pytest.approx(math.nan, nan_ok=True),
        "train/b": "-Infinity",
        "train/c": pytest.approx(math.nan, nan_ok=True),
        "train/h": 1.0,
        "train/i": "Infinity",
        "train/l": 1.0,
        "train/": 3.0,
    }


@pytest.mark.parametrize("step", [None, "3", 1.5, True, 2**63, [1], {}], ids=str)
def test_step_that_is_none(old: OldClient, instance: str, step: Any) -> None:
    assert old.log(instance, "train", step, {"loss": 1.0}).status_code == 400


@pytest.mark.parametrize(
    "outputs", [[1], "x", 5, {f"t{n}": 1 for n in range(10_001)}], ids=["list", "text", "number", "many"]
)
def test_outputs_that_are_none(old: OldClient, instance: str, outputs: Any) -> None:
    assert old.log(instance, "train", 1, outputs).status_code == 400


def test_unknown_instance(old: OldClient, ada: Principal) -> None:
    answer = old.log("x" * 43, "train", 1, {"loss": 1.0})
    assert answer.status_code == 404
    assert "onnect" in answer.json()["error"]["message"]
    assert old.log("", "train", 1, {"loss": 1.0}).status_code == 400


def test_times_are_on_the_servers_clock(old: OldClient, ada: Principal, reader: Reader) -> None:
    """The client tells its local time without a zone; what counts is how much later than connecting it was."""
    begun = time.time()
    zone = datetime.now() + timedelta(hours=8)
    instance = old.connect(time=str(zone)).content.decode()
    old.log(instance, "train", 1, {"loss": 1.0}, time=str(zone + timedelta(seconds=90)))
    training = reader.training()["id"]
    (moment,) = reader.json("scalars/points", training=training, tag="train/loss")["times"]
    assert begun + 89 < moment < time.time() + 91


def test_revoked_token_and_disabled_user_log_no_more(
    old: OldClient, ada: Principal, token: Callable[[Principal], str]
) -> None:
    by_token = old.connect(password=token(ada)).content.decode()
    by_password = old.connect().content.decode()
    Token.objects.all().delete()
    assert old.log(by_token, "train", 1, {"loss": 1.0}).status_code == 404
    assert old.log(by_password, "train", 1, {"loss": 1.0}).status_code == 200
    User.objects.filter(id=ada.user_id).update(is_active=False)
    assert old.log(by_password, "train", 2, {"loss": 1.0}).status_code == 404


def test_lost_role_and_trash_end_it(old: OldClient, ada: Principal, reader: Reader) -> None:
    instance = old.connect().content.decode()
    training = reader.training()
    reader.delete(f"/api/v1/trainings/{training['id']}")
    assert old.log(instance, "train", 1, {"loss": 1.0}).status_code == 404
    other = old.connect().content.decode()
    accounts.revoke(scope=Training.objects.exclude(id=training["id"]).get().project_id, username="ada", actor=ada)
    assert old.log(other, "train", 1, {"loss": 1.0}).status_code == 404


def test_purged_training_takes_its_instances_along(old: OldClient, instance: str) -> None:
    old.log(instance, "train", 1, {"loss": 1.0})
    Training.objects.update(deleted_at=timezone.now() - timedelta(days=365))
    purge_trash()
    assert not Training.objects.exists()
    assert not Instance.objects.exists()
    assert old.log(instance, "train", 2, {"loss": 1.0}).status_code == 404


def test_refused_message_may_come_again(old: OldClient, instance: str, ada: Principal, reader: Reader) -> None:
    """What was not stored is not remembered as stored."""
    message = log_message(instance, "train", 1, {"loss": 1.0})
    User.objects.filter(id=ada.user_id).update(is_active=False)
    assert old.send(message).status_code == 404
    User.objects.filter(id=ada.user_id).update(is_active=True)
    assert old.send(message).status_code == 200
    assert reader.points() == {"train/loss": [(1, 1.0)]}


def test_old_messages_are_forgotten(old: OldClient, instance: str) -> None:
    old.log(instance, "train", 1, {"loss": 1.0})
    old.log(instance, "train", 2, {"loss": 1.0})
    first = Message.objects.order_by("id").values_list("id", flat=True)[0]
    Message.objects.filter(id=first).update(received_at=timezone.now() - services.REMEMBERED - timedelta(minutes=1))
    old.connect()
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_repetitions_and_others_at_once(old: OldClient, instance: str, reader: Reader) -> None:
    messages = [log_message(instance, "train", step // 2, {"loss": float(step // 2)}) for step in range(12)]
    for step in range(0, 12, 2):
        messages[step + 1] = messages[step]
    barrier, statuses = threading.Barrier(len(messages)), []

    def send(message: dict[str, Any]) -> None:
        try:
            barrier.wait(30)
            statuses.append(OldClient().send(message).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(message,)) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses == [200] * len(messages)
    assert reader.points() == {"train/loss": [(step, float(step)) for step in range(6)]}
