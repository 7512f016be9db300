"""A full disk: said once, counted, survived; and the journal goes on when there is room again."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client_sdk.scripts import events, only_journal, run, series

SCRIPT = """
    import pavi, resource, sys, time
    training = pavi.init(strict=len(sys.argv) > 1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    step = 0
    for step in range(100):
        training.log({"a": step}, step)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    for step in range(100, 30_000):
        training.log({"a": step}, step)
        training.log({f"new/{step}": step}, step) if step % 1000 == 0 else None
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    time.sleep(1.2)
    for step in range(30_000, 40_000):
        training.log({"a": step}, step)
"""


def test_full_and_free_again(tmp_path: Path) -> None:
    code, _, err = run(SCRIPT, tmp_path)
    assert code == 0, err
    assert err.count("cannot grow") == 1
    journal = only_journal(tmp_path)
    found = series(journal)
    steps = [step for step, _ in found["a"]]
    kept_at_first = next(index for index, step in enumerate(steps) if step != index)
    assert 1_000 < kept_at_first < 30_000
    assert steps[kept_at_first:] == list(range(30_000, 40_000))
    counted = sum(event["points"] for event in events(journal, "loss"))
    assert sum(len(points) for points in found.values()) + counted == 40_000 + 30 - 1
    assert [event["status"] for event in events(journal, "finish")] == ["finished"]


def test_full_to_the_end_still_tells_the_end(tmp_path: Path) -> None:
    script = SCRIPT.replace("resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))", "sys.exit(0)")
    assert run(script, tmp_path)[0] == 0
    journal = only_journal(tmp_path)
    counted = sum(event["points"] for event in events(journal, "loss"))
    assert sum(len(points) for points in series(journal).values()) + counted == 30_000 + 29
    assert [event["status"] for event in events(journal, "finish")] == ["finished"]


def test_strict_raises(tmp_path: Path) -> None:
    code, _, err = run(SCRIPT, tmp_path, "strict")
    assert code == 1
    assert "PointsDropped" in err
    assert events(only_journal(tmp_path), "finish")[0]["status"] == "crashed"


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def may_mount(folder: Path) -> bool:
    try:
        with small_disk(folder):
            return True
    except (subprocess.CalledProcessError, OSError):
        return False


def test_real_full_disk_kills_nobody(tmp_path: Path) -> None:
    """Stores into a mapped file that has no blocks would be a SIGBUS."""
    if os.getuid() != 0 or not may_mount(tmp_path / "probe"):
        pytest.skip("only root may mount a small disk; the tests above fill one by quota")
    with small_disk(tmp_path / "disk"):
        script = """
            import pavi
            training = pavi.init()
            for step in range(40_000):
                training.log({"a": step}, step)
        """
        code, _, err = run(script, tmp_path / "disk" / "pavi")
        assert code == 0, err
        journal = only_journal(tmp_path / "disk" / "pavi")
        kept = len(series(journal)["a"])
        assert kept > 8_000
        assert kept + sum(event["points"] for event in events(journal, "loss")) == 40_000
        assert [event["status"] for event in events(journal, "finish")] == ["finished"]
        journal.close()


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    script = "import pavi\nt = pavi.init()\nt.log({'a': 1})\nprint(t.dir)\n"
    code, out, err = run(script, tmp_path / "file" / "pavi", TMPDIR=str(tmp_path))
    assert code == 0
    assert err.count("cannot be written") == 1
    assert str(tmp_path) in out
    assert series(only_journal(Path(out.strip())))["a"] == [(0, 1.0)]
