"""One journal to the real server: in pieces, repeated, interrupted, by several at once."""

import time
from collections.abc import Callable

import pytest

from pavi.delivery.client import Client
from pavi.delivery.receipt import read_receipt
from pavi.delivery.sender import Sender
from pavi.exception import Forbidden, NotFound, NotLoggedIn, ServerUnreachable
from pavi.protocol import pack_event, pack_point, pack_tag
from tests.client_sdk.delivery.conftest import Written, stored
from tests.platform import RunningPlatform


def drain(sender: Sender) -> None:
    if sender.opened is None:
        sender.open()
    while sender.send_batch():
        pass


def log_on(written: Written, sender: Sender, deadline: float) -> None:
    while time.monotonic() < deadline:
        written.points(0, 1)
        sender.send_batch()
        time.sleep(0.1)


def expected(stop: int) -> list[tuple[int, float]]:
    return [(step, step / 2) for step in range(stop)]


def test_small_batches_arrive_once(written: Written, client: Client) -> None:
    written.points(0, 500)
    sender = Sender(written.journal, client, batch_bytes=3_000)
    assert sender.open()["id"] == str(written.training)
    drain(sender)
    assert sender.complete
    assert stored(client, written.training) == expected(500)
    written.points(500, 600)
    assert sender.pending == 100
    drain(sender)
    assert stored(client, written.training) == expected(600)


def test_new_sender_goes_on_where_the_old_one_died(written: Written, client: Client) -> None:
    written.points(0, 300)
    first = Sender(written.journal, client, batch_bytes=3_200)
    first.open()
    first.send_batch()
    second = Sender(written.journal, client)
    second.open()
    assert second.watermark == first.watermark > 0
    drain(second)
    drain(first)  # knows nothing of the second, and is told where to go on
    assert stored(client, written.training) == expected(300)


def test_position_ahead_of_the_server_is_cut_again(written: Written, client: Client) -> None:
    written.points(0, 300)
    sender = Sender(written.journal, client)
    sender.open()
    sender.watermark = 200  # as if the server had been restored from a backup
    drain(sender)
    assert stored(client, written.training) == expected(300)


def test_heartbeat_moves_nothing(written: Written, client: Client) -> None:
    sender = Sender(written.journal, client)
    drain(sender)
    before = sender.watermark
    sender.heartbeat()
    assert sender.watermark == before


def test_refused_records_are_skipped_and_the_rest_arrives(written: Written, client: Client) -> None:
    written.points(0, 100)
    written.append(pack_event({"type": "console", "text": 5}, 1.0))
    written.points(100, 150)
    written.append(pack_event({"type": "config", "config": "none"}, 1.0), pack_event({"type": "finish"}, 1.0))
    written.points(150, 400)
    sender = Sender(written.journal, client)
    drain(sender)
    assert stored(client, written.training) == expected(400)
    bad = [{"type": "console", "text": 5}, {"type": "config", "config": "none"}, {"type": "finish"}]
    assert sender.refused_slots == sum(len(pack_event(event, 1.0)) // 32 for event in bad)
    assert sender.complete


def test_unknown_events_are_no_trouble(written: Written, client: Client) -> None:
    written.append(pack_event({"type": "of the future", "x": 1}, 1.0))
    written.points(0, 10)
    sender = Sender(written.journal, client)
    drain(sender)
    assert sender.refused_slots == 0
    assert stored(client, written.training) == expected(10)


def test_holes_are_skipped_and_counted(written: Written, client: Client) -> None:
    written.points(0, 300)
    start = written.writer.committed - 200
    (path,) = written.writer.folder.glob("*.journal")
    with path.open("r+b") as file:
        file.seek(4096 + start * 32)
        file.write(bytes(50 * 32))
    sender = Sender(written.journal, client)
    drain(sender)
    assert sender.lost_slots == 50
    assert stored(client, written.training) == [(step, step / 2) for step in range(300) if not 100 <= step < 150]


def test_points_whose_tag_was_lost_are_skipped(written: Written, client: Client) -> None:
    written.points(0, 50)
    written.append(*(pack_point(7, step, 1.0, 1.0) for step in range(40)))
    written.points(50, 100)
    sender = Sender(written.journal, client)
    drain(sender)
    assert sender.lost_slots == 40
    assert sender.refused_slots == 0
    assert stored(client, written.training) == expected(100)


def test_refused_tag_is_told(written: Written, client: Client) -> None:
    written.append(pack_tag(1, "bad\ntag", 1.0), pack_point(1, 1, 1.0, 1.0))
    written.points(0, 10)
    sender = Sender(written.journal, client)
    drain(sender)
    (refused,) = sender.refused_tags
    assert "tag" in refused
    assert stored(client, written.training) == expected(10)


def test_no_token_and_a_wrong_one(written: Written, platform: RunningPlatform) -> None:
    with pytest.raises(NotLoggedIn):
        Sender(written.journal, Client(platform.url, None)).open()
    with pytest.raises(NotLoggedIn, match="pavi login"):
        Sender(written.journal, Client(platform.url, "pavi_wrong")).open()


def test_somebody_elses_training_is_not_there(
    written: Written, client: Client, platform: RunningPlatform, write: Callable[..., Written]
) -> None:
    drain(Sender(written.journal, client))
    stranger = Client(platform.url, platform.new_user("mallory"))
    with pytest.raises((NotFound, Forbidden)):
        Sender(written.journal, stranger).open()
    other = write(continue_training=str(written.training))
    with pytest.raises((NotFound, Forbidden)):
        Sender(other.journal, stranger).open()


def test_deleted_training_says_so(written: Written, client: Client) -> None:
    sender = Sender(written.journal, client)
    drain(sender)
    client.delete(f"trainings/{written.training}")
    deadline = time.monotonic() + 30  # the server remembers for some seconds who may write
    with pytest.raises(NotFound):
        log_on(written, sender, deadline)


def test_nobody_listens(written: Written) -> None:
    with pytest.raises(ServerUnreachable, match="does not answer"):
        Sender(written.journal, Client("http://127.0.0.1:9", "x")).open()


def test_receipt_tells_how_far_it_is(written: Written, client: Client, platform: RunningPlatform) -> None:
    sender = Sender(written.journal, client)
    drain(sender)
    sender.save()
    receipt = read_receipt(written.writer.folder)
    assert receipt is not None
    assert receipt.server == platform.url
    assert receipt.training == sender.opened
    assert receipt.watermark == written.journal.committed
