"""What all integrations share: one training over several phases, and a clear word when a framework is missing."""

import importlib
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pavi.integrations.session import Session
from tests.client_sdk.scripts import events, journals_in, series

QUIET = {"mode": "offline", "console": False, "system_metrics": False, "git": False}


@pytest.fixture
def session(tmp_path: Path) -> Callable[..., Session]:
    return lambda **options: Session({**QUIET, "dir": tmp_path, **options})


def statuses(root: Path) -> list[str | None]:
    return [next((event["status"] for event in events(one, "finish")), None) for one in journals_in(root)]


@pytest.mark.parametrize(
    ("module", "package", "install"),
    [
        ("mmengine", "mmengine", "mmengine"),
        ("lightning", "lightning", "lightning"),
        ("transformers", "transformers", "transformers"),
        ("keras", "keras", "keras"),
        ("torch", "torch", "torch"),
        ("optuna", "optuna", "optuna"),
    ],
)
def test_a_missing_framework_is_named(module: str, package: str, install: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in (package, "pytorch_lightning")]:
        monkeypatch.delitem(sys.modules, name)
    for name in (package, "pytorch_lightning"):
        monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type]  # what Python calls "not importable"
    monkeypatch.delitem(sys.modules, f"pavi.integrations.{module}", raising=False)
    with pytest.raises(ImportError, match=f"pavi.integrations.{module} needs {package}.*pip install {install}"):
        importlib.import_module(f"pavi.integrations.{module}")


def test_nothing_begins_before_it_is_needed(session: Callable[..., Session], tmp_path: Path) -> None:
    made = session(name="later")
    assert made.id is not None
    made.end()
    assert not journals_in(tmp_path)
    assert made.training.id == made.id
    made.end()


def test_the_next_phase_goes_on_with_the_same_training(session: Callable[..., Session], tmp_path: Path) -> None:
    made = session(name="phases", overwrite_last_training=True, resume_from_step=3)
    made.training.log({"a": 1}, 5)
    made.end("crashed", reason="once")
    assert not made.running
    made.training.log({"a": 2}, 6)
    made.end()
    first, second = journals_in(tmp_path)
    assert first.training == second.training
    assert [series(one)["a"] for one in (first, second)] == [[(5, 1.0)], [(6, 2.0)]]
    assert statuses(tmp_path) == ["crashed", "finished"]
    assert "overwrite_last_training" in first.opening
    assert "overwrite_last_training" not in second.opening
    assert [len(events(one, "rewind")) for one in (first, second)] == [1, 0]


def test_renewed_is_another_training(session: Callable[..., Session], tmp_path: Path) -> None:
    made = session(name="one")
    before = made.training.id
    made.renew(name="two")
    assert made.training.id != before
    made.end()
    assert [one.opening["name"] for one in journals_in(tmp_path)] == ["one", "two"]
    assert statuses(tmp_path) == ["finished", "finished"]


def test_a_training_of_the_caller_is_left_running(session: Callable[..., Session], tmp_path: Path) -> None:
    training = session(name="mine").training
    made = Session({}, training)
    made.end("crashed")
    made.renew()
    assert made.training is training
    made.training.log({"a": 1}, 0)
    training.finish()
    assert statuses(tmp_path) == ["finished"]


def test_a_pickled_one_goes_on_elsewhere(session: Callable[..., Session], tmp_path: Path) -> None:
    made = session()
    made.training.log({"a": 1}, 0)
    other = pickle.loads(pickle.dumps(made))
    assert other.training.id == made.training.id
    other.end()
    made.end()
    assert len({one.training for one in journals_in(tmp_path)}) == 1


@pytest.mark.parametrize("option", ["projekt", "log_modell"])
def test_an_unknown_option_is_refused_at_once(option: str) -> None:
    with pytest.raises(TypeError, match=option):
        Session({option: 1})


def test_an_id_of_the_environment_counts(
    session: Callable[..., Session], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PAVI_TRAINING_ID", "8f8e5f2c-7a43-4a3e-9d4b-0d7c7d7c2a11")
    made = session()
    assert made.id == "8f8e5f2c-7a43-4a3e-9d4b-0d7c7d7c2a11" == made.training.id
    made.end()


def test_ranks_that_log_together_get_no_id_of_their_own(session: Callable[..., Session]) -> None:
    made = session(rank_reduce="mean")
    assert made.id is None
    assert made.training.id == made.id
    made.end()
