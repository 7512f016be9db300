"""Event files as bytes: checksums, cut ends, damage, and the same slots however often a file is read."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pavi.protocol import POINT, iter_records
from pavi.tensorboard.crc import crc32c, masked_many
from pavi.tensorboard.events import Events, Points
from pavi.tensorboard.records import Block, RecordFile
from pavi.tensorboard.slots import Slots
from tests.client_sdk.tensorboard import writing


def data_of(file: RecordFile) -> list[bytes]:
    return [
        block.data[start : start + size]
        for block in file.blocks()
        for start, size in zip(block.starts, block.sizes, strict=True)
    ]


def slots_of(path: Path) -> bytes:
    file, slots = RecordFile(path), Slots()
    return b"".join(piece.data for block in file.blocks() for piece in slots.read(block))


def test_checksum_of_the_standard() -> None:
    assert crc32c(b"123456789") == 0xE306_9283  # RFC 3720's check value
    assert crc32c(bytes(32)) == 0x8A91_36AA  # RFC 3720, B.4


@pytest.mark.parametrize("size", [0, 1, 3, 4, 511, 512, 2_047, 2_048, 2_049, 2_560, 9_999])
def test_checksum_of_any_length(size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert crc32c(data) == writing.crc32c(data)


def test_checksums_of_many_ranges_at_once() -> None:
    random_ = random.Random(1)
    data = random_.randbytes(20_000)
    ranges = [(start, random_.choice([0, 1, 7, 100, 3_000])) for start in range(0, 15_000, 500)]
    starts, sizes = (np.array(column, np.int64) for column in zip(*ranges, strict=True))
    found = masked_many(np.frombuffer(data, np.uint8), starts, sizes)
    expected = [writing.masked(data[start : start + size]) for start, size in ranges]
    assert [int(crc).to_bytes(4, "little") for crc in found] == expected


def test_cut_anywhere_and_continued(tmp_path: Path) -> None:
    records = [b"first", b"", b"x" * 300, b"last"]
    whole = b"".join(writing.record(data) for data in records)
    path = tmp_path / "f"
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        file = RecordFile(path)
        before = data_of(file)
        assert before == records[: len(before)]
        assert not file.broken
        path.write_bytes(whole)
        assert before + data_of(file) == records
        assert (file.damaged, file.broken, file.offset) == (0, "", len(whole))


def test_damaged_data_is_passed_over_and_counted(tmp_path: Path) -> None:
    content = bytearray(b"".join(writing.record(b"record %d" % number) for number in range(5)))
    content[2 * 24 + 12 + 3] ^= 1
    path = tmp_path / "f"
    path.write_bytes(content)
    file = RecordFile(path)
    assert data_of(file) == [b"record 0", b"record 1", b"record 3", b"record 4"]
    assert (file.damaged, file.broken) == (1, "")


@pytest.mark.parametrize("byte", [0, 7, 8])
def test_damaged_length_ends_it(tmp_path: Path, byte: int) -> None:
    content = bytearray(b"".join(writing.record(b"record %d" % number) for number in range(5)))
    content[2 * 24 + byte] ^= 0x80
    path = tmp_path / "f"
    path.write_bytes(content)
    file = RecordFile(path)
    assert data_of(file) == [b"record 0", b"record 1"]
    assert "byte 48" in file.broken


def test_rest_that_was_not_flushed_yet(tmp_path: Path) -> None:
    """Zeros at the end, as another machine may show a page that is still on its way."""
    first, second = writing.record(b"one"), writing.record(b"two")
    path = tmp_path / "f"
    path.write_bytes(first + bytes(len(second)))
    file = RecordFile(path)
    assert data_of(file) == [b"one"]
    assert file.broken
    path.write_bytes(first + second)
    assert data_of(file) == [b"two"]
    assert not file.broken


def many_records() -> list[bytes]:
    random_ = random.Random(2)
    records = []
    for step in range(200):
        for tag in random_.sample(["loss", "acc", "ünïcode (1)", "bad\ntag", "a/b/c"], random_.randint(1, 5)):
            records.append(writing.scalar(tag, step - 20, random_.random(), 1_700_000_000.0 + step))
        if step % 37 == 0:
            records.append(writing.text("note", step, f"step *{step}*", 1_700_000_000.5 + step))
    records.append(writing.restart(150, 1_700_000_300.0))
    records += [writing.scalar(f"new {step % 3}", step, 0.0, 1_700_000_400.0) for step in range(150, 160)]
    return records


def test_same_slots_in_one_go_and_piece_by_piece(tmp_path: Path) -> None:
    records = many_records()
    path = writing.write(tmp_path / "events.out.tfevents.1", *records)
    whole, expected = path.read_bytes(), slots_of(path)
    random_ = random.Random(3)
    file, slots, found, size = RecordFile(path), Slots(), b"", 0
    path.write_bytes(b"")
    while size < len(whole):
        size = min(len(whole), size + random_.randint(1, 700))
        path.write_bytes(whole[:size])
        found += b"".join(piece.data for block in file.blocks() for piece in slots.read(block))
    assert found == expected
    assert slots.events.skipped["bad tag"] > 0
    list(iter_records(expected))  # whole records, one after another


def test_points_are_what_was_written(tmp_path: Path) -> None:
    path = writing.write(
        tmp_path / "events.out.tfevents.1",
        *(writing.scalar(tag, step, step / 8, 1e9 + step) for step in (0, 5, -3, 1 << 40, 127, 128) for tag in "ab"),
        writing.scalar("a", 1, float("nan"), 1e9),
        writing.scalar("a", 2, float("-inf"), 1e9),
    )
    records = list(iter_records(slots_of(path)))
    points = [(record.tag, record.step, record.time, record.value) for record in records if record.kind == POINT]
    assert points[:-2] == [
        (tag, step, 1e9 + step, step / 8) for step in (0, 5, -3, 1 << 40, 127, 128) for tag in (0, 1)
    ]
    assert str(points[-2:]) == str([(0, 1, 1e9, float("nan")), (0, 2, 1e9, float("-inf"))])


def test_fields_in_another_order_mean_the_same() -> None:
    """The step behind the summary, which no writer does and every reader must take."""
    value = writing.message(1, writing.message(1, b"loss") + b"\x15\x00\x00\x80?")
    events = Events()
    for step in (3, 4, 4):
        data = b"\x09" + bytes(8) + writing.message(5, value) + b"\x10" + writing.varint(step)
        (points,) = events.read(Block(data, [0], [len(data)]))
        assert isinstance(points, Points)
        assert (points.steps, points.values) == ([step], [1.0])


@given(st.lists(st.binary(max_size=80), max_size=5), st.integers(0, 10))
def test_any_bytes_are_survived(parts: list[bytes], seed: int) -> None:
    scalar: Any = writing.scalar("t", 1, 2.0, 3.0)[12:-4]
    mutated = bytearray(scalar)
    mutated[seed * 3 % len(mutated)] ^= 1 << seed % 8
    data = [*parts, bytes(mutated), scalar, scalar]
    starts = np.cumsum([0, *map(len, data[:-1])]).tolist()
    slots = Slots()
    pieces = list(slots.read(Block(b"".join(data), starts, [len(one) for one in data])))
    assert sum(piece.points for piece in pieces) >= 2
