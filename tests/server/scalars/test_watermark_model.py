"""The watermark against a model: whatever a sender repeats, overlaps or skips, each slot is stored exactly once."""

import threading
import uuid
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pavi.protocol import pack_point, pack_tag
from server.scalars import compaction, services, verification
from server.scalars.batches import parse
from server.scalars.commit import GroupCommit, Outcome, Submission
from server.scalars.errors import Gap
from server.scalars.writers import WriterCache
from tests.server.scalars.conftest import Logger, MemoryGate

LENGTH = 60
HEAD = pack_tag(0, "a", 1.0)
HEAD_SLOTS = len(HEAD) // 32


def journal() -> bytes:
    return HEAD + b"".join(pack_point(0, step, 1.0 + step, float(step)) for step in range(LENGTH))


def submission(training: UUID, writer: UUID, start: int, stop: int) -> Submission:
    data = journal()[start * 32 : stop * 32]
    return Submission(training, writer, start, parse(data, writer_id=writer, first_slot=start, sender=1), data, 0, 1)


cuts = st.one_of(st.just(0), st.integers(HEAD_SLOTS, HEAD_SLOTS + LENGTH))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups=st.lists(st.lists(st.tuples(cuts, cuts, st.booleans()), min_size=1, max_size=4), max_size=6))
def test_any_order_of_any_cuts(
    transactional_db: None, memory_gate: MemoryGate, groups: list[list[tuple[int, int, bool]]]
) -> None:
    training, writer = uuid.uuid4(), uuid.uuid4()
    services.open_writer(training_id=training, writer_id=writer, scope=uuid.uuid4())
    processes = [GroupCommit(WriterCache()), GroupCommit(WriterCache())]  # with beliefs of their own
    watermark = 0
    for turn, group in enumerate(groups):
        sent = [(min(a, b), max(a, b)) for a, b, _ in group]
        results = processes[turn % 2].store([submission(training, writer, *cut) for cut in sent])
        for (start, stop), result in zip(sent, results, strict=True):
            if start > watermark:
                assert isinstance(result, Gap)
            else:
                watermark = max(watermark, stop)
                assert isinstance(result, Outcome)
                assert stop <= result.watermark <= max(watermark, *(end for _, end in sent))
        if group[0][2]:
            compaction.compact(training)
    items = verification.checksums(training)
    assert [item.count for item in items] == ([watermark - HEAD_SLOTS] if watermark > HEAD_SLOTS else [])
    assert all(item.intact for item in items)


@pytest.mark.parametrize("senders", [4])
def test_senders_of_one_journal_at_once(new_logger: Callable[..., Logger], senders: int) -> None:
    """Several processes send the same journal at the same time, each beginning anew (a sync beside a training)."""
    first = new_logger()
    groups = [GroupCommit(WriterCache()) for _ in range(senders)]
    failures: list[object] = []

    def send(index: int) -> None:
        from django.db import connection

        at = 0
        try:
            while at < HEAD_SLOTS + LENGTH:
                stop = HEAD_SLOTS if at == 0 else min(at + 1 + index, HEAD_SLOTS + LENGTH)
                (result,) = groups[index].store([submission(first.training, first.writer, at, stop)])
                assert isinstance(result, Outcome), result
                at = result.watermark
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(index,)) for index in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    (item,) = verification.checksums(first.training)
    assert (item.count, item.intact) == (LENGTH, True)
