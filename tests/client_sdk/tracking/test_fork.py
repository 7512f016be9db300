"""Children of a training process: each that logs gets a journal of its own, and the parent is not disturbed."""

from pathlib import Path

import pytest

from tests.client_sdk.scripts import events, journals_in, run, series


def test_forked_child_that_logs(tmp_path: Path) -> None:
    script = """
        import os, pavi
        training = pavi.init(name="n", config={"lr": 1}, resume="never")
        training.log({"a": 0, "parent": 1}, 0)
        child = os.fork()
        if child == 0:
            for step in range(100):
                training.log({"a": step, "child": 1}, step)
            os._exit(0)
        for step in range(1, 100):
            training.log({"a": step, "parent": 1}, step)
        os.waitpid(child, 0)
    """
    assert run(script, tmp_path)[0] == 0
    parent, child = journals_in(tmp_path)
    assert parent.training == child.training
    assert len(series(parent)["parent"]) == 100
    assert len(series(child)["child"]) == 100
    assert series(parent)["a"] == series(child)["a"] == [(step, float(step)) for step in range(100)]
    assert child.opening["config"] == {"lr": 1}
    assert "resume" not in child.opening
    assert child.opening["pid"] != parent.opening["pid"]
    assert [event["status"] for event in events(parent, "finish")] == ["finished"]
    assert events(child, "finish") == []


def test_silent_child_leaves_no_trace(tmp_path: Path) -> None:
    script = """
        import os, pavi, sys
        training = pavi.init()
        training.log({"a": 1})
        child = os.fork()
        if child == 0:
            sys.exit(0)
        os.waitpid(child, 0)
        training.log({"a": 2})
    """
    assert run(script, tmp_path)[0] == 0
    (journal,) = journals_in(tmp_path)
    assert len(series(journal)["a"]) == 2
    assert [event["status"] for event in events(journal, "finish")] == ["finished"]


def test_fork_while_threads_log(tmp_path: Path) -> None:
    script = """
        import os, pavi, threading
        training = pavi.init()
        stop = threading.Event()
        def work(name):
            step = 0
            while not stop.is_set():
                training.log({name: step}, step)
                step += 1
        threads = [threading.Thread(target=work, args=[f"t{i}"]) for i in range(3)]
        for thread in threads: thread.start()
        for number in range(20):
            child = os.fork()
            if child == 0:
                training.log({"child": number}, number)
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        stop.set()
        for thread in threads: thread.join()
    """
    code, _, err = run(script, tmp_path)
    assert code == 0, err
    parent, *children = journals_in(tmp_path)
    assert sorted(value for child in children for _, value in series(child)["child"]) == list(range(20))
    for name, points in series(parent).items():
        assert points == [(step, float(step)) for step in range(len(points))], name


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_workers(method: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing, pavi, sys\n"
        "training = None\n"
        "def work(number):\n"
        "    if training is not None:\n"
        "        training.log({'worker': number}, number)\n"
        "    return number\n"
        "if __name__ == '__main__':\n"
        "    training = pavi.init()\n"
        "    training.log({'a': 1})\n"
        "    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:\n"
        "        assert pool.map(work, range(8)) == list(range(8))\n"
        "    training.log({'a': 2})\n"
    )
    code, _, err = run(
        f"import runpy, sys\nsys.argv = ['x', {method!r}]\nrunpy.run_path({str(script)!r}, run_name='__main__')",
        tmp_path / "j",
    )
    assert code == 0, err
    parent, *children = journals_in(tmp_path / "j")
    assert len(series(parent)["a"]) == 2
    assert [event["status"] for event in events(parent, "finish")] == ["finished"]
    logged = sorted(value for child in children for _, value in series(child)["worker"])
    assert logged == ([float(number) for number in range(8)] if method == "fork" else [])
