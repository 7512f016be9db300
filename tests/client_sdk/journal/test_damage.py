"""A journal that a dying process or machine left behind: nothing torn is ever read, nothing whole is lost."""

import shutil
import tempfile
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pavi.exception import JournalDamaged
from pavi.journal import JournalWriter, find_journals, open_journal
from pavi.journal.layout import HEADER_BYTES
from pavi.protocol import SLOT_BYTES, iter_records, pack_event, pack_point, pack_tag

OPENING = pack_event({"type": "open", "protocol": 1, "training": "t", "project": "p", "time": 0.0}, 0.0)


def write(folder: Path, items: list[bytes]) -> JournalWriter:
    writer = JournalWriter(folder, uuid.uuid4(), uuid.uuid4())
    for item in [OPENING, *items]:
        assert writer.append(item)
    return writer


record = st.one_of(
    st.builds(pack_point, st.just(0), st.integers(0, 100), st.just(1.0), st.just(2.0)),
    st.integers(1, 600).map(lambda size: pack_event({"type": "console", "text": "x" * size}, 0.0)),
    st.integers(1, 50).map(lambda size: pack_tag(0, "t" * size, 0.0)),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(record, min_size=1, max_size=40), st.data())
def test_holes_are_told_apart(items: list[bytes], data: st.DataObject) -> None:
    """Zero any range of slots, as pages do that were never written back."""
    with tempfile.TemporaryDirectory() as folder:
        writer = write(Path(folder), items)
        total, opening = writer.committed, len(OPENING) // SLOT_BYTES
        writer.close()
        first = data.draw(st.integers(opening, total))
        last = data.draw(st.integers(min(first + 1, total), total))
        (path,) = writer.folder.glob("*.journal")
        with path.open("r+b") as file:
            file.seek(HEADER_BYTES + first * SLOT_BYTES)
            file.write(bytes((last - first) * SLOT_BYTES))
        starts, position = {}, 0
        for item in [OPENING, *items]:
            starts[position] = item
            position += len(item) // SLOT_BYTES
        untouched = {
            start for start, item in starts.items() if start + len(item) // SLOT_BYTES <= first or start >= last
        }
        journal = open_journal(writer.folder)
        position, seen = 0, set()
        for batch in journal.batches(0, data.draw(st.integers(32, 4096))):
            assert batch.start == position
            position += batch.slots
            for found in iter_records(batch.data or b""):
                seen.add(batch.start + found.slot)
        assert position == total
        assert seen == untouched
        journal.close()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 3000))
def test_truncated_file_is_read_to_its_end(size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = write(Path(folder), [pack_point(0, step, 1.0, 1.0) for step in range(50)])
        writer.close()
        (path,) = writer.folder.glob("*.journal")
        opening = len(OPENING) // SLOT_BYTES
        kept = HEADER_BYTES + len(OPENING) + size
        with path.open("r+b") as file:
            file.truncate(min(kept, path.stat().st_size))
        journal = open_journal(writer.folder)
        found = [record.step for batch in journal.batches() for record in iter_records(batch.data or b"")][1:]
        assert found == list(range(min(50, size // SLOT_BYTES)))
        assert sum(batch.slots for batch in journal.batches()) == 50 + opening
        journal.close()


def test_bytes_behind_the_mark_are_never_read(tmp_path: Path) -> None:
    writer = write(tmp_path, [pack_point(0, 1, 1.0, 1.0)])
    (path,) = writer.folder.glob("*.journal")
    with path.open("r+b") as file:  # a record whose writer was killed before its commit
        file.seek(HEADER_BYTES + writer.committed * SLOT_BYTES)
        file.write(pack_point(0, 2, 2.0, 2.0))
    journal = open_journal(writer.folder)
    assert [record.step for record in journal.records()][1:] == [1]
    journal.close()
    writer.close()


def test_missing_file_in_the_middle_is_a_hole(tmp_path: Path) -> None:
    writer = write(tmp_path, [pack_tag(0, "loss", 0.0)])
    for step in range(50_000):
        writer.append(pack_point(0, step, 1.0, 1.0))
    writer.close()
    paths = sorted(writer.folder.glob("*.journal"))
    paths[1].unlink()
    journal = open_journal(writer.folder)
    assert journal.committed == writer.committed
    steps = [point.step for point in journal.points()]
    lost = [batch for batch in journal.batches() if batch.data is None]
    assert sum(batch.slots for batch in lost) == 50_000 - len(steps)
    assert steps[0] == 0
    assert steps[-1] == 49_999
    journal.close()


def test_lost_beginning_is_said(tmp_path: Path) -> None:
    writer = write(tmp_path, [pack_point(0, 1, 1.0, 1.0)])
    writer.close()
    (path,) = writer.folder.glob("*.journal")
    with path.open("r+b") as file:
        file.seek(HEADER_BYTES)
        file.write(bytes(SLOT_BYTES))
    with pytest.raises(JournalDamaged, match="beginning is lost"):
        open_journal(writer.folder)
    path.write_bytes(b"something else" * 100)
    with pytest.raises(JournalDamaged, match="not a journal"):
        open_journal(writer.folder)
    path.unlink()
    with pytest.raises(JournalDamaged, match="holds no journal"):
        open_journal(writer.folder)


def test_moved_journal_is_the_same(tmp_path: Path) -> None:
    writer = write(tmp_path / "here", [pack_tag(0, "loss", 0.0), pack_point(0, 7, 1.0, 0.5)])
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    writer.close()
    (folder,) = find_journals(tmp_path / "there")
    assert find_journals(folder) == find_journals(folder.parent) == [folder]
    journal = open_journal(folder)
    assert journal.writer == writer.writer
    assert journal.training == writer.training
    assert list(journal.points()) == [("loss", 7, 1.0, 0.5)]
    journal.close()
