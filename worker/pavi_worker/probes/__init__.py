"""One module a kind of thing that a machine may have, each with ``probe() -> dict``: what is there, as JSON.

A probe may raise, hang or crash: `pavi_worker.labels` runs each in a process of its own.
"""

NAMES = ("host", "cpu", "nvidia", "mlu", "backends")
"""Probes in the order in which their labels are shown."""
