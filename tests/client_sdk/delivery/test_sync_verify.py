"""Everything is sent, and proved to be there; a difference is found."""

import math
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pavi.delivery.client import Client
from pavi.delivery.sync import Progress, sync, verify
from pavi.exception import ServerUnreachable
from pavi.journal import find_journals, open_journal
from pavi.protocol import pack_event, pack_point, pack_tag
from tests.client_sdk.delivery.conftest import Written, stored


def test_sync_then_verify(written: Written, client: Client) -> None:
    written.points(0, 70_000)
    written.append(pack_tag(1, "odd", 0.0))
    written.append(*(pack_point(1, -step, 0.5, value) for step, value in enumerate([math.nan, math.inf, -0.0, 1e-300])))
    seen: list[Progress] = []
    report = sync(written.journal, client, seen.append)
    assert report.slots == written.journal.committed
    assert (report.refused_slots, report.lost_slots, report.refused_tags) == (0, 0, {})
    assert seen[0].sent == 0
    assert seen[-1] == Progress(report.slots, report.slots, 0)
    checked = verify(written.journal, client)
    assert checked.ok
    assert {check.tag: check.local_count for check in checked.series} == {"loss": 70_000, "odd": 4}


def test_again_sends_nothing(written: Written, client: Client) -> None:
    written.points(0, 10)
    sync(written.journal, client)
    seen: list[Progress] = []
    sync(written.journal, client, seen.append)
    assert len(seen) == 1
    assert [step for step, _ in stored(client, written.training)] == list(range(10))


def test_from_another_folder(written: Written, client: Client, tmp_path: Path) -> None:
    written.points(0, 50)
    shutil.copytree(written.writer.folder.parent, tmp_path / "elsewhere" / "moved")
    (folder,) = find_journals(tmp_path / "elsewhere")
    moved = open_journal(folder)
    sync(moved, client)
    written.points(50, 60)
    sync(written.journal, client)  # the original goes on
    moved.close()
    assert [step for step, _ in stored(client, written.training)] == list(range(60))
    assert verify(written.journal, client).ok


def test_unsent_is_no_agreement(written: Written, client: Client) -> None:
    written.points(0, 10)
    sync(written.journal, client)
    written.points(10, 15)
    checked = verify(written.journal, client)
    assert not checked.ok
    assert checked.unsent == 5


def test_one_changed_bit_is_found(written: Written, client: Client) -> None:
    written.points(0, 100)
    sync(written.journal, client)
    (path,) = written.writer.folder.glob("*.journal")
    with path.open("r+b") as file:
        file.seek(4096 + (written.writer.committed - 50) * 32 + 24)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))
    (check,) = verify(written.journal, client).series
    assert check.local_count == check.server_count == 100
    assert not check.ok


def test_two_writers_of_one_training_are_told_apart(write: Callable[..., Written], client: Client) -> None:
    one = write()
    two = write(training=str(one.training))
    one.points(0, 20)
    two.points(0, 30)
    for written in (two, one):
        sync(written.journal, client)
    for written, count in ((one, 20), (two, 30)):
        (check,) = verify(written.journal, client).series
        assert check.ok
        assert check.server_count == count


def test_lost_records_are_no_difference(written: Written, client: Client) -> None:
    written.points(0, 10)
    written.append(pack_event({"type": "config", "config": 1}, 0.0), pack_point(9, 1, 1.0, 1.0))
    report = sync(written.journal, client)
    assert report.refused_slots > 0
    assert report.lost_slots == 1
    assert verify(written.journal, client).ok


def test_nobody_listens(written: Written) -> None:
    with pytest.raises(ServerUnreachable):
        sync(written.journal, Client("http://127.0.0.1:9", "x"))
