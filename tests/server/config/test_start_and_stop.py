"""`pavi-server up` starts in one command, says in one line why it cannot, and leaves nothing behind when it ends."""

import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import requests

from tests import services
from tests.platform import PAVI_SERVER, Ground, RunningPlatform, clean_environment, facts, platform


def fails(*command: str) -> str:
    """Runs a command that must fail, and returns the one line that it says."""
    done = subprocess.run(
        [PAVI_SERVER, *command], capture_output=True, text=True, timeout=60, env=clean_environment(), check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_port_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = fails("up", "--data-dir", str(tmp_path), "--port", str(port))
    assert f"port {port}" in line
    assert "--port" in line


def test_unknown_host(tmp_path: Path) -> None:
    line = fails("up", "--data-dir", str(tmp_path), "--host", "192.0.2.1", "--port", str(services.free_port()))
    assert "--host" in line


def test_unreachable_database(tmp_path: Path) -> None:
    url = f"postgres://nobody:secret@127.0.0.1:{services.free_port()}/nothing"
    for command in ("up", "migrate", "token"):
        extra = {"up": ["--port", str(services.free_port())], "token": ["--user", "ada"]}.get(command, [])
        line = fails(command, "--data-dir", str(tmp_path), "--database", url, *extra)
        assert "does not answer" in line
        assert "--database" in line
        assert "secret" not in line


def test_nonsense_database_address(tmp_path: Path) -> None:
    line = fails("migrate", "--data-dir", str(tmp_path), "--database", "nonsense")
    assert "postgres://" in line


def test_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    line = fails("up", "--data-dir", str(tmp_path / "file" / "data"))
    assert "cannot be written" in line
    assert "--data-dir" in line


def test_bad_setting(tmp_path: Path) -> None:
    done = subprocess.run(
        [PAVI_SERVER, "migrate", "--data-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        env=clean_environment() | {"PAVI_LOST_AFTER": "soon"},
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.strip() == "pavi-server: PAVI_LOST_AFTER='soon' is not a whole number"


def test_second_platform_on_one_folder(platform: RunningPlatform) -> None:
    line = fails("up", "--data-dir", str(platform.data_dir), "--port", str(services.free_port()))
    assert f"pid {platform.process.pid}" in line
    assert platform.url in line


def test_commands_work_beside_the_running_platform(platform: RunningPlatform) -> None:
    name = f"grace{time.time_ns()}"
    assert "created" not in platform.run("createuser", name, "--password", "correct horse battery")  # says it on stderr
    printed = platform.run("token", "--user", name)
    assert re.fullmatch(r"pavi_\S{30,}\n", printed)
    answer = platform.session(printed.strip()).get(f"{platform.url}/api/v1/me", timeout=10)
    assert answer.json()["username"] == name
    assert "everything is well" in platform.run("doctor")


def test_user_errors_are_one_line(platform: RunningPlatform) -> None:
    assert "ada" in fails("createuser", "ada", "--password", "correct horse battery", *platform.arguments)
    assert "nobody-of-that-name" in fails("token", "--user", "nobody-of-that-name", *platform.arguments)
    assert "password" in fails("createuser", "weak", "--password", "123", *platform.arguments).lower()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_clean_end(own_platform: RunningPlatform, signum: int) -> None:
    tree = psutil.Process(own_platform.process.pid).children(recursive=True)
    assert len(tree) >= 3
    own_platform.process.send_signal(signum)
    assert own_platform.process.wait(60) == 0
    assert [process for process in tree if process.is_running() and process.status() != "zombie"] == []
    with socket.create_server(("127.0.0.1", own_platform.port)):
        pass  # the port is free again
    assert facts(own_platform.data_dir) == {}
    assert "Traceback" not in own_platform.log()


def test_children_end_with_a_killed_supervisor(own_platform: RunningPlatform) -> None:
    tree = psutil.Process(own_platform.process.pid).children(recursive=True)
    own_platform.process.kill()
    own_platform.process.wait()
    _, alive = psutil.wait_procs(tree, timeout=30)
    assert alive == []
    own_platform.start_again()


def test_several_server_processes_share_the_port(tmp_path: Path, ground: Callable[[Path], Ground]) -> None:
    with platform(ground(tmp_path / "data"), workers=2) as running:
        assert len(running.children("server")) == 2
        for _ in range(20):
            assert requests.get(f"{running.url}/livez", timeout=10).status_code == 200


def test_health(platform: RunningPlatform) -> None:
    assert requests.get(f"{platform.url}/livez", timeout=10).json()["status"] == "alive"
    ready = requests.get(f"{platform.url}/readyz", timeout=10).json()
    assert ready == {"status": "ready", "checks": {"database": "ok", "redis": "ok"}}
    assert "python_info" in requests.get(f"{platform.url}/metrics", timeout=10).text


def test_secrets_stay_secret(platform: RunningPlatform) -> None:
    """The key that signs sessions is readable by its owner alone, and Redis' password is in no process list."""
    assert (platform.data_dir / "secret_key").stat().st_mode & 0o077 == 0
    for process in platform.children("redis"):
        assert "requirepass" not in " ".join(process.cmdline())
