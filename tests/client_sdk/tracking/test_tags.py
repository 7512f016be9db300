"""Which tags are taken, and how many."""

from pathlib import Path

import pytest

import pavi
from pavi.protocol import MAX_TAGS
from pavi.tracking.notices import PaviWarning
from tests.client_sdk.scripts import events, only_journal, series
from tests.client_sdk.tracking.naming import named

BAD = ["", "   ", "x" * 513, "a\nb", "a\x00b", "\ud800"]


@pytest.mark.parametrize(
    "tag", ["train/loss", "acc (top 1)", "é世界🙂", "a b", "x" * 512, "\\", '"', "'", "loss/train"]
)
def test_any_reasonable_tag(training: pavi.Training, tag: str, tmp_path: Path) -> None:
    training.log({tag: 1.0})
    assert list(series(only_journal(tmp_path))) == [tag]


@pytest.mark.parametrize("tag", BAD, ids=named)
def test_bad_tag_is_said_once_and_counted(training: pavi.Training, tag: str, tmp_path: Path) -> None:
    with pytest.warns(PaviWarning, match="the tag "):
        training.log({tag: 1.0, "good": 2.0}, 0)
    for step in (1, 2):  # a second warning would be an error
        training.log({tag: 1.0, "good": 2.0}, step)
    training.finish()
    journal = only_journal(tmp_path)
    assert list(series(journal)) == ["good"]
    assert [(event["points"], event["reason"]) for event in events(journal, "loss")] == [(3, "bad tag")]


def test_too_many_tags(training: pavi.Training, tmp_path: Path) -> None:
    for start in range(0, MAX_TAGS, 10_000):
        training.log({f"tag/{number}": 1.0 for number in range(start, start + 10_000)})
    with pytest.warns(PaviWarning, match="at most") as said:
        training.log({f"more/{number}": 1.0 for number in range(500)})
    assert len(said) == 1
    training.log({"tag/0": 2.0})
    training.finish()
    journal = only_journal(tmp_path)
    found = series(journal)
    assert len(found) == MAX_TAGS
    assert found["tag/0"][-1][1] == 2.0
    assert [event["points"] for event in events(journal, "loss")] == [500]
