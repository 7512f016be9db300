"""What counts as lost and as doubled, and how framed logs are read when their tail is torn."""

import struct
from pathlib import Path

from bench import journals
from bench.peers import leveldb_log

BLOCK = 32 * 1024


def test_missing_steps_are_lost_and_repeated_ones_doubled() -> None:
    assert journals.lost_and_doubled({"a": [0, 1, 2], "b": [0, 1, 2]}, 3) == (0, 0)
    assert journals.lost_and_doubled({"a": [0, 2], "b": []}, 3) == (4, 0)
    assert journals.lost_and_doubled({"a": [0, 1, 1, 2, 2]}, 3) == (0, 2)


def test_a_call_that_had_not_returned_is_not_missed() -> None:
    assert journals.lost_and_doubled({"a": [0, 1, 2, 3]}, 3) == (0, 0)


def _framed(records: list[bytes]) -> bytes:
    """The writer's side of the format, record by record."""
    data = bytearray(7)
    for record in records:
        first = True
        while True:
            room = BLOCK - len(data) % BLOCK
            if room < 7:
                data += bytes(room)
                continue
            part, record = record[: room - 7], record[room - 7 :]
            kind = (1 if not record else 2) if first else (4 if not record else 3)
            data += struct.pack("<IHB", 0, len(part), kind) + part
            first = False
            if not record:
                break
    return bytes(data)


def test_framed_records_come_back_over_block_borders(tmp_path: Path) -> None:
    records = [b"a" * 10, b"b" * (3 * BLOCK), b"c" * (BLOCK - 20), b"d" * 100]
    path = tmp_path / "log"
    path.write_bytes(_framed(records))
    assert list(leveldb_log.records(path)) == records


def test_a_torn_tail_ends_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(_framed([b"a" * 10, b"b" * 500])[:-100])
    assert list(leveldb_log.records(path)) == [b"a" * 10]
