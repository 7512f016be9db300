"""What the server's processes hold in memory while batches come in as fast as it takes them."""

import json
import statistics
import subprocess
import sys
import time

import psutil

from bench import figures
from bench.context import Context, Measured, pick

_INTERVAL_S = 0.25
_PARTS = ("server", "worker")


def run(context: Context) -> Measured:
    """Two load generators at full speed, compaction running; every process of the platform is sampled."""
    seconds = pick(15.0, 5.0)
    load = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.load", context.platform.url, context.platform.token, "4", str(seconds)],
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    try:
        samples = _sample(context, load)
        results = [json.loads(process.communicate(timeout=60)[0]) for process in load]
    finally:
        for process in load:
            process.kill()
            process.wait()
    rate = sum(result["points"] / result["seconds"] for result in results)
    peaks = {name: max(sizes) for name, sizes in samples.items()}
    worst = max(peaks, key=lambda name: peaks[name])
    servers = [name for name in samples if name.startswith("server")]
    growth = max(_growth(samples[name]) for name in servers)
    count = sum(len(sizes) for sizes in samples.values())
    return Measured(
        {
            "memory.peak": figures.single(peaks[worst], n=count, note=f"{worst}, at {rate / 1e6:.2f} M points/s"),
            "memory.growth": figures.single(growth, n=len(samples[servers[0]]), note=f"over {seconds:g} s"),
        },
        {"peak_mb": peaks, "points_per_s": rate},
    )


def _sample(context: Context, load: list[subprocess.Popen[bytes]]) -> dict[str, list[float]]:
    """Resident MB of each process over the time that the load runs, by part and process id.

    Raises:
        RuntimeError: a load generator failed.
    """
    processes = {f"{part} {process.pid}": process for part in _PARTS for process in context.platform.children(part)}
    samples: dict[str, list[float]] = {name: [] for name in processes}
    while any(process.poll() is None for process in load):
        for name, process in processes.items():
            try:
                samples[name].append(process.memory_info().rss / 1e6)
            except psutil.NoSuchProcess:  # Celery replaces a child that has grown
                continue
        time.sleep(_INTERVAL_S)
    if any(process.returncode for process in load):
        raise RuntimeError("a load generator failed; its own message stands above")
    return {name: sizes for name, sizes in samples.items() if sizes}


def _growth(sizes: list[float]) -> float:
    """Percent by which the last third of the samples lies above the middle third."""
    third = max(1, len(sizes) // 3)
    middle, last = sizes[-2 * third : -third] or sizes, sizes[-third:]
    return (statistics.mean(last) / statistics.mean(middle) - 1) * 100
