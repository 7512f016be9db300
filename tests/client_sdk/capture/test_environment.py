"""What is recorded about a process is right, bounded and fit for the journal."""

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pavi.capture import git
from pavi.capture.environment import collect
from pavi.protocol import MAX_EVENT_BYTES, pack_event


@pytest.fixture
def work_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, as a person without any configuration has it."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Someone")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "someone@example.org")
    folder = tmp_path / "project"
    folder.mkdir()
    _git(folder, "init", "--initial-branch", "trunk")
    (folder / "train.py").write_text("lr = 0.1\n")
    _git(folder, "add", ".")
    _git(folder, "commit", "--message", "Begin")
    monkeypatch.chdir(folder)
    return folder


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "3")
    monkeypatch.setenv("MY_PASSWORD", "hunter2")
    found = collect()
    assert found["pid"] == os.getpid()
    assert found["cwd"] == str(Path.cwd())
    assert found["python"].startswith(".".join(map(str, sys.version_info[:3])))
    assert found["cpu"]["count"] == os.cpu_count()
    assert found["cpu"]["model"]
    assert found["memory_mb"] > 100
    assert found["variables"]["RANK"] == "3"
    assert found["packages"]["pytest"] == importlib.metadata.version("pytest")
    assert len(found["packages"]) > 20
    assert "hunter2" not in json.dumps(found)


def test_parts_can_be_left_out() -> None:
    assert not {"git", "packages"} & collect(git=False, packages=False).keys()


def test_the_command_line_has_no_secrets() -> None:
    script = "import json; from pavi.capture.environment import collect; print(json.dumps(collect()['command']))"
    command = [sys.executable, "-c", script, "--lr", "0.1", "--token", "very-secret", "wandb.api_key=very-secret"]
    shown = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)
    assert shown[-5:] == ["--lr", "0.1", "--token", "***", "wandb.api_key=***"]


def test_a_clean_work_tree(work_tree: Path) -> None:
    (work_tree / "sub").mkdir()
    os.chdir(work_tree / "sub")
    state = collect()["git"]
    assert state["commit"] == _git(work_tree, "rev-parse", "HEAD")
    assert (state["branch"], state["dirty"], state["diff"], state["untracked"]) == ("trunk", False, "", [])
    assert state["remote"] is None
    assert state["root"] == str(work_tree)


def test_changes(work_tree: Path) -> None:
    (work_tree / "train.py").write_text("lr = 0.2\n")
    (work_tree / "staged.py").write_text("staged\n")
    _git(work_tree, "add", "staged.py")
    (work_tree / "naïve name.py").write_text("new\n")
    state = git.describe(work_tree)
    assert state is not None
    assert state["dirty"]
    assert "-lr = 0.1\n+lr = 0.2\n" in state["diff"]
    assert "+staged\n" in state["diff"]
    assert state["untracked"] == ["naïve name.py"]
    assert not state["diff_truncated"]


def test_the_remote_is_told_without_credentials(work_tree: Path) -> None:
    _git(work_tree, "remote", "add", "origin", "https://me:ghp_secret@example.org/team/project.git")
    state = git.describe(work_tree)
    assert state is not None
    assert state["remote"] == "https://example.org/team/project.git"
    assert "secret" not in json.dumps(state)


def test_a_detached_head_and_a_repository_without_commits(work_tree: Path, tmp_path: Path) -> None:
    _git(work_tree, "checkout", "--detach")
    state = git.describe(work_tree)
    assert state is not None
    assert (state["branch"], state["commit"]) == (None, _git(work_tree, "rev-parse", "HEAD"))
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    _git(fresh, "init", "--initial-branch", "trunk")
    (fresh / "a.py").write_text("a\n")
    _git(fresh, "add", ".")
    state = git.describe(fresh)
    assert state is not None
    assert (state["commit"], state["branch"], state["dirty"]) == (None, "trunk", True)
    assert "+a\n" in state["diff"]


@pytest.mark.parametrize(
    "fill", [b"\x01", b"\xff", b'"', b"\\", b"x"], ids=["control", "bytes", "quotes", "slashes", "text"]
)
def test_a_huge_diff_is_cut_and_fits_an_event(work_tree: Path, fill: bytes) -> None:
    (work_tree / ".gitattributes").write_text("* diff\n")
    (work_tree / "train.py").write_bytes((fill * 79 + b"\n") * 40_000)
    state = git.describe(work_tree)
    assert state is not None
    assert state["diff_truncated"]
    assert len(state["diff"]) > git.MAX_DIFF / 2
    packed = pack_event({"type": "environment", "environment": {**collect(git=False), "git": state}}, 0.0)
    assert len(packed) < MAX_EVENT_BYTES * 32 / 28 + 64


def test_the_repository_runs_no_programs(work_tree: Path) -> None:
    trap = work_tree.parent / "trap"
    program = work_tree.parent / "program"
    program.write_text(f"#!/bin/sh\ntouch {trap}\n")
    program.chmod(0o755)
    _git(work_tree, "config", "core.fsmonitor", str(program))
    _git(work_tree, "config", "diff.external", str(program))
    _git(work_tree, "config", "diff.trap.textconv", str(program))
    (work_tree / ".gitattributes").write_text("*.py diff=trap\n")
    (work_tree / "train.py").write_text("changed\n")
    assert git.describe(work_tree) is not None
    assert not trap.exists()


def test_outside_of_any_repository(tmp_path: Path) -> None:
    assert git.describe(tmp_path) is None


def test_without_git(work_tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(work_tree))
    assert collect()["git"] is None


def test_a_git_that_hangs_is_given_up(work_tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = work_tree.parent / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(git, "_TIMEOUT", 0.3)
    assert git.describe(work_tree) is None
