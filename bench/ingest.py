"""The store's bars of ingest: small durable batches, bulk points, bytes a point at rest, memory meanwhile."""

import json
import pickle
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from bench.context import pick
from bench.firehose import Sender
from bench.store_server import StoreServer, ask, running
from pavi.protocol import JOURNAL_MEDIA_TYPE, NUMPY_DTYPE, POINT, SLOT_BYTES, pack_tag

_WRITERS = 64
_TABLES = ("tag", "series", "writer", "writertag", "segment", "chunk", "times", "rewind")


def run(database_url: str) -> dict[str, Any]:
    """Measures on a fresh database; see `bench.bars` for what the keys mean."""
    results: dict[str, Any] = {}
    with running(database_url) as server:
        results["at_rest"] = at_rest(server, database_url)
        results["bytes_per_point"] = results["at_rest"]["bytes_per_point"]
        results["small_batches"] = small(server, pick(10.0, 3.0))
        results["small"] = results["small_batches"]["per_second"]
        results["bulk_points"] = bulk(server, pick(60, 8))
        results["bulk"] = results["bulk_points"]["per_second"]
    return results


def points(tags: int, first: int, steps: int, seed: int) -> bytes:
    """Slots of ``steps`` calls with ``tags`` scalars each: jittery wall times, noisy float32-born values."""
    random = np.random.default_rng(seed)
    times = 1.79e9 + first * 0.05 + np.cumsum(random.gamma(4.0, 0.0125, steps))
    slots = np.zeros(steps * tags, NUMPY_DTYPE)
    slots["tag"], slots["flags"] = np.tile(np.arange(tags), steps), POINT
    slots["step"] = np.repeat(np.arange(first, first + steps), tags)
    slots["time"] = np.repeat(times, tags)
    decay = np.exp(-np.arange(first, first + steps) / 5_000.0)
    values = np.repeat(decay, tags) + random.normal(0, 0.05, steps * tags)
    slots["value"] = values.astype(np.float32)
    return slots.tobytes()


def dictionary(tags: int) -> bytes:
    """The definitions of that many tags."""
    return b"".join(pack_tag(index, f"train/metric_{index}", 0.0) for index in range(tags))


def request(server: StoreServer, training: str, writer: str, seq: int, slots: bytes) -> bytes:
    """A whole HTTP request that posts these slots."""
    body = zlib.compress(slots, 1)
    head = (
        f"POST /api/v1/ingest/{training}/{writer}?seq={seq} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {server.token}\r\nContent-Type: {JOURNAL_MEDIA_TYPE}\r\n"
        f"Content-Encoding: deflate\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def fire(server: StoreServer, senders: list[Sender], seconds: float) -> dict[str, Any]:
    """Runs the load generator as a process."""
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        pickle.dump(senders, file)
        file.flush()
        done = subprocess.run(
            [sys.executable, "-m", "bench.firehose", str(server.port), file.name, str(seconds)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return dict(json.loads(done.stdout))


def small(server: StoreServer, seconds: float) -> dict[str, Any]:
    """Durable batches of 100 points a second, from many writers at once, and how long one waits."""
    senders = []
    for number in range(_WRITERS):
        training, writer = server.open(f"small-{number}")
        bodies = [points(10, 0, 10, number * 10 + turn) for turn in range(5)]
        requests = [request(server, training, writer, 0, dictionary(10))]
        seq = len(dictionary(10)) // SLOT_BYTES
        for turn in range(int(seconds * 12_000 / _WRITERS)):
            requests.append(request(server, training, writer, seq, bodies[turn % 5]))
            seq += 100
        senders.append(Sender(requests))
    done = fire(server, senders, seconds)
    return {
        "per_second": done["requests"] / done["seconds"],
        "requests": done["requests"],
        "latency_ms_median": done["median_s"] * 1e3,
        "latency_ms_p99": done["p99_s"] * 1e3,
        "server_memory_mb": server.memory_mb(),
    }


def bulk(server: StoreServer, batches: int) -> dict[str, Any]:
    """Points a second in large batches of 40,000 points, until all of them read back."""
    senders, trainings = [], []
    for number in range(4):
        training, writer = server.open(f"bulk-{number}")
        trainings.append(training)
        seq, requests = 0, []
        for turn in range(batches):
            slots = (dictionary(10) if turn == 0 else b"") + points(10, turn * 4_000, 4_000, turn)
            requests.append(request(server, training, writer, seq, slots))
            seq += len(slots) // SLOT_BYTES
        senders.append(Sender(requests))
    done = fire(server, senders, 60.0)
    total = 4 * batches * 40_000
    began = time.perf_counter()
    read = sum(
        item["count"] for training in trainings for item in ask(server, "scalars/series", training=training)["items"]
    )
    if read != total:
        raise RuntimeError(f"{total} points were acknowledged, {read} are readable")
    return {
        "per_second": total / done["seconds"],
        "points": total,
        "seconds": done["seconds"],
        "read_back_s": time.perf_counter() - began,
        "server_memory_mb": server.memory_mb(),
    }


def at_rest(server: StoreServer, database_url: str) -> dict[str, Any]:
    """Bytes a point of trainings with 10,000 calls of 10 scalars each, received in batches of 100 calls, then compacted
    and vacuumed. Ten of them, so that the pages that empty tables have anyway do not hide the figure."""
    trainings = 10
    before = stored_bytes(database_url)
    senders, ids = [], []
    for number in range(trainings):
        training, writer = server.open(f"at-rest-{number}")
        ids.append(training)
        seq, requests = 0, []
        for turn in range(100):
            slots = (dictionary(10) if turn == 0 else b"") + points(10, turn * 100, 100, number * 100 + turn)
            requests.append(request(server, training, writer, seq, slots))
            seq += len(slots) // SLOT_BYTES
        senders.append(Sender(requests))
    fire(server, senders, 60.0)
    received = stored_bytes(database_url)
    began = time.perf_counter()
    server.compact(*ids)
    took = time.perf_counter() - began
    after = stored_bytes(database_url)
    total = trainings * 100_000
    return {
        "bytes_per_point": (after - before) / total,
        "bytes_per_point_before_compaction": (received - before) / total,
        "compaction_s": took,
        "points": total,
    }


def stored_bytes(database_url: str) -> int:
    """What the store's tables occupy, indexes and TOAST included; SQLite: the pages in use of the whole file."""
    if database_url.startswith("sqlite"):
        import sqlite3

        path = (
            urlsplit(database_url).path[1:] if database_url.startswith("sqlite:////") else urlsplit(database_url).path
        )
        with sqlite3.connect(Path("/") / path) as connection:
            pages, free, size = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        connection.close()
        return int((pages - free) * size)
    import psycopg2

    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for table in _TABLES:
                cursor.execute(f"VACUUM scalars_{table}")
            cursor.execute(
                "SELECT sum(pg_total_relation_size(('scalars_' || t)::regclass)) FROM unnest(%s) t", [list(_TABLES)]
            )
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


if __name__ == "__main__":
    from bench.databases import SQLITE, cluster

    with (
        tempfile.TemporaryDirectory() as folder,
        cluster(sys.argv[1] if len(sys.argv) > 1 else SQLITE, Path(folder)) as c,
    ):
        print(json.dumps(run(c.fresh("ingest")), indent=1))
