"""The load of the machine and of this process, sampled every few seconds in a thread of its own.

Owns reading the figures; what is stored under which step is the caller's. Without psutil or a GPU driver there is
simply less to tell.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pavi.capture.gpu import GpuReader

Log = Callable[[dict[str, float], float], None]
"""``log(values, time)``: called from the sampling thread."""

_FIRST = 1.0  # CPU shares are differences: the first sample needs a moment to look back on
_MIB = 1024.0 * 1024.0
_log = logging.getLogger("pavi.capture")


class SystemMetrics:
    """Logs tags ``system/…`` from ``start`` to ``stop``. Never raises, never prints.

    Args:
        log: takes each sample. It may raise; the sample is then lost.
        interval: seconds between samples.
    """

    def __init__(self, log: Log, interval: float = 15.0) -> None:
        self._log = log
        self._interval = max(0.1, interval)
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begins to sample; the first sample comes after about a second."""
        if self._thread is None:
            self._stopped = threading.Event()
            self._thread = threading.Thread(target=self._run, args=[self._stopped], name="pavi-system", daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """Stops sampling; waits at most ``timeout`` seconds for a sample under way."""
        thread, self._thread = self._thread, None
        self._stopped.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _run(self, stopped: threading.Event) -> None:
        readers = _open_readers()
        wait = min(_FIRST, self._interval)
        while readers and not stopped.wait(wait):
            wait = self._interval
            values: dict[str, float] = {}
            for reader in readers:
                try:
                    values.update(reader.read())
                except Exception:  # noqa: BLE001  # a driver or /proc of any make; the other readers still tell theirs
                    _log.debug("system metrics of %s failed", type(reader).__name__, exc_info=True)
            try:
                if values:
                    self._log(values, time.time())
            except Exception:  # noqa: BLE001  # the caller's storage failed; sampling goes on
                _log.debug("system metrics were not stored", exc_info=True)
        for reader in readers:
            reader.close()


def _open_readers() -> list[Any]:
    readers: list[Any] = []
    for kind in (HostReader, GpuReader):
        try:
            readers.append(kind())
        except Exception as error:  # noqa: BLE001  # not installed, no driver, no permission: then there is nothing of that kind
            _log.debug("no system metrics from %s: %s", kind.__name__, error)
    return readers


class HostReader:
    """CPU, memory, disk and network through psutil.

    Raises:
        ImportError: psutil is not installed.
    """

    def __init__(self) -> None:
        import psutil

        self._psutil = psutil
        self._process = psutil.Process()
        psutil.cpu_percent(None)
        self._process.cpu_percent(None)
        self._counters = self._count()
        self._counted = time.monotonic()

    def read(self) -> dict[str, float]:
        """One sample, rates over the time since the one before; what this machine does not tell is left out."""
        values: dict[str, float] = {}
        for part in (self._cpu, self._memory, self._disk, self._rates):
            try:
                values.update(part())
            except (OSError, NotImplementedError, AttributeError, self._psutil.Error) as error:
                _log.debug("no %s: %s", part.__name__, error)
        return values

    def close(self) -> None:
        """Nothing is held open."""

    def _cpu(self) -> Iterator[tuple[str, float]]:
        yield "system/cpu.percent", self._psutil.cpu_percent(None)
        yield "system/process.cpu.percent", self._process.cpu_percent(None)

    def _memory(self) -> Iterator[tuple[str, float]]:
        yield "system/memory.percent", self._psutil.virtual_memory().percent
        yield "system/process.memory.mb", self._process.memory_info().rss / _MIB

    def _disk(self) -> Iterator[tuple[str, float]]:
        yield "system/disk.percent", self._psutil.disk_usage(str(Path.cwd())).percent

    def _rates(self) -> Iterator[tuple[str, float]]:
        counters, now = self._count(), time.monotonic()
        elapsed = now - self._counted
        for name, total in counters.items():
            before = self._counters.get(name)
            if before is not None and total >= before and elapsed > 0:
                yield f"system/{name}.mb_s", (total - before) / _MIB / elapsed
        self._counters, self._counted = counters, now

    def _count(self) -> dict[str, int]:
        """Bytes since the machine started, by name."""
        counters: dict[str, int] = {}
        try:
            disk = self._psutil.disk_io_counters()
            if disk is not None:
                counters |= {"disk.read": disk.read_bytes, "disk.write": disk.write_bytes}
        except (OSError, NotImplementedError, RuntimeError) as error:
            _log.debug("no disk counters: %s", error)
        try:
            network = self._psutil.net_io_counters()
            if network is not None:
                counters |= {"network.sent": network.bytes_sent, "network.received": network.bytes_recv}
        except (OSError, NotImplementedError, RuntimeError) as error:
            _log.debug("no network counters: %s", error)
        return counters
