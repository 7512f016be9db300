"""The store's bars of reading: charts over HTTP of one long series and of many trainings, and spikes that must show."""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import requests

from bench.context import pick
from bench.firehose import Sender
from bench.ingest import dictionary, fire, points, request
from bench.store_server import StoreServer, running
from pavi.protocol import NUMPY_DTYPE, SLOT_BYTES

_BATCH = 200_000


def run(database_url: str) -> dict[str, Any]:
    """Measures on a fresh database; see `bench.bars` for what the keys mean. Samples are milliseconds."""
    results: dict[str, Any] = {}
    with running(database_url) as server:
        million = fill(server, "million", 1_000_000, spikes=20)
        results["one_million"] = {"samples": times(server, [million], "train/metric_0", pick(20, 5))}
        results["spikes"] = spikes_seen(server, million)
        results["smoothed_million"] = {"samples": times(server, [million], "train/metric_0", 5, smoothing=0.9)}
        trainings = hundred(server)
        results["hundred"] = {"samples": times(server, trainings, "train/metric_3", pick(20, 5))}
        ten = fill(server, "ten-million", 10_000_000)
        results["ten_million"] = {"samples": times(server, [ten], "train/metric_0", pick(10, 3))}
        results["ten_million_fresh_server_memory_mb"] = server.memory_mb()
    return results


def fill(server: StoreServer, name: str, count: int, *, spikes: int = 0) -> str:
    """A training with one series of that many points, compacted."""
    training, writer = server.open(name)
    seq, requests_ = 0, []
    for first in range(0, count, _BATCH):
        slots = np.frombuffer(points(1, first, _BATCH, first), NUMPY_DTYPE).copy()
        if spikes:
            slots["value"][spike_steps(count, spikes, first)] = 100.0
        data = (dictionary(1) if first == 0 else b"") + slots.tobytes()
        requests_.append(request(server, training, writer, seq, data))
        seq += len(data) // SLOT_BYTES
    fire(server, [Sender(requests_)], 300.0)
    server.compact(training)
    return training


def spike_steps(count: int, spikes: int, first: int) -> "np.ndarray[Any, Any]":
    """Positions within a batch of the spikes that lie in it."""
    steps = np.random.default_rng(7).choice(count, spikes, replace=False)
    return steps[(steps >= first) & (steps < first + _BATCH)] - first


def hundred(server: StoreServer) -> list[str]:
    """100 trainings × 10 tags × 10,000 points, compacted."""
    senders, trainings = [], []
    for number in range(100):
        training, writer = server.open(f"hundred-{number}")
        trainings.append(training)
        slots = dictionary(10) + points(10, 0, 10_000, number)
        senders.append(Sender([request(server, training, writer, 0, slots)]))
    for start in range(0, 100, 4):
        fire(server, senders[start : start + 4], 120.0)
    server.compact(*trainings)
    return trainings


def chart(server: StoreServer, trainings: list[str], tag: str, **more: Any) -> requests.Response:
    """A chart's answer in binary columns."""
    answer = _SESSION.post(
        f"{server.url}/api/v1/scalars/query",
        json={"trainings": trainings, "tags": [tag], "buckets": 1_000, **more},
        headers={**server.headers, "Accept": "application/vnd.pavi.columns"},
        timeout=120,
    )
    answer.raise_for_status()
    return answer


_SESSION = requests.Session()
_SESSION.trust_env = False


def times(server: StoreServer, trainings: list[str], tag: str, repeat: int, **more: Any) -> list[float]:
    """Milliseconds from request to whole answer, once warm."""
    chart(server, trainings, tag, **more)
    samples = []
    for _ in range(repeat):
        began = time.perf_counter()
        chart(server, trainings, tag, **more)
        samples.append((time.perf_counter() - began) * 1e3)
    return samples


def spikes_seen(server: StoreServer, training: str) -> dict[str, Any]:
    """How many spikes the overview shows at each of five refreshes; the figure is the worst."""
    seen = []
    for _ in range(5):
        answer = _SESSION.post(
            f"{server.url}/api/v1/scalars/query",
            json={"trainings": [training], "tags": ["train/metric_0"], "buckets": 1_000},
            headers=server.headers,
            timeout=60,
        ).json()
        starts, highs = np.array(answer["x"]), answer["series"][0]["max"]
        steps = np.random.default_rng(7).choice(1_000_000, 20, replace=False)
        at = np.searchsorted(starts, steps, side="right") - 1
        seen.append(sum(highs[index] == 100.0 for index in at))
    return {"value": min(seen), "n": len(seen)}


if __name__ == "__main__":
    from bench.databases import SQLITE, cluster

    vendor = sys.argv[1] if len(sys.argv) > 1 else SQLITE
    with tempfile.TemporaryDirectory() as folder, cluster(vendor, Path(folder)) as databases:
        print(json.dumps(run(databases.fresh("query")), indent=1))
