"""The calls that published training code makes, as it makes them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pavi
from pavi.tracking.notices import PaviWarning
from tests.client_sdk.scripts import events, only_journal, series


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., pavi.SummaryWriter]]:
    for name in ("PAVI_CONSOLE", "PAVI_SYSTEM", "PAVI_GIT"):
        monkeypatch.setenv(name, "0")
    monkeypatch.setenv("PAVI_MODE", "offline")
    monkeypatch.setenv("PAVI_DIR", str(tmp_path / "journals"))
    monkeypatch.chdir(tmp_path)
    started: list[pavi.SummaryWriter] = []

    def start(*arguments: Any, **keywords: Any) -> pavi.SummaryWriter:
        started.append(pavi.SummaryWriter(*arguments, **keywords))
        return started[-1]

    yield start
    for writer in started:
        writer.close()


@pytest.fixture
def journals(tmp_path: Path) -> Path:
    return tmp_path / "journals"


def test_no_argument(write: Callable[..., pavi.SummaryWriter], journals: Path) -> None:
    writer = write()
    writer.add_scalar("loss", 1.0)
    writer.add_scalar("loss", 0.5)
    writer.add_scalar("acc", 0.1)
    assert Path(writer.log_dir).is_dir()
    assert series(only_journal(journals)) == {"loss": [(0, 1.0), (1, 0.5)], "acc": [(0, 0.1)]}
    assert only_journal(journals).opening["project"] == "default"


@pytest.mark.parametrize(
    ("arguments", "keywords", "name"),
    [
        (["work_dirs/run_1"], {}, "run_1"),
        (["run_2"], {}, "run_2"),
        ([], {"log_dir": "logs/run_3"}, "run_3"),
        ([], {"name": "a", "task": "b"}, "a"),
        ([], {"task": "b"}, "b"),
        (["logs/run_4/"], {"name": "a"}, "a"),
        ([], {}, None),
    ],
)
def test_name(
    write: Callable[..., pavi.SummaryWriter], arguments: list[Any], keywords: Any, name: str | None, journals: Path
) -> None:
    writer = write(*arguments, **keywords)
    assert only_journal(journals).opening.get("name") == name
    assert Path(writer.log_dir).is_dir()


def test_openmmlab_keywords(write: Callable[..., pavi.SummaryWriter], journals: Path) -> None:
    write(
        project="p",
        name="n",
        model="ResNet",
        session_text="max_epochs: 2\n",
        labels="a, b",
        description="words",
        training_id="12",
        compare_id=7,
        overwrite_last_training=True,
    )
    opening = only_journal(journals).opening
    assert opening["project"] == "p"
    assert opening["model"] == "ResNet"
    assert opening["session_text"] == "max_epochs: 2\n"
    assert opening["tags"] == ["a", "b"]
    assert opening["description"] == "words"
    assert opening["continue_training"] == "12"
    assert opening["compare"] == "7"
    assert opening["overwrite_last_training"] is True


@pytest.mark.parametrize("keywords", [{"session_text": None}, {"session_text": ""}, {"labels": None}, {"taskid": None}])
def test_absent_stays_absent(write: Callable[..., pavi.SummaryWriter], keywords: Any, journals: Path) -> None:
    write(**keywords)
    opening = only_journal(journals).opening
    assert not {"session_text", "tags", "continue_training", "overwrite_last_training"} & opening.keys()


def test_continued_by_uuid(write: Callable[..., pavi.SummaryWriter], journals: Path) -> None:
    write(training_id="01a1f88d-4a6d-7359-a9e8-b5de866b7900")
    assert str(only_journal(journals).training) == "01a1f88d-4a6d-7359-a9e8-b5de866b7900"


def test_unknown_keyword_warns(write: Callable[..., pavi.SummaryWriter], journals: Path) -> None:
    with pytest.warns(PaviWarning, match="max_length"):
        writer = write(max_length=10)
    writer.add_scalar("a", 1, walltime=3.0, new_style=True, double_precision=True, whatever=1)
    assert series(only_journal(journals)) == {"a": [(0, 1.0)]}


def test_recorded_order_of_mmcv(write: Callable[..., pavi.SummaryWriter], journals: Path, tmp_path: Path) -> None:
    writer = write(project="p", name="n", model="M", session_text="a: 1")
    writer.add_scalars("train", {"loss": 1.0, "acc": 0.5, "learning_rate": 0.1, "momentum": 0.9}, 2)
    writer.add_scalars("train", {"loss": 0.9, "acc": 0.6, "learning_rate": 0.1, "momentum": 0.9}, 4)
    writer.add_scalars("val", {"loss": 1.1, "acc": 0.4}, 1)
    checkpoint = tmp_path / "epoch_2.pth"
    checkpoint.write_bytes(b"weights")
    writer.add_snapshot_file(tag="M", snapshot_file_path=str(checkpoint), iteration=2)
    writer.close()
    writer.close()
    found = series(only_journal(journals))
    assert found["train/loss"] == [(2, 1.0), (4, 0.9)]
    assert found["val/loss"] == [(1, 1.1)]
    assert len(events(only_journal(journals), "snapshot")) == 1
    assert [event["status"] for event in events(only_journal(journals), "finish")] == ["finished"]


def test_tensorboard_forms(write: Callable[..., pavi.SummaryWriter], journals: Path) -> None:
    with write(log_dir="runs/x") as writer:
        writer.add_scalars("loss", {"train": 1, "val": 2}, global_step=3, walltime=5.0)
        writer.add_scalars(main_tag="loss", tag_scalar_dict={"train": 2}, global_step=4)
        writer.add_scalar(tag="lr", scalar_value=0.1, global_step=1, walltime=7.0)
        writer.flush()
        assert writer.get_logdir() == "runs/x"
    journal = only_journal(journals)
    assert series(journal) == {"loss/train": [(3, 1.0), (4, 2.0)], "loss/val": [(3, 2.0)], "lr": [(1, 0.1)]}
    assert [point.time for point in journal.points()][0::3] == [5.0, 7.0]


def test_nonsense_is_survived(write: Callable[..., pavi.SummaryWriter], journals: Path) -> None:
    writer = write()
    with pytest.warns(PaviWarning):
        writer.add_scalars("train", None, 1)
    with pytest.warns(PaviWarning):
        writer.add_scalars("train", 5, "x")
    writer.add_scalar("a", 1)
    assert "a" in series(only_journal(journals))


def test_unknown_call_is_no_attribute(write: Callable[..., pavi.SummaryWriter]) -> None:
    with pytest.raises(AttributeError, match="add_sclar"):
        write().add_sclar("a", 1)  # type: ignore[attr-defined]


def test_tensorboards_constructor(write: Callable[..., pavi.SummaryWriter], journals: Path) -> None:
    writer = write(None, "_lr_0.1", 5, 20, 60, ".mine")
    assert (writer.purge_step, writer.max_queue, writer.flush_secs, writer.filename_suffix) == (5, 20, 60, ".mine")
    writer.training.log({"a": 1.0})
    journal = only_journal(journals)
    assert journal.opening["name"].endswith("_lr_0.1")
    assert events(journal, "rewind") == [{"type": "rewind", "step": 4}]
    assert series(journal) == {"a": [(5, 1.0)]}


def test_hparams_become_config_summary_and_series(write: Callable[..., pavi.SummaryWriter], journals: Path) -> None:
    writer = write()
    writer.add_hparams({"lr": 0.1, "net": "r50"}, {"hparam/accuracy": 0.5, "loss": 2})
    writer.add_hparams({"lr": 0.2}, {"hparam/accuracy": 0.75}, global_step=7)
    journal = only_journal(journals)
    assert [event["config"] for event in events(journal, "config")] == [{"lr": 0.1, "net": "r50"}, {"lr": 0.2}]
    assert events(journal, "summary")[0]["summary"] == {"accuracy": 0.5, "loss": 2}
    assert series(journal) == {"hparam/accuracy": [(0, 0.5), (7, 0.75)], "hparam/loss": [(0, 2.0)]}


def test_file_writer_is_harmless(write: Callable[..., pavi.SummaryWriter], journals: Path) -> None:
    class Value:
        """As a protobuf message of TensorBoard behaves."""

        def __init__(self, tag: str, number: float | None) -> None:
            self.tag, self.simple_value = tag, number

        def HasField(self, name: str) -> bool:  # noqa: N802  # protobuf's name
            return self.simple_value is not None

    class Summary:
        value = (Value("a", 1.0), Value("b", None))

    writer = write()
    with pytest.warns(PaviWarning, match="scalars only"):
        writer._get_file_writer().add_summary(Summary(), 3)
    writer.file_writer.flush()
    writer.file_writer.close()
    assert writer.file_writer.get_logdir() == writer.log_dir
    assert series(only_journal(journals)) == {"a": [(3, 1.0)]}
