"""The command as such: its version, its help, and how it ends when something is wrong."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.client_sdk.cli.conftest import Pavi


def test_version(bare_pavi: Pavi) -> None:
    assert version("pavi-sdk") in bare_pavi("--version").stdout
    script = Path(sys.executable).parent / "pavi"
    done = subprocess.run([script, "--version"], capture_output=True, text=True, timeout=60)
    assert version("pavi-sdk") in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        *("", "login", "logout", "whoami", "init", "ls", "show", "sync", "export", "open", "server", "server doctor"),
        *("cp", "mv", "rm", "restore", "versions", "alias", "stage", "inspect", "convert-weights"),
        *("snapshots", "snapshots 1 pin", "snapshots 1 download", "snapshots 1 promote"),
    ],
)
def test_help(bare_pavi: Pavi, command: str) -> None:
    done = bare_pavi(*command.split(), "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout


def test_a_bad_setting_is_one_line(bare_pavi: Pavi) -> None:
    done = bare_pavi("ls", PAVI_MODE="sometimes")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "PAVI_MODE" in done.stderr


def test_debug_shows_the_traceback(bare_pavi: Pavi) -> None:
    done = bare_pavi("ls", PAVI_MODE="sometimes", PAVI_DEBUG="1")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_click_or_rich_it_says_what_to_install(missing: str) -> None:
    script = f"import sys; sys.modules[{missing!r}] = None; from pavi.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "pavi-sdk[cli]" in done.stderr


def test_the_sdk_does_not_import_what_only_the_command_needs() -> None:
    script = (
        "import sys, pavi; pavi.Api, pavi.get_scalar, pavi.login\n"
        "print({'click', 'rich', 'numpy', 'pandas', 'psutil'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("set()\n", "")
