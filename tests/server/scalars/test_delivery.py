"""Batches arrive exactly once: repeats, overlaps and gaps, as a client sees them."""

import zlib
from collections.abc import Callable

import pytest

from pavi.protocol import SKIP_HEADER, pack_event, pack_point, pack_tag
from server.scalars import selectors, services, verification
from tests.server.scalars.conftest import Endpoint, Logger, MemoryGate

POINTS = [(step, 100.0 + step, step * 0.5) for step in range(50)]


def counted(logger: Logger) -> int:
    return sum(item.count for item in verification.checksums(logger.training))


def test_a_batch_is_stored_and_answered_with_the_watermark(logger: Logger) -> None:
    answer = logger.log("train/loss", POINTS)
    assert answer.json["pace"]["watched"] is False
    assert 0 < answer.json["pace"]["interval"] <= 10
    (info,) = selectors.series([logger.training])
    assert (info.tag, info.stats.count, info.stats.last_value) == ("train/loss", 50, 24.5)


@pytest.mark.parametrize("encoding", ["identity", "deflate", "gzip"])
def test_bodies_may_be_compressed(logger: Logger, encoding: str) -> None:
    data = logger.pack("a", POINTS)
    if encoding == "gzip":
        compressor = zlib.compressobj(wbits=31)
        data = compressor.compress(data) + compressor.flush()
    elif encoding == "deflate":
        data = zlib.compress(data)
    assert logger.post(data, Content_Encoding=encoding).status == 200
    services.compact(logger.training)
    assert counted(logger) == 50


def test_a_repeat_is_the_same_success_and_stores_nothing(logger: Logger) -> None:
    data = logger.pack("a", POINTS)
    logger.send(data)
    again = logger.post(data, seq=0)
    assert (again.status, again.json["watermark"]) == (200, logger.slots)
    assert counted(logger) == 50


def test_an_overlap_is_trimmed(logger: Logger) -> None:
    head = logger.pack("a", POINTS[:20])
    logger.send(head)
    tail = logger.pack("a", POINTS[20:])
    answer = logger.post(head + tail, seq=0)
    assert answer.json["watermark"] == len(head + tail) // 32
    assert counted(logger) == 50


def test_a_gap_is_refused_with_the_watermark(logger: Logger) -> None:
    logger.log("a", POINTS)
    answer = logger.post(logger.pack("a", POINTS), seq=logger.slots + 7)
    assert (answer.status, answer.code) == (409, "scalars.gap")
    assert answer.json["error"]["details"]["watermark"] == logger.slots
    assert counted(logger) == 50


def test_another_process_may_have_stored_the_batches_before(new_logger: Callable[..., Logger]) -> None:
    first = new_logger()
    second_process = Endpoint()
    second = Logger(second_process, first.token, first.owner, first.training, first.writer, tags=first.tags)
    try:
        for turn in range(6):
            sender = (first, second)[turn % 2]
            sender.slots = max(first.slots, second.slots)
            sender.log(f"tag-{turn % 4}", [(turn, 1.0, 1.0)])
        assert first.post(b"", seq=second.slots).json["watermark"] == second.slots
    finally:
        second_process.stop()
    assert counted(first) == 6


def test_an_empty_batch_is_a_heartbeat(logger: Logger, memory_gate: MemoryGate) -> None:
    answer = logger.post(b"")
    assert (answer.status, answer.json["watermark"]) == (200, 0)
    assert logger.training in memory_gate.seen_trainings


def test_lost_slots_are_stepped_over_and_counted(logger: Logger) -> None:
    logger.log("a", POINTS[:5])
    answer = logger.post(b"", **{SKIP_HEADER: "10"})
    assert answer.json["watermark"] == logger.slots + 10
    assert logger.post(b"", **{SKIP_HEADER: "10"}).json["watermark"] == logger.slots + 10
    logger.slots += 10
    logger.log("a", POINTS[5:])
    assert counted(logger) == 50


def test_events_are_carried_out_once_in_order(logger: Logger, memory_gate: MemoryGate) -> None:
    data = b"".join(pack_event({"type": "config", "config": {"k": index}}, 5.0) for index in range(3))
    logger.send(data)
    logger.post(data, seq=0)
    assert [event.body["config"]["k"] for event in memory_gate.events] == [0, 1, 2]
    slots = len(data) // 32 // 3
    assert [event.slot for event in memory_gate.events] == [0, slots, 2 * slots]
    assert all(event.writer_id == logger.writer for event in memory_gate.events)


def test_an_event_that_cannot_be_carried_out_fails_its_own_batch_only(
    new_logger: Callable[..., Logger], memory_gate: MemoryGate
) -> None:
    memory_gate.poison = "finish"
    sick, well = new_logger(), new_logger()
    bad = sick.post(sick.pack("a", POINTS) + pack_event({"type": "finish", "status": "finished"}, 1.0))
    assert (bad.status, bad.code) == (500, "common.internal")
    well.log("a", POINTS)
    assert (counted(sick), counted(well)) == (0, 50)
    memory_gate.poison = None
    assert sick.post(sick.pack("a", POINTS), seq=0).status == 400  # the dictionary went with the batch


def test_a_tag_may_be_defined_again_under_the_same_name_only(logger: Logger) -> None:
    logger.log("a", POINTS[:1])
    assert logger.send(pack_tag(0, "a", 1.0)).status == 200
    answer = logger.post(pack_tag(0, "b", 1.0) + pack_point(0, 1, 1.0, 1.0))
    assert (answer.status, answer.code) == (400, "scalars.malformed")
