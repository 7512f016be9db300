"""However a process ends, the journal tells how, and every call that returned is in it."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.client_sdk.scripts import events, journals_in, only_journal, run, series, start

LOOP = """
    import pavi, sys, time, os
    training = pavi.init(project="p", name="n")
    for step in range(10):
        training.log({"a": step}, step)
"""


def finish(root: Path) -> dict[str, object]:
    (event,) = events(only_journal(root), "finish")
    return event


def test_clean_exit_without_a_word(tmp_path: Path) -> None:
    code, _, _ = run(LOOP, tmp_path)
    assert code == 0
    assert finish(tmp_path) == {"type": "finish", "status": "finished"}
    assert len(series(only_journal(tmp_path))["a"]) == 10


def test_finish_twice_and_then_log(tmp_path: Path) -> None:
    code, _, err = run(LOOP + "    training.finish()\n    training.finish()\n    training.log({'b': 1})\n", tmp_path)
    assert code == 0
    assert finish(tmp_path)["status"] == "finished"
    assert err.count("logged after its end") == 1
    assert set(series(only_journal(tmp_path))) == {"a"}


def test_exception(tmp_path: Path) -> None:
    code, _, err = run(LOOP + "    raise ValueError('no data')\n", tmp_path)
    assert code == 1
    assert "Traceback" in err
    assert finish(tmp_path) == {
        "type": "finish",
        "status": "crashed",
        "reason": "ValueError: no data",
        "exit_code": 1,
    }


@pytest.mark.parametrize(
    ("call", "code", "status"),
    [
        ("sys.exit()", 0, "finished"),
        ("sys.exit(0)", 0, "finished"),
        ("sys.exit(3)", 3, "crashed"),
        ("sys.exit('no GPU')", 1, "crashed"),
    ],
)
def test_exit_status(tmp_path: Path, call: str, code: int, status: str) -> None:
    ended, _, err = run(LOOP + f"    {call}\n", tmp_path)
    assert ended == code
    event = finish(tmp_path)
    assert event["status"] == status
    if code:
        assert event["reason"] == call
        assert event["exit_code"] == code
    assert "Traceback" not in err


def test_exit_that_somebody_caught_is_no_end(tmp_path: Path) -> None:
    caught = "    try:\n        sys.exit(2)\n    except SystemExit:\n        pass\n    sys.exit(0)\n"
    code, _, _ = run(LOOP + caught, tmp_path)
    assert code == 0
    assert finish(tmp_path)["status"] == "finished"


def test_own_excepthook_is_still_called(tmp_path: Path) -> None:
    hook = "import sys\n    sys.excepthook = lambda *a: print('mine', a[0].__name__)\n"
    code, out, _ = run("    " + hook + LOOP.lstrip("\n") + "    1 / 0\n", tmp_path)
    assert code == 1
    assert out == "mine ZeroDivisionError\n"
    assert finish(tmp_path)["reason"] == "ZeroDivisionError: division by zero"


def test_context_manager(tmp_path: Path) -> None:
    run("import pavi\nwith pavi.init() as t:\n    t.log({'a': 1})\n    raise SystemExit(3)\n", tmp_path / "exit")
    assert finish(tmp_path / "exit")["exit_code"] == 3
    run("import pavi\nwith pavi.init() as t:\n    t.log({'a': 1})\n    raise SystemExit(0)\n", tmp_path / "clean")
    assert finish(tmp_path / "clean") == {"type": "finish", "status": "finished"}
    run("import pavi\nwith pavi.init() as t:\n    1 / 0\n", tmp_path / "crash")
    assert finish(tmp_path / "crash")["status"] == "crashed"


def wait_for_line(process: object) -> None:
    assert process.stdout.readline() == "ready\n"  # type: ignore[attr-defined]


def test_sigterm_keeps_its_exit_code(tmp_path: Path) -> None:
    process = start(LOOP + "    print('ready')\n    time.sleep(60)\n", tmp_path)
    wait_for_line(process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGTERM
    assert finish(tmp_path)["reason"] == "terminated (SIGTERM)"


def test_sigterm_handler_of_the_script_goes_first(tmp_path: Path) -> None:
    script = """
        import pavi, signal, sys, time
        def handler(*_):
            training.log({"checkpoint": 1})
            sys.exit(7)
        signal.signal(signal.SIGTERM, handler)
        training = pavi.init()
        print("ready")
        time.sleep(60)
    """
    process = start(script, tmp_path)
    wait_for_line(process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 7
    assert "checkpoint" in series(only_journal(tmp_path))
    assert finish(tmp_path)["status"] == "crashed"


def test_sigterm_handler_that_returns_lets_the_training_go_on(tmp_path: Path) -> None:
    script = """
        import pavi, signal, sys, time
        told = []
        signal.signal(signal.SIGTERM, lambda *_: told.append(1))
        training = pavi.init()
        print("ready")
        while not told:
            time.sleep(0.01)
        training.log({"after": 1})
    """
    process = start(script, tmp_path)
    wait_for_line(process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert "after" in series(only_journal(tmp_path))
    assert finish(tmp_path)["status"] == "finished"


def test_ctrl_c(tmp_path: Path) -> None:
    process = start(LOOP + "    print('ready')\n    time.sleep(60)\n", tmp_path)
    wait_for_line(process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode in (-signal.SIGINT, 130)
    assert finish(tmp_path)["reason"] == "interrupted"


@pytest.mark.parametrize("seed", range(4))
def test_sigkill_loses_nothing_that_returned(seed: int, tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = """
        import os, pavi, sys
        told = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
        training = pavi.init(project="p")
        for step in range(10_000_000):
            training.log({"a": step, "b": {"c": -step}}, step)
            if step % 7 == 0:
                training.log({f"new/{step}": 1.0}, step)
            os.pwrite(told, b"%10d" % (step + 1), 0)
    """
    process = start(script, tmp_path / "journals", str(told))
    while not told.exists() or not told.read_text():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(random.Random(seed).uniform(0.0, 0.6))
    process.kill()
    process.communicate()
    returned = int(told.read_text())
    found = series(only_journal(tmp_path / "journals"))
    assert returned <= len(found["a"]) <= returned + 1
    assert found["a"] == [(step, float(step)) for step in range(len(found["a"]))]
    assert found["b/c"] == [(step, float(-step)) for step in range(len(found["a"]))]
    new = [tag for tag in found if tag.startswith("new/")]
    assert len(new) >= (returned - 1) // 7


def test_two_trainings_in_one_process_end_each(tmp_path: Path) -> None:
    script = """
        import pavi
        one, two = pavi.init(name="one"), pavi.init(name="two")
        for step in range(5):
            one.log({"a": 1})
            two.log({"a": 2})
        one.finish()
        two.log({"a": 2})
    """
    assert run(script, tmp_path)[0] == 0
    one, two = sorted(journals_in(tmp_path), key=lambda journal: journal.opening["name"])
    assert len(series(one)["a"]) == 5
    assert len(series(two)["a"]) == 6
    assert one.training != two.training
    for journal in (one, two):
        assert [event["status"] for event in events(journal, "finish")] == ["finished"]


def test_training_that_nobody_holds_ends_too(tmp_path: Path) -> None:
    assert run("import pavi\npavi.init().log({'a': 1})\nimport gc; gc.collect()\n", tmp_path)[0] == 0
    assert finish(tmp_path)["status"] == "finished"


def test_missing_stderr_is_survived(tmp_path: Path) -> None:
    assert run("import pavi, sys\nsys.stderr.close()\npavi.init().log({'a': 'x'})\n", tmp_path)[0] == 0
    assert finish(tmp_path)["status"] == "finished"


def test_pid_of_the_parent_is_told(tmp_path: Path) -> None:
    process = start(LOOP, tmp_path)
    process.communicate(timeout=30)
    assert only_journal(tmp_path).opening["pid"] == process.pid != os.getpid()
