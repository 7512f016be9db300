"""What is refused at the door: malformed, cut off, oversized and bomb-compressed batches. Nothing of them is stored."""

import contextlib
import uuid
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pavi.protocol import MAX_BATCH_BYTES, pack_event, pack_point, pack_tag
from server.scalars import selectors
from server.scalars.batches import DEFLATE, GZIP, decompress, parse
from server.scalars.errors import BatchTooLarge, MalformedBatch
from tests.server.scalars.conftest import Logger

TAG = pack_tag(0, "a", 1.0)
POINT = pack_point(0, 1, 1.0, 1.0)
LONG_EVENT = pack_event({"type": "config", "config": {"k": "x" * 200}}, 1.0)

BAD = {
    "no whole slots": TAG + POINT[:-1],
    "a hole": TAG + bytes(32) + POINT,
    "an unknown kind": TAG + POINT[:4] + b"\x09" + POINT[5:],
    "an undefined tag": pack_point(7, 1, 1.0, 1.0),
    "a point before its tag": POINT + TAG,
    "a stray continuation": TAG + LONG_EVENT[32:64] + POINT,
    "a record that is cut off": TAG + LONG_EVENT[:-32],
    "an event that is no JSON": LONG_EVENT.replace(b'{"ty', b"{{ty"),
    "an event without a type": pack_event({"type": "x"}, 1.0).replace(b'{"ty', b'{"tu'),
    "a tag that is not UTF-8": pack_tag(0, "abcd", 1.0).replace(b"abcd", b"\xff\xfe\xfd\xfc"),
    "an event that the gate refuses": pack_event({"type": "config", "bad": True}, 1.0),
    "a rewind without a limit": pack_event({"type": "rewind"}, 1.0),
    "a rewind beyond 64 bits": pack_event({"type": "rewind", "step": 2**70}, 1.0),
}


@pytest.mark.parametrize("what", BAD)
def test_a_malformed_batch_is_refused_whole(logger: Logger, what: str) -> None:
    answer = logger.post(BAD[what])
    assert (answer.status, answer.code) == (400, "scalars.malformed"), answer.body
    assert isinstance(answer.json["error"]["details"]["slot"], int)
    assert logger.post(b"").json["watermark"] == 0
    assert selectors.series([logger.training]) == []
    assert logger.send(TAG + POINT).status == 200  # the rest of the journal goes through


@pytest.mark.parametrize("body", [b"nonsense", zlib.compress(TAG + POINT)[:-3], zlib.compress(TAG) + b"more"])
def test_a_body_that_is_not_what_its_encoding_says(logger: Logger, body: bytes) -> None:
    answer = logger.post(body, Content_Encoding="deflate")
    assert (answer.status, answer.code) == (400, "scalars.malformed")


def test_an_unknown_encoding_is_named(logger: Logger) -> None:
    assert logger.post(TAG, Content_Encoding="br").code == "scalars.unknown_encoding"


def test_seq_must_be_there(logger: Logger) -> None:
    assert logger.post(TAG, seq=-1).code == "scalars.no_seq"


@pytest.mark.parametrize("encoding", ["deflate", "gzip"])
def test_a_bomb_is_refused_before_it_unfolds(logger: Logger, encoding: str) -> None:
    compressor = zlib.compressobj(9, wbits=15 if encoding == "deflate" else 31)
    bomb = compressor.compress(bytes(64 * 1024 * 1024)) + compressor.flush()
    answer = logger.post(bomb, Content_Encoding=encoding)
    assert (answer.status, answer.code) == (413, "scalars.too_large")


def test_too_many_bytes_are_refused_with_and_without_a_declared_length(logger: Logger) -> None:
    assert logger.post(b"", Content_Length=str(MAX_BATCH_BYTES + 1)).status == 413
    piece = bytes(1024 * 1024)
    assert logger.post([piece] * 17).status == 413
    assert logger.log("a", [(1, 1.0, 1.0)]).status == 200  # what was held was let go


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_mutated_batches_are_taken_or_refused_but_never_break_the_reader(data: st.DataObject) -> None:
    whole = bytearray(TAG + POINT * 3 + LONG_EVENT + POINT)
    for _ in range(data.draw(st.integers(0, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    with contextlib.suppress(MalformedBatch):
        assert parse(cut, writer_id=uuid.uuid4(), first_slot=0, sender=1).slots == len(cut) // 32


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), st.sampled_from([DEFLATE, GZIP]))
def test_any_bytes_decompress_or_are_refused(body: bytes, encoding: int) -> None:
    with contextlib.suppress(MalformedBatch, BatchTooLarge):
        assert len(decompress(body, encoding)) <= MAX_BATCH_BYTES
