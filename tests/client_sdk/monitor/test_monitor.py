"""``pavi.monitor.build``: the choice, its mistakes, and what arrives in a journal."""

from pathlib import Path
from typing import Any

import pytest

from pavi import monitor
from pavi.exception import BadSetting
from tests.client_sdk.scripts import events, journals_in, only_journal, run, series

_PAVI = {"mode": "offline", "console": False, "system_metrics": False, "git": False}


def test_everything_lands_in_the_training(tmp_path: Path) -> None:
    weights = tmp_path / "w.pth"
    weights.write_bytes(b"weights")
    cfg = {"type": "pavi", "project": "zoo", "dir": str(tmp_path / "journals"), **_PAVI}
    with monitor.build(cfg, name="run", config={"lr": 0.1}, log_dir="unused") as made:
        made.add_scalar("loss", 1.5, 3)
        made.add_scalars("val", {"top1": 0.5, "top5": 0.75}, 3)
        made.add_image("sample", [[[0, 255]], [[0, 255]], [[0, 255]]], 3)
        made.add_text("note", "*hello*", 3)
        made.add_snapshot("model", weights, 3)
        made.flush()
        assert made.id is not None
    journal = only_journal(tmp_path / "journals")
    assert series(journal) == {"loss": [(3, 1.5)], "val/top1": [(3, 0.5)], "val/top5": [(3, 0.75)]}
    assert (journal.opening["project"], journal.opening["name"]) == ("zoo", "run")
    assert journal.opening["config"] == {"lr": 0.1}
    assert str(journal.training) == made.id
    assert [event["name"] for event in events(journal, "snapshot")] == ["w.pth"]
    assert sorted(event["kind"] for event in events(journal, "media")) == ["image", "text"]
    assert [event["status"] for event in events(journal, "finish")] == ["finished"]


def test_what_the_configuration_says_wins(tmp_path: Path) -> None:
    cfg = {"type": "pavi", "name": "mine", "dir": str(tmp_path), **_PAVI}
    monitor.build(cfg, name="offered").close()
    assert only_journal(tmp_path).opening["name"] == "mine"


def test_an_exception_is_a_crash(tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        monitor.build({"type": "pavi", "dir": str(tmp_path), **_PAVI}) as made,
    ):
        made.add_scalar("loss", 1 / 0, 1)
    assert [event["status"] for event in events(only_journal(tmp_path), "finish")] == ["crashed"]


@pytest.mark.parametrize(
    ("cfg", "hint"),
    [
        (None, "monitor: {type: pavi"),
        ({}, "there are pavi, tensorboard"),
        ({"type": "pavvi"}, "did you mean 'pavi'"),
        ({"type": "pavi", "projekt": "x"}, "did you mean 'project'"),
        ({"type": "tensorboard", "project": "x"}, "log_dir"),
    ],
    ids=["none", "empty", "type", "key", "other-type's-key"],
)
def test_mistakes(cfg: Any, hint: str) -> None:
    with pytest.raises(BadSetting, match="monitor: ") as caught:
        monitor.build(cfg)
    assert hint in str(caught.value)


def test_without_a_writer_of_event_files_it_says_what_to_install(tmp_path: Path) -> None:
    script = """
        import sys
        sys.modules["torch"] = sys.modules["tensorboardX"] = None
        from pavi import monitor
        try:
            monitor.build({"type": "tensorboard"})
        except ImportError as error:
            print(error)
    """
    code, out, err = run(script, tmp_path)
    assert (code, err) == (0, "")
    assert "pip install tensorboard" in out


def test_other_ranks_write_nothing(tmp_path: Path) -> None:
    script = """
        import os, sys
        from pavi import monitor
        os.chdir(sys.argv[1])
        for type in ("pavi", "tensorboard"):
            with monitor.build({"type": type}) as made:
                made.add_scalar("loss", 1, 1)
                made.add_scalars("val", {"a": 1})
                made.flush()
        print(os.listdir("."))
    """
    (tmp_path / "work").mkdir()
    rank = {"RANK": "1", "WORLD_SIZE": "2"}
    assert run(script, tmp_path / "journals", str(tmp_path / "work"), **rank) == (0, "[]\n", "")
    assert journals_in(tmp_path / "journals") == []
