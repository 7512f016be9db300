"""What every storage must do, run against each of them."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from server.blobs.errors import BytesMissing, DigestMismatch
from server.blobs.storage import Storage, new_key

PART = 5 << 20  # the smallest that S3 joins


def publish(storage: Storage, *parts: bytes) -> str:
    upload_id = uuid4()
    for number, data in enumerate(parts, start=1):
        storage.write_part(upload_id=upload_id, number=number, blocks=[data])
    whole = b"".join(parts)
    sha256 = hashlib.sha256(whole).hexdigest()
    key = new_key(sha256)
    numbers = range(1, len(parts) + 1)
    storage.assemble(upload_id=upload_id, numbers=numbers, key=key, sha256=sha256, size=len(whole))
    return key


def read(storage: Storage, key: str, start: int, stop: int) -> bytes:
    reader = storage.open(key, start=start, stop=stop)
    try:
        data = b""
        while len(data) < stop - start and (block := reader.read(stop - start - len(data))):
            data += block
        return data
    finally:
        reader.close()


def test_joined_parts_are_read_back_whole_and_by_range(storage: Storage) -> None:
    parts = [b"a" * PART, b"b" * PART, b"tail"]
    key = publish(storage, *parts)
    whole = b"".join(parts)
    assert read(storage, key, 0, len(whole)) == whole
    assert read(storage, key, PART - 2, PART + 2) == b"aabb"
    assert read(storage, key, len(whole) - 1, len(whole)) == b"l"


def test_one_part_and_no_part_make_objects_too(storage: Storage) -> None:
    assert read(storage, publish(storage, b"one"), 0, 3) == b"one"
    assert read(storage, publish(storage), 0, 0) == b""


def test_a_part_sent_again_replaces_the_first(storage: Storage) -> None:
    upload_id = uuid4()
    for data in (b"wrong", b"right"):
        storage.write_part(upload_id=upload_id, number=1, blocks=[data])
    sha256 = hashlib.sha256(b"right").hexdigest()
    storage.assemble(upload_id=upload_id, numbers=[1], key=(key := new_key(sha256)), sha256=sha256, size=5)
    assert read(storage, key, 0, 5) == b"right"


def test_a_part_whose_stream_breaks_leaves_what_was_there(storage: Storage) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("the line is dead")

    upload_id = uuid4()
    storage.write_part(upload_id=upload_id, number=1, blocks=[b"good"])
    with pytest.raises(RuntimeError):
        storage.write_part(upload_id=upload_id, number=1, blocks=breaking())
    with pytest.raises(RuntimeError):
        storage.write_part(upload_id=upload_id, number=2, blocks=breaking())
    sha256 = hashlib.sha256(b"good").hexdigest()
    storage.assemble(upload_id=upload_id, numbers=[1], key=new_key(sha256), sha256=sha256, size=4)
    with pytest.raises(BytesMissing):
        storage.assemble(upload_id=upload_id, numbers=[1, 2], key=new_key(sha256), sha256=sha256, size=4)


@pytest.mark.parametrize("size", [5, 6])
def test_wrong_bytes_or_size_are_not_published(storage: Storage, size: int) -> None:
    upload_id = uuid4()
    storage.write_part(upload_id=upload_id, number=1, blocks=[b"bytes"])
    sha256 = hashlib.sha256(b"bytes" if size == 6 else b"other").hexdigest()
    with pytest.raises(DigestMismatch):
        storage.assemble(upload_id=upload_id, numbers=[1], key=new_key(sha256), sha256=sha256, size=size)
    assert list(storage.objects()) == []


def test_deleted_objects_are_gone_and_deleting_again_is_harmless(storage: Storage) -> None:
    key = publish(storage, b"data")
    storage.delete(key)
    storage.delete(key)
    with pytest.raises(BytesMissing):
        storage.open(key, start=0, stop=4)


def test_what_lies_there_is_listed_with_its_age(storage: Storage) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    first, second = uuid4(), uuid4()
    for upload_id in (first, second):
        for number in (1, 2):
            storage.write_part(upload_id=upload_id, number=number, blocks=[b"x"])
    key = publish(storage, b"data")
    assert {found.name for found in storage.uploads()} >= {str(first), str(second)}
    assert [found.name for found in storage.objects()] == [key]
    assert all(found.modified > before for found in [*storage.objects(), *storage.uploads()])
    storage.delete_upload(first)
    storage.delete_upload(first)
    names = {found.name for found in storage.uploads()}
    assert str(first) not in names
    assert str(second) in names
    assert storage.discard_unfinished(before=datetime.now(UTC) + timedelta(hours=1)) == 0
