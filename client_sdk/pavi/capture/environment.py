"""What the process is that trains: command, interpreter, packages, machine, Git state. Collected once a training.

Never records the whole environment, and masks secrets in what it does record (`masking`).
"""

import importlib.metadata
import logging
import os
import platform
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pavi.capture import git as git_state
from pavi.capture.gpu import gpu_names
from pavi.capture.masking import chosen_variables, mask_arguments

_MAX_PACKAGES = 5000
_FIELD = re.compile(r"^(Name|Version):[ \t]*(\S+)[ \t]*$", re.MULTILINE)
_log = logging.getLogger("pavi.capture")


def collect(*, git: bool = True, packages: bool = True) -> dict[str, Any]:
    """Describes this process as a JSON object of at most about 3.5 MiB. Takes up to a few seconds; never raises.

    Args:
        git: also the Git state of the working directory.
        packages: also the installed distributions and their versions.

    Returns:
        ``command`` (arguments, secrets masked), ``cwd``, ``python``, ``executable``, ``host``, ``os``, ``pid``,
        ``cpu`` (``model``, ``count``, ``usable``), ``memory_mb``, ``gpus`` (names), ``variables`` (a chosen few), and
        ``git`` and ``packages`` where asked for. What cannot be found out is None or left out.
    """
    parts: dict[str, Callable[[], Any]] = {
        "command": lambda: mask_arguments(sys.orig_argv),
        "cwd": lambda: str(Path.cwd()),
        "python": lambda: f"{platform.python_version()} ({platform.python_implementation()})",
        "executable": lambda: sys.executable,
        "host": socket.gethostname,
        "os": platform.platform,
        "pid": os.getpid,
        "cpu": describe_cpu,
        "memory_mb": memory_mb,
        "gpus": gpu_names,
        "variables": lambda: chosen_variables(os.environ),
    }
    if git:
        parts["git"] = lambda: git_state.describe(Path.cwd())
    if packages:
        parts["packages"] = installed_packages
    found: dict[str, Any] = {}
    for name, part in parts.items():
        try:
            found[name] = part()
        except Exception as error:  # noqa: BLE001  # a machine of any make: one answer fewer, and the rest stands
            _log.debug("the environment's %s is unknown: %s", name, error)
    return found


def installed_packages() -> dict[str, str]:
    """Name and version of every installed distribution; of two with one name, the one that is imported."""
    versions: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        try:
            text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
        except (OSError, UnicodeDecodeError):  # a half-removed or foreign installation
            continue
        # Reading two lines is ten times cheaper than parsing the whole file as a message.
        fields = dict(_FIELD.findall(text.partition("\n\n")[0]))
        if "Name" in fields and len(versions) < _MAX_PACKAGES:
            versions.setdefault(fields["Name"], fields.get("Version", ""))
    return dict(sorted(versions.items(), key=lambda item: item[0].lower()))


def describe_cpu() -> dict[str, Any]:
    """Model name, logical CPUs of the machine, and how many of them this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"model": _cpu_model(), "count": os.cpu_count(), "usable": usable}


def memory_mb() -> int:
    """Memory of the machine in MiB."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)


def _cpu_model() -> str | None:
    try:
        match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        match = None
    if match:
        return match[1].strip()
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout.strip()
    return platform.processor() or platform.machine() or None
