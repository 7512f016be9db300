"""The background tasks, called as the worker calls them."""

import uuid
from datetime import timedelta

from server.trainings import tasks
from server.trainings.models import Snapshot, Training
from tests.server.trainings.test_events import snapshot, upload


def test_bytes_that_arrive_late_are_held_without_anybody_looking(ada, api, emit):
    client, data = api(ada), uuid.uuid4().bytes
    opened = client.open()
    emit(opened, snapshot(data), snapshot(b"never sent", name="other.pth"))
    assert tasks.hold_snapshots() == 0
    upload(client, data)
    assert tasks.hold_snapshots() == 1
    assert sorted(Snapshot.objects.values_list("name", "held")) == [("epoch_2.pth", True), ("other.pth", False)]


def test_the_trash_is_emptied_after_thirty_days(ada, api):
    client = api(ada)
    for age in (29, 31):
        number = client.open(name=str(age))["training"]["number"]
        client.send("delete", f"trainings/{number}")
        training = Training.objects.get(number=number)
        training.deleted_at -= timedelta(days=age)
        training.save()
    assert tasks.purge_trash() == 1
    assert [training.name for training in Training.objects.all()] == ["29"]
