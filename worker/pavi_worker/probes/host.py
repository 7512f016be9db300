"""The machine's name, operating system and interpreter."""

import platform
import socket
from typing import Any


def probe() -> dict[str, Any]:
    """``hostname``, ``os``, ``architecture``, ``python``."""
    return {
        "hostname": socket.gethostname(),
        "os": platform.platform(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }
