"""The state of the Git work tree that a training runs in: commit, branch, remote, what was changed.

Asks the `git` command, with time limits; never prompts, takes no locks, runs none of the repository's own programs.
"""

import logging
import os
import re
import subprocess
import threading
from pathlib import Path
from typing import Any

from pavi.capture.masking import strip_credentials

MAX_DIFF = 1024 * 1024
"""Bytes of the diff that are kept."""

_MAX_UNTRACKED = 1000
_MAX_ANSWER = 256 * 1024
_TIMEOUT = 10.0
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_log = logging.getLogger("pavi.capture")


def describe(folder: Path) -> dict[str, Any] | None:
    """What Git knows about ``folder``; None when it is in no work tree, or there is no `git`.

    Returns:
        ``commit``, ``branch`` (None when detached), ``remote`` (without credentials), ``dirty``, ``root``, ``diff``
        (against the commit, at most 1 MiB), ``diff_truncated``, ``untracked`` (at most 1,000 names).
    """
    root = _line(folder, "rev-parse", "--show-toplevel")
    if root is None:
        return None
    top = Path(root)
    commit = _line(top, "rev-parse", "--verify", "--quiet", "HEAD")
    against = ["HEAD"] if commit else ["--cached"]
    diff, truncated = _run(
        top, "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", *against, limit=MAX_DIFF
    )
    names, _ = _run(top, "ls-files", "--others", "--exclude-standard", "-z", limit=_MAX_ANSWER)
    untracked = (names or "").split("\0")[:-1]
    return {
        "commit": commit,
        "branch": _line(top, "symbolic-ref", "--quiet", "--short", "HEAD"),
        "remote": _remote(top),
        "dirty": None if diff is None else bool(diff or untracked),
        "root": root,
        "diff": None if diff is None else _CONTROL.sub("\N{REPLACEMENT CHARACTER}", diff),
        "diff_truncated": truncated,
        "untracked": [_CONTROL.sub("?", name) for name in untracked[:_MAX_UNTRACKED]],
    }


def _remote(top: Path) -> str | None:
    names = (_run(top, "remote")[0] or "").split()
    if not names:
        return None
    url = _line(top, "remote", "get-url", "origin" if "origin" in names else names[0])
    return strip_credentials(url) if url else None


def _line(folder: Path, *arguments: str) -> str | None:
    text, _ = _run(folder, *arguments)
    return text.strip() or None if text is not None else None


def _run(folder: Path, *arguments: str, limit: int = _MAX_ANSWER) -> tuple[str | None, bool]:
    """At most ``limit`` bytes of what `git` prints, and whether there is more; None when it fails or takes too long."""
    environment = {
        **os.environ,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
        "LC_ALL": "C",
    }
    # The repository's configuration may name programs (a file system monitor); none of them is run for us.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotepath=off", *arguments]
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        _log.debug("git cannot be asked: %s", error)
        return None, False
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(_TIMEOUT, give_up)
    timer.daemon = True
    timer.start()
    try:
        with process:
            assert process.stdout is not None  # noqa: S101  # a pipe was asked for
            data = process.stdout.read(limit + 1)
            if len(data) > limit:
                process.kill()
    finally:
        timer.cancel()
    truncated = len(data) > limit
    if late.is_set() or (process.returncode and not truncated):
        return None, False
    return data[:limit].decode("utf-8", "replace"), truncated
