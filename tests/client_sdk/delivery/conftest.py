"""Journals written record by record, and a client that speaks to the real platform."""

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pavi.delivery.client import Client
from pavi.journal import Journal, JournalWriter, open_journal
from pavi.protocol import pack_event, pack_point, pack_tag
from tests.platform import RunningPlatform


class Written:
    """A journal under test: append to ``writer``, read through ``journal``."""

    def __init__(self, root: Path, **opening: Any) -> None:
        self.training = uuid.uuid4()
        self.writer = JournalWriter(root, self.training, uuid.uuid4())
        event = {
            "type": "open",
            "protocol": 1,
            "training": str(self.training),
            "project": "delivery",
            "time": time.time(),
        }
        self.append(pack_event(event | opening, time.time()), pack_tag(0, "loss", 0.0))
        self.journal: Journal = open_journal(self.writer.folder)

    def append(self, *records: bytes) -> None:
        for record in records:
            assert self.writer.append(record)

    def points(self, start: int, stop: int, tag: int = 0) -> None:
        self.append(*(pack_point(tag, step, 1.0 + step, step / 2) for step in range(start, stop)))


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Callable[..., Written]]:
    """Begins a journal."""
    made: list[Written] = []

    def begin(**opening: Any) -> Written:
        made.append(Written(tmp_path / "journals", **opening))
        return made[-1]

    yield begin
    for one in made:
        one.writer.close()
        one.journal.close()


@pytest.fixture
def written(write: Callable[..., Written]) -> Written:
    """One."""
    return write()


@pytest.fixture
def client(platform: RunningPlatform) -> Iterator[Client]:
    """The first user's."""
    client = Client(platform.url, platform.token)
    yield client
    client.close()


def stored(client: Client, training: object, tag: str = "loss") -> list[tuple[int, float]]:
    """``(step, value)`` of a series as the server has it, all ranks and repetitions included."""
    answer = client.get("scalars/points", {"training": str(training), "tag": tag})
    return list(zip(answer["steps"], answer["values"], strict=True))
