"""Media through `Training.log`: into the journal with the numbers, bytes before their event, and never a raise."""

import signal
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

import pavi
from pavi.exception import PointsDropped
from pavi.tracking.notices import PaviWarning
from tests.client_sdk.scripts import events, journals_in, only_journal, run, series, start

Logged = Callable[[], list[dict[str, Any]]]
PICTURE = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


def losses(root: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for event in events(only_journal(root), "loss"):
        found[event["reason"]] = found.get(event["reason"], 0) + event["points"]
    return found


def test_numbers_and_media_in_one_call(training: pavi.Training, tmp_path: Path, logged: Logged) -> None:
    for step in (10, 20):
        training.log({"loss": 0.5, "val": {"sample": pavi.Image(PICTURE, "c"), "acc": 1}, "text": pavi.Text("x")}, step)
    assert series(only_journal(tmp_path)) == {"loss": [(10, 0.5), (20, 0.5)], "val/acc": [(10, 1.0), (20, 1.0)]}
    found = logged()
    assert [(event["kind"], event["tag"], event["step"]) for event in found] == [
        ("image", "val/sample", 10),
        ("text", "text", 10),
        ("image", "val/sample", 20),
        ("text", "text", 20),
    ]
    assert found[0]["meta"] == {"width": 2, "height": 2, "channels": 3, "caption": "c"}
    assert found[0]["time"] == next(iter(only_journal(tmp_path).points())).time
    assert found[1]["body"] == {"text": "x"}


def test_steps_go_on(training: pavi.Training, tmp_path: Path, logged: Logged) -> None:
    training.log({"a": pavi.Text("0")})
    training.log({"loss": 1.0})
    training.log({"a": pavi.Text("2"), "loss": 1.0})
    assert [event["step"] for event in logged()] == [0, 2]
    assert series(only_journal(tmp_path)) == {"loss": [(1, 1.0), (2, 1.0)]}


def test_one_tag_may_name_a_number_and_a_picture(training: pavi.Training, tmp_path: Path, logged: Logged) -> None:
    for value in (1.0, pavi.Image(PICTURE), 2.0):
        training.log({"a": value})
    assert series(only_journal(tmp_path)) == {"a": [(0, 1.0), (2, 2.0)]}
    assert [event["step"] for event in logged()] == [1]


def test_list_is_a_grid(training: pavi.Training, logged: Logged) -> None:
    training.log({"grid": [pavi.Image(PICTURE + index) for index in range(3)]}, 1)
    assert [event.get("index", 0) for event in logged()] == [0, 1, 2]
    assert len({event["sha256"] for event in logged()}) == 3


def test_grid_beyond_the_cap(training: pavi.Training, tmp_path: Path, logged: Logged) -> None:
    with pytest.warns(PaviWarning, match="the first 64 are kept"):
        training.log({"grid": [pavi.Text(str(index)) for index in range(70)]}, 1)
    assert len(logged()) == 64
    training.finish()
    assert losses(tmp_path) == {"too large": 6}


def test_pillow_is_recognised_alone_and_in_lists(training: pavi.Training, logged: Logged) -> None:
    picture = Pillow.new("RGB", (5, 4))
    training.log({"one": picture, "several": [picture, pavi.Image(PICTURE)], "loss": 1}, 1)
    assert [(event["kind"], event["tag"]) for event in logged()] == [
        ("image", "one"),
        ("image", "several"),
        ("image", "several"),
    ]


def test_large_body_travels_as_a_file(training: pavi.Training, logged: Logged) -> None:
    training.log({"small": pavi.Table([[1]]), "large": pavi.Table([["x" * 100]] * 1000)}, 1)
    small, large = logged()
    assert small["body"]["rows"] == [[1]]
    assert large["media_type"] == "application/json"
    assert large["data"].startswith(b'{"columns":[{"name":"0","type":"string"}],"rows":[["xxx')
    assert "body" not in large


def test_value_may_change_right_after(training: pavi.Training, logged: Logged) -> None:
    array = np.zeros((4, 4), np.uint8)
    training.log({"a": pavi.Image(array)})
    array[:] = 255
    training.log({"a": pavi.Image(array)})
    assert len({event["sha256"] for event in logged()}) == 2


def test_what_cannot_be_shown_is_said_once_and_counted(training: pavi.Training, tmp_path: Path, logged: Logged) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(3):
            training.log({"a": pavi.Image(np.zeros((2, 2, 7))), "b": pavi.Histogram([]), "loss": 1.0})
    assert len(told) == 2
    assert "the image 'a' has the shape (2, 2, 7)" in str(told[0].message)
    assert logged() == []
    assert len(series(only_journal(tmp_path))["loss"]) == 3
    training.finish()
    assert losses(tmp_path) == {"not media": 6}


def test_a_mistake_in_one_thing_spares_the_others(training: pavi.Training, tmp_path: Path, logged: Logged) -> None:
    with pytest.warns(PaviWarning, match="the audio 'a' failed"):
        training.log({"a": pavi.Audio(np.zeros(5), sample_rate="many"), "b": pavi.Text("x")})  # type: ignore[arg-type]
    assert [event["tag"] for event in logged()] == ["b"]
    training.finish()
    assert losses(tmp_path) == {"not media": 1}


def test_bad_tag_is_said(training: pavi.Training, tmp_path: Path, logged: Logged) -> None:
    with pytest.warns(PaviWarning, match="control character"):
        training.log({"a\nb": pavi.Text("x")})
    assert logged() == []


def test_strict_raises(begin: Callable[..., pavi.Training]) -> None:
    with pytest.raises(PointsDropped, match="shape"):
        begin(strict=True).log({"a": pavi.Image(np.zeros((2, 2, 7)))})


def test_after_the_end_nothing_is_written(training: pavi.Training, tmp_path: Path) -> None:
    training.finish()
    before = only_journal(tmp_path).committed
    with pytest.warns(PaviWarning, match="finished"):
        training.log({"a": pavi.Image(PICTURE)})
    training.add_trace(b"[]")
    assert only_journal(tmp_path).committed == before


def test_trace_and_its_handler(training: pavi.Training, tmp_path: Path, logged: Logged) -> None:
    class Profiler:
        step_num = 7

        def export_chrome_trace(self, path: str) -> None:
            Path(path).write_text('{"traceEvents": []}')

    pavi.media.trace_handler(training)(Profiler())
    (tmp_path / "t.json").write_text("[]")
    training.add_trace(tmp_path / "t.json", "mine", 3)
    assert [(event["tag"], event["step"], event["media_type"]) for event in logged()] == [
        ("profile", 7, "application/gzip"),
        ("mine", 3, "application/json"),
    ]


def test_snapshot_of_a_state(training: pavi.Training, tmp_path: Path) -> None:
    state = {"weight": np.arange(3.0)}
    for _ in range(2):
        training.add_snapshot("model", state, 5)
    (event,) = events(only_journal(tmp_path), "snapshot")
    assert (event["tag"], event["iteration"], event["name"]) == ("model", 5, "model_5.pth")
    assert (only_journal(tmp_path).folder / "files" / event["sha256"]).stat().st_size == event["size"]


def test_many_threads(training: pavi.Training, logged: Logged, tmp_path: Path) -> None:
    def work(number: int) -> None:
        for step in range(10):
            training.log({f"p{number}": pavi.Image(PICTURE + number), f"loss{number}": 1.0}, step)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((event["tag"], event["step"]) for event in logged()) == [
        (f"p{number}", step) for number in range(6) for step in range(10)
    ]
    assert all(len(points) == 10 for points in series(only_journal(tmp_path)).values())


def test_disabled_encodes_nothing(tmp_path: Path) -> None:
    script = """
        import sys, pavi
        class Never(pavi.Image):
            def encode(self):
                raise SystemExit("encoded")
        training = pavi.init()
        training.log({"a": Never(None), "b": 1})
        writer = pavi.SummaryWriter()
        writer.add_image("a", None)
        writer.add_snapshot("a", {}, 1)
        training.add_trace("nothing")
        print("numpy" in sys.modules)
    """
    assert run(script, tmp_path / "journals", PAVI_MODE="disabled") == (0, "False\n", "")


def test_words_need_no_numpy(tmp_path: Path) -> None:
    script = """
        import sys
        sys.modules["numpy"] = None
        import pavi
        training = pavi.init()
        training.log({"t": pavi.Text("x"), "rows": pavi.Table([[1]]), "picture": pavi.Image([[1]])})
    """
    code, _, err = run(script, tmp_path)
    assert code == 0
    assert "the image 'picture' needs numpy: pip install numpy" in err
    assert [event["kind"] for event in events(only_journal(tmp_path), "media")] == ["text", "table"]


def test_forked_child_logs_into_a_journal_of_its_own(tmp_path: Path) -> None:
    script = """
        import os, pavi
        training = pavi.init()
        if os.fork() == 0:
            training.log({"a": pavi.Image(b"\\x89PNG\\r\\n\\x1a\\n" + bytes(8) + b"\\0\\0\\0\\1\\0\\0\\0\\1")}, 1)
            training.finish()
            os._exit(0)
        os.wait()
        training.log({"b": pavi.Text("x")}, 1)
    """
    assert run(script, tmp_path)[0] == 0
    found = {tuple(event["tag"] for event in events(journal, "media")) for journal in journals_in(tmp_path)}
    assert found == {("a",), ("b",)}


def test_killed_training_has_the_file_of_every_event(tmp_path: Path) -> None:
    script = """
        import numpy, pavi
        training = pavi.init()
        chance = numpy.random.default_rng(0)
        step = 0
        while True:
            training.log({"a": pavi.Image(chance.integers(0, 255, (40, 40), numpy.uint8))}, step)
            step += 1
            if step == 20:
                print("on the way", flush=True)
    """
    process = start(script, tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "on the way\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    journal = only_journal(tmp_path)
    found = events(journal, "media")
    assert len(found) >= 20
    for event in found:
        assert (journal.folder / "files" / event["sha256"]).stat().st_size == event["size"]


def test_full_disk_is_said_and_the_loop_goes_on(tmp_path: Path) -> None:
    script = """
        import numpy, resource, pavi
        training = pavi.init()
        training.log({"loss": 1.0})
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        training.log({"a": pavi.Tensor(numpy.zeros(1 << 20)), "loss": 2.0})
        training.log({"b": pavi.Tensor(numpy.zeros(10)), "loss": 3.0})
    """
    code, _, err = run(script, tmp_path)
    assert code == 0
    assert "the tensor 'a' is not kept: File too large" in err
    journal = only_journal(tmp_path)
    assert [event["tag"] for event in events(journal, "media")] == ["b"]
    assert [path.name for path in (journal.folder / "files").iterdir()] == [
        event["sha256"] for event in events(journal, "media")
    ]
    assert series(journal) == {"loss": [(0, 1.0), (1, 2.0), (2, 3.0)]}
    assert losses(tmp_path) == {"no room": 1}
