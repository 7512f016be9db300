"""What `import pavi` loads, and what a disabled training does: next to nothing."""

import subprocess
import sys
from pathlib import Path

import pavi
from tests.client_sdk.scripts import run

HEAVY = ["requests", "numpy", "click", "rich", "psutil", "django", "pavi.tracking", "pavi.delivery", "http.client"]


def test_import_is_cheap() -> None:
    script = f"import sys, pavi\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_journaling_needs_no_requests(tmp_path: Path) -> None:
    script = "import pavi, sys\npavi.init().log({'a': 1})\nprint('requests' in sys.modules, 'numpy' in sys.modules)"
    assert run(script, tmp_path)[1] == "False False\n"


def test_everything_exported_is_there() -> None:
    for name in pavi.__all__:
        assert getattr(pavi, name) is not None
    assert sorted(dir(pavi)) == sorted(pavi.__all__)


def test_disabled_writes_nothing(tmp_path: Path) -> None:
    script = """
        import os, pavi, sys
        os.chdir(sys.argv[1])
        with pavi.init(config={"a": 1}) as training:
            training.log({"a": 1})
            training.config["b"] = training.config["a"] + 1
            training.summary.update(best=1)
            training.add_snapshot_file("a", "/etc/hostname", 1)
            assert training.url is None and training.id and not training.flush()
        writer = pavi.SummaryWriter(log_dir="x/y")
        writer.add_scalar("a", 1)
        writer.close()
    """
    code, out, err = run(script, tmp_path / "journals", str(tmp_path), PAVI_MODE="disabled")
    assert (code, out, err) == (0, "", "")
    assert not (tmp_path / "journals").exists()
    assert (tmp_path / "x" / "y").is_dir()
