"""Cambricon MLUs, as the vendor's ``cnmon`` tells them. Without it on PATH there are none."""

import re
import shutil
import subprocess
from typing import Any

_DRIVER = re.compile(r"Driver\s+v?([\w.]+)")
_CARD = re.compile(r"^\|\s*(?P<index>\d+)\s+\S+\s+(?P<name>MLU\S+)\s+v?(?P<firmware>[\w.]+)", re.MULTILINE)
_MEMORY = re.compile(r"\d+\s*MiB\s*/\s*(\d+)\s*MiB")


def probe() -> dict[str, Any]:
    """``driver`` and ``mlus``: a list of ``index name firmware memory_mb``.

    Raises:
        RuntimeError: ``cnmon`` fails, or tells something that cannot be read.
    """
    program = shutil.which("cnmon")
    if program is None:
        return {"mlus": []}
    done = subprocess.run([program], capture_output=True, text=True, timeout=15, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"cnmon ended with {done.returncode}: {(done.stderr or done.stdout).strip()[:200]}")
    return _parse(done.stdout)


def _parse(table: str) -> dict[str, Any]:
    driver = _DRIVER.search(table)
    if driver is None:
        raise RuntimeError("cnmon's answer names no driver")
    cards = list(_CARD.finditer(table))
    mlus = []
    for card, after in zip(cards, [*(card.start() for card in cards[1:]), len(table)], strict=True):
        memory = _MEMORY.search(table, card.end(), after)
        mlus.append(
            {
                "index": int(card["index"]),
                "name": card["name"],
                "firmware": card["firmware"],
                "memory_mb": int(memory[1]) if memory else None,
            }
        )
    return {"driver": driver[1], "mlus": mlus}
