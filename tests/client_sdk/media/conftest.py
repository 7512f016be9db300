"""Trainings that journal into a folder of the test, and what their journals hold of media."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.client_sdk.scripts import events, only_journal
from tests.client_sdk.tracking.conftest import begin, training

__all__ = ["begin", "training"]


@pytest.fixture
def logged(tmp_path: Path) -> Callable[[], list[dict[str, Any]]]:
    """The media events of the test's training; each one's file is there, and under ``data``."""

    def read() -> list[dict[str, Any]]:
        journal = only_journal(tmp_path)
        found = events(journal, "media")
        for event in found:
            if "sha256" in event:
                event["data"] = (journal.folder / "files" / event["sha256"]).read_bytes()
                assert len(event["data"]) == event["size"]
            else:
                assert "body" in event
        return found

    return read
