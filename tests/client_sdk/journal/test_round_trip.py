"""Whatever is written is read back, cut anywhere, in any number of files."""

import tempfile
import uuid
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pavi.journal import Journal, JournalWriter, open_journal
from pavi.protocol import SLOT_BYTES, iter_records, pack_event, pack_point, pack_tag

OPENING: dict[str, Any] = {"type": "open", "protocol": 1, "training": "t", "project": "p", "time": 0.0}

points = st.builds(
    pack_point,
    st.integers(0, 2**32 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.floats(),
)
tags = st.builds(pack_tag, st.integers(0, 1000), st.text(max_size=200), st.just(1.0))
events = st.builds(
    lambda text: pack_event({"type": "console", "text": text}, 2.0),
    st.text(max_size=300) | st.integers(1, 40_000).map(lambda size: "x" * size),
)
records = st.lists(points | tags | events, max_size=60)


def write(folder: Path, items: list[bytes]) -> JournalWriter:
    writer = JournalWriter(folder, uuid.uuid4(), uuid.uuid4())
    for item in [pack_event(OPENING, 0.0), *items]:
        assert writer.append(item)
    return writer


def body(journal: Journal, max_bytes: int) -> bytes:
    found = b""
    for batch in journal.batches(0, max_bytes):
        assert batch.start * SLOT_BYTES == len(found)
        assert batch.data is not None
        assert len(batch.data) == batch.slots * SLOT_BYTES
        list(iter_records(batch.data))  # raises when a record is cut
        found += batch.data
    return found


@settings(max_examples=60, deadline=None)
@given(records, st.integers(1, 200_000))
def test_batches_join_to_what_was_written(items: list[bytes], max_bytes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = write(Path(folder), items)
        expected = pack_event(OPENING, 0.0) + b"".join(items)
        journal = open_journal(writer.folder)
        assert journal.committed == writer.committed == len(expected) // SLOT_BYTES
        assert body(journal, max_bytes) == expected
        writer.close()
        assert body(open_journal(writer.folder), max_bytes) == expected
        journal.close()


def test_many_files_with_room_made_ahead(tmp_path: Path) -> None:
    writer = write(tmp_path, [pack_tag(0, "loss", 0.0)])
    follower = open_journal(writer.folder)
    for step in range(60_000):
        assert writer.append(pack_point(0, step, float(step), step / 2))
        if step % 1000 == 0:
            writer.prepare()
            assert follower.committed == writer.committed
    writer.close()
    assert len(list(writer.folder.glob("*.journal"))) > 2
    assert [(point.step, point.value) for point in follower.points()] == [(step, step / 2) for step in range(60_000)]
    follower.close()


def test_room_made_ahead_is_given_back(tmp_path: Path) -> None:
    writer = write(tmp_path, [])
    while writer.committed < 5_000:
        writer.append(pack_point(0, 1, 1.0, 1.0))
    writer.prepare()
    writer.close()
    (file,) = writer.folder.glob("*.journal")
    assert file.stat().st_size == 4096 + writer.committed * SLOT_BYTES


def test_record_larger_than_a_file_and_than_a_batch(tmp_path: Path) -> None:
    large = pack_event({"type": "console", "text": "x" * 3_000_000}, 0.0)
    writer = write(tmp_path, [pack_point(0, 1, 1.0, 1.0), large, pack_point(0, 2, 2.0, 2.0)])
    journal = open_journal(writer.folder)
    assert body(journal, 1024) == pack_event(OPENING, 0.0) + b"".join(
        [pack_point(0, 1, 1.0, 1.0), large, pack_point(0, 2, 2.0, 2.0)]
    )
    assert max(batch.slots for batch in journal.batches(0, 1024)) == len(large) // SLOT_BYTES
    journal.close()
    writer.close()
