"""Garbage collection: what goes, what stays, and that it cannot race an upload or a hold."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from server.accounts.principal import Principal
from server.blobs import errors, selectors, services
from server.blobs.collection import Collected, collect
from server.blobs.models import Upload
from server.blobs.storage import configured
from server.blobs.tasks import collect_garbage
from tests.server.blobs.conftest import Sample, put, send, signed_in

NOW = timedelta(0)


@pytest.fixture
def stored(as_ada: Client) -> Sample:
    sample = Sample(b"bytes")
    send(as_ada, sample)
    return sample


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]


def test_bytes_that_nobody_holds_go_after_the_grace_period(stored: Sample, ada: Principal, tmp_path: Path) -> None:
    collect_garbage()
    assert selectors.stat(sha256=stored.sha256) is not None
    assert collect(grace=NOW) == Collected(blobs=1, uploads=0, orphans=0)
    assert selectors.stat(sha256=stored.sha256) is None
    assert not selectors.possesses(user_id=ada.user_id, sha256=stored.sha256)
    assert files(tmp_path) == []


def test_held_bytes_stay_until_the_last_holder_lets_go(stored: Sample) -> None:
    for holder in ("snapshot:1", "snapshot:1", "snapshot:2"):
        assert services.hold(sha256=stored.sha256, holder=holder).size == stored.size
    services.release(sha256=stored.sha256, holder="snapshot:1")
    services.release(sha256=stored.sha256, holder="snapshot:1")
    assert collect(grace=NOW).blobs == 0
    services.release(sha256=stored.sha256, holder="snapshot:2")
    assert collect(grace=NOW).blobs == 1
    with pytest.raises(errors.UnknownBlob):
        services.hold(sha256=stored.sha256, holder="snapshot:3")


def test_collected_bytes_can_be_sent_again(stored: Sample, as_ada: Client) -> None:
    collect(grace=NOW)
    assert send(as_ada, stored)["id"] is not None
    with services.open(sha256=stored.sha256) as stream:
        assert b"".join(stream) == stored.data


def test_an_upload_left_alone_goes_with_its_parts(as_ada: Client, tmp_path: Path) -> None:
    sample = Sample(b"unfinished")
    body = {"sha256": sample.sha256, "size": sample.size}
    upload = as_ada.post("/api/v1/blobs/uploads", body, content_type="application/json").json()
    put(as_ada, upload["id"], 1, sample.data)
    assert collect(grace=NOW) == Collected(0, 0, 0)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert collect(grace=NOW).uploads == 1
    assert files(tmp_path) == []
    assert as_ada.get(f"/api/v1/blobs/uploads/{upload['id']}").status_code == 404


def test_files_that_no_row_knows_are_found(stored: Sample, tmp_path: Path) -> None:
    storage = configured()
    storage.write_part(upload_id=uuid4(), number=1, blocks=[b"of a process that died"])
    orphan = tmp_path / "blobs" / "objects" / "ab" / "cd" / ("ab" * 32 + ".12345678")
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"published, never recorded")
    half = tmp_path / "blobs" / "unfinished" / "tmp1"
    half.write_bytes(b"half")
    assert collect() == Collected(0, 0, 0)
    services.hold(sha256=stored.sha256, holder="test")
    assert collect(orphan_grace=-timedelta(hours=1)).orphans == 3
    assert [path.name.partition(".")[0] for path in files(tmp_path)] == [stored.sha256]


@pytest.mark.django_db(transaction=True)
def test_collection_never_takes_bytes_that_were_just_uploaded_or_held(ada: Principal, bob: Principal) -> None:
    """Uploads, holds and collectors without any grace, all at once: what is held at the end must be readable."""
    sample = Sample(os.urandom(2000))
    end = time.monotonic() + 4
    stop = threading.Event()

    def collector() -> int:
        count = 0
        try:
            while not stop.is_set():
                count += collect(grace=NOW).blobs
        finally:
            connection.close()
        return count

    def user(principal: Principal) -> int:
        client = signed_in(principal)
        rounds = 0
        try:
            while time.monotonic() < end:
                send(client, sample)
                holder = f"test:{principal.user_id}"
                try:
                    services.hold(sha256=sample.sha256, holder=holder)
                except errors.UnknownBlob:
                    continue  # collected before we held it: with no grace period that is right
                with services.open(sha256=sample.sha256) as stream:
                    assert b"".join(stream) == sample.data
                services.release(sha256=sample.sha256, holder=holder)
                rounds += 1
        finally:
            connection.close()
        return rounds

    with ThreadPoolExecutor() as pool:
        collecting = [pool.submit(collector) for _ in range(2)]
        using = [pool.submit(user, who) for who in (ada, bob)]
        try:
            rounds = [future.result() for future in using]
        finally:
            stop.set()
        collected = sum(future.result() for future in collecting)
    assert all(rounds)
    assert collected
