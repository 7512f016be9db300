"""Starts the platform's processes, keeps them running, and stops them all, in order, by process id.

Owns processes and their log files. Knows nothing of Django: what the processes are is `platform`'s business.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LOG_KEEP_BYTES = 8 * 1024 * 1024


def _die_with_parent() -> None:
    """In the child, before exec: on Linux the kernel ends it when the supervisor dies, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Child:
    """One process to keep: how to start it, and its life so far."""

    name: str
    command: Sequence[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    stdin: bytes | None = None
    stop_signal: int = signal.SIGTERM
    patience: float = 15.0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restarts: int = 0
    next_start: float = 0.0

    def start(self) -> None:
        """Starts the process in a session of its own, so that a Ctrl-C in the terminal reaches the supervisor alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_KEEP_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE if self.stdin is not None else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | self.environment,
                pass_fds=self.descriptors,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # the supervisor has one thread
            )
        if self.stdin is not None and self.process.stdin is not None:
            self.process.stdin.write(self.stdin)
            self.process.stdin.close()
        self.started_at = time.monotonic()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def wait_stopped(self) -> None:
        """Waits for the end as long as its patience allows, then kills what is left of its session."""
        if self.process is None:
            return
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.sweep()

    def sweep(self) -> None:
        """Ends grandchildren that a killed process left behind in its session."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, self.log.stat().st_size - 16_384))
                return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


class Supervisor:
    """A list of children, started in order, restarted when they die, stopped in reverse order."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self._say = say

    def add(self, child: Child) -> Child:
        """Takes the child over and starts it."""
        self.children.append(child)
        child.start()
        return child

    def tend(self) -> None:
        """One look at all children: whoever died is started again, at once the first time, then ever more slowly."""
        now = time.monotonic()
        for child in self.children:
            if child.alive():
                continue
            if child.next_start == 0.0:
                assert child.process is not None  # noqa: S101  # started when it was added
                child.sweep()
                if now - child.started_at > 60:
                    child.restarts = 0
                pause = min(30.0, 0.1 * 2**child.restarts) if child.restarts else 0.0
                child.next_start = now + pause
                self._say(f"{child.name} ended ({_describe(child.process.returncode)}); starting it again.")
                if child.restarts in (3, 8):
                    self._say(f"{child.name} keeps ending; the end of {child.log}:\n{child.tail()}")
            if now >= child.next_start:
                child.restarts += 1
                child.next_start = 0.0
                child.start()

    def stop(self) -> None:
        """Stops all, last started first, each within its patience."""
        for child in reversed(self.children):
            child.ask_to_stop()
            child.wait_stopped()
        self.children.clear()


def _describe(code: int) -> str:
    if code < 0:
        try:
            return f"killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"killed by signal {-code}"
    return f"exit code {code}"
