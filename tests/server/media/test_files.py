"""Files of items: whose bytes they are, when they come, how they are served, and when they go."""

import hashlib
import uuid
from datetime import timedelta

import pytest

from server.accounts.principal import Role
from server.blobs import collection
from server.blobs.models import Hold
from server.media import services as media
from server.media import tasks
from server.media.models import Item
from tests.server.media.conftest import body_of, error_of, image, picture, text, upload


def collect() -> int:
    return collection.collect(grace=timedelta(seconds=-1)).blobs


@pytest.mark.parametrize("bytes_first", [True, False])
def test_a_file_comes_before_or_after_its_event(gallery, bytes_first):
    data = picture()
    if bytes_first:
        upload(gallery.client, data)
    gallery.log(image(data, size=1))
    (found,) = gallery.items("image", "sample")
    assert (found["stored"], found["body"]) == (bytes_first, None)
    if not bytes_first:
        pending = gallery.client.send("get", f"{gallery.path}/{found['id']}/file")
        assert (pending.status_code, error_of(pending)) == (409, "media.pending")
        upload(gallery.client, data)
    (found,) = gallery.items("image", "sample")
    assert (found["stored"], found["size"], found["media_type"]) == (True, len(data), "image/png")
    response = gallery.client.send("get", f"{gallery.path}/{found['id']}/file")
    assert body_of(response) == data
    assert collect() == 0


def test_the_background_finds_late_files_of_all_trainings(gallery, ada, api, emit):
    other = api(ada).open()
    datas = [picture(width) for width in range(8, 13)]
    gallery.log(*(image(data, step=n) for n, data in enumerate(datas)))
    emit(other, image(datas[0]))
    for data in datas[1:]:
        upload(gallery.client, data)
    assert tasks.hold_files() == 4
    upload(gallery.client, datas[0])
    assert tasks.hold_files() == 2
    assert tasks.hold_files() == 0
    assert not Item.objects.filter(pending=True).exists()
    assert Hold.objects.count() == 6


def test_the_background_looks_at_as_many_as_it_is_told(gallery):
    data = picture()
    gallery.log(*(image(picture(width), step=width) for width in range(100, 104)), image(data))
    upload(gallery.client, data)
    assert media.claim_pending(limit=1) == 1  # one look is at a thousand
    assert Item.objects.filter(pending=True).count() == 4


def test_a_hash_alone_opens_nobody_elses_bytes(gallery, bob, api, emit, share):
    secret = picture()
    upload(gallery.client, secret)
    thief = api(bob)
    opened = thief.open()
    emit(opened, image(secret))
    path = f"trainings/{opened['training']['id']}/media"
    (found,) = thief.get(f"/api/v1/{path}/items", {"kind": "image", "tag": "sample"}).json()["items"]
    assert not found["stored"]
    assert thief.send("get", f"{path}/{found['id']}/file").status_code == 409
    share("p", bob, Role.MEMBER)
    gallery.log(image(secret), sender=bob)  # in Ada's training, but on Bob's word
    assert not gallery.items("image", "sample")[0]["stored"]
    gallery.log(image(secret))
    assert gallery.items("image", "sample")[0]["stored"]


def test_a_file_takes_ranges_and_conditions_and_runs_nowhere(gallery):
    data = picture(30)
    upload(gallery.client, data)
    gallery.log(image(data, name="../../a\r\n dir/pic ture.png"))
    (found,) = gallery.items("image", "sample")
    path = f"{gallery.path}/{found['id']}/file"
    response = gallery.client.send("get", path)
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert {part.strip() for part in response["Content-Security-Policy"].split(";")} == {
        "sandbox",
        "default-src 'none'",
    }
    assert response["ETag"] == f'"{hashlib.sha256(data).hexdigest()}"'
    assert response["Content-Disposition"] == 'inline; filename="pic ture.png"'
    assert body_of(response) == data
    part = gallery.client.send("get", path, HTTP_RANGE="bytes=5-9")
    assert (part.status_code, body_of(part)) == (206, data[5:10])
    assert gallery.client.send("get", path, HTTP_RANGE=f"bytes={len(data)}-").status_code == 416
    assert gallery.client.send("get", path, HTTP_IF_NONE_MATCH=response["ETag"]).status_code == 304


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({}, "image-7.png"),
        ({"name": "..."}, "image-7.png"),
        ({"kind": "tensor", "media_type": "application/octet-stream"}, "tensor-7.npy"),
    ],
    ids=["without a name", "dots", "tensor"],
)
def test_a_file_without_a_name_gets_one(gallery, event, name):
    data = picture()
    upload(gallery.client, data)
    gallery.log(image(data, step=7, **event))
    (found,) = gallery.items(event.get("kind", "image"), "sample")
    response = gallery.client.send("get", f"{gallery.path}/{found['id']}/file")
    body_of(response)
    assert response["Content-Disposition"] == f'inline; filename="{name}"'


@pytest.mark.parametrize("item", ["0", "x", "9" * 18, "9" * 30, "-1"])
def test_an_item_that_is_not_there(gallery, item):
    response = gallery.client.send("get", f"{gallery.path}/{item}/file")
    assert (response.status_code, error_of(response)) == (404, "media.no_such_item")


def test_an_item_without_a_file_and_an_item_of_another_training(gallery, ada, api, emit):
    gallery.log(text("t", 1, "x"))
    (found,) = gallery.items("text", "t")
    assert gallery.client.send("get", f"{gallery.path}/{found['id']}/file").status_code == 404
    data = picture()
    upload(gallery.client, data)
    gallery.log(image(data))
    (found,) = gallery.items("image", "sample")
    other = api(ada).open()
    assert (
        gallery.client.send("get", f"trainings/{other['training']['id']}/media/{found['id']}/file").status_code == 404
    )


def test_identical_bytes_are_kept_until_the_last_training_is_purged(gallery, ada, api, emit):
    data = picture()
    upload(gallery.client, data)
    other = api(ada).open()
    gallery.log(image(data), image(data, step=1), image(data, tag="again"))
    emit(other, image(data))
    assert Hold.objects.count() == 2
    media.purge(uuid.UUID(gallery.opened["training"]["id"]))
    assert (Hold.objects.count(), collect()) == (1, 0)
    media.purge(uuid.UUID(other["training"]["id"]))
    assert (Hold.objects.count(), collect()) == (0, 1)


def test_the_trash_gives_media_back_when_it_is_emptied(gallery):
    from server.trainings.services import lifecycle

    data = picture()
    upload(gallery.client, data)
    gallery.log(image(data), text("t", 1, "x"))
    gallery.client.send("delete", f"trainings/{gallery.opened['training']['id']}")
    assert lifecycle.purge_trash(older_than=timedelta(seconds=-1)) == 1
    assert (Item.objects.count(), Hold.objects.count(), collect()) == (0, 0, 1)
