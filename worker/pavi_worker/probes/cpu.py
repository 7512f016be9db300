"""The processor: its model, instruction sets and cores, and the machine's memory."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil


def probe() -> dict[str, Any]:
    """``model``, ``flags`` (sorted), ``cores`` (physical), ``threads``, ``usable`` (by this process), ``memory_mb``."""
    model, flags = _from_sysctl() if sys.platform == "darwin" else _from_proc(Path("/proc/cpuinfo").read_text())
    return {
        "model": model or platform.processor() or platform.machine(),
        "flags": sorted(set(flags)),
        "cores": psutil.cpu_count(logical=False) or os.cpu_count(),
        "threads": os.cpu_count(),
        "usable": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_mb": psutil.virtual_memory().total // (1024 * 1024),
    }


def _from_proc(text: str) -> tuple[str, list[str]]:
    """Model and flags out of /proc/cpuinfo, which names them differently on x86 and ARM."""
    model = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.MULTILINE)
    return (model[1].strip() if model else "", flags[1].split() if flags else [])


def _from_sysctl() -> tuple[str, list[str]]:
    def ask(name: str) -> str:
        done = subprocess.run(["/usr/sbin/sysctl", "-n", name], capture_output=True, text=True, timeout=5, check=False)
        return done.stdout.strip()

    return ask("machdep.cpu.brand_string"), ask("machdep.cpu.features").lower().split()
