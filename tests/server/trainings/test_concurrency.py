"""Ranks of one launch that open, log and beat at the same moment: one project, one training, nothing lost."""

import threading
import time
import uuid

import pytest
from django.db import connection, transaction

from server.accounts import services as accounts
from server.scalars.gate import Event
from server.trainings.gating import TrainingsGate
from server.trainings.models import ConsoleBlock, Project, Training, TrainingWriter
from server.trainings.services.writers import open_writer

RANKS = 6


def at_once(work) -> None:
    """Runs ``work(rank)`` in one thread a rank, all starting together; raises what any of them raised."""
    barrier, failures = threading.Barrier(RANKS), []

    def run(rank: int) -> None:
        try:
            barrier.wait(10)
            work(rank)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(RANKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


@pytest.fixture
def user(transactional_db):
    return accounts.create_user(username="ada", password="correct horse")


def test_ranks_that_open_together_share_one_training(user):
    training = str(uuid.uuid4())

    def work(rank: int) -> None:
        body = {"training": training, "project": "new", "rank": rank, "rank_reduce": "mean", "time": time.time()}
        opened = open_writer(actor=user, writer_id=uuid.uuid4(), body={**body, "config": {f"k{rank}": rank}})
        assert str(opened.training_id) == training

    at_once(work)
    assert Project.objects.count() == Training.objects.count() == 1
    assert TrainingWriter.objects.count() == RANKS
    assert Training.objects.get().entries.count() == RANKS


def test_the_same_writer_opened_twice_at_once_is_one(user):
    training, writer = str(uuid.uuid4()), uuid.uuid4()

    def work(rank: int) -> None:
        open_writer(actor=user, writer_id=writer, body={"training": training, "time": time.time()})

    at_once(work)
    assert TrainingWriter.objects.count() == Training.objects.count() == 1


def test_events_and_heartbeats_of_many_processes_keep_every_line_and_key(user):
    training = uuid.uuid4()
    writers = [uuid.uuid4() for _ in range(RANKS)]
    for rank, writer in enumerate(writers):
        open_writer(actor=user, writer_id=writer, body={"training": str(training), "rank": rank, "time": time.time()})
    gate = TrainingsGate()

    def work(rank: int) -> None:
        for index in range(5):
            console = {"type": "console", "stream": "stdout", "first_line": index * 2, "text": f"{rank}\n{index}"}
            config = {"type": "config", "config": {f"r{rank}": index}}
            events = [
                Event(writers[rank], slot, time.time(), body, user.user_id)
                for slot, body in enumerate((console, config))
            ]
            with transaction.atomic():
                gate.seen(training_ids=[training])
                gate.apply(training_id=training, events=events)

    at_once(work)
    found = Training.objects.get()
    assert found.console_lines == RANKS * 10
    numbers = sorted(number for block in ConsoleBlock.objects.all() for number in range(block.first, block.first + 2))
    assert numbers == list(range(RANKS * 10))
    assert found.details.config == {f"r{rank}": 4 for rank in range(RANKS)}
