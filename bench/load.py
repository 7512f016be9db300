"""A load generator as a process: opens writers and posts large batches over kept connections, as fast as answers come.

Speaks the wire protocol directly, because a client that also trained would be the bottleneck. Ends on SIGTERM.
"""

import http.client
import json
import sys
import time
import uuid
import zlib
from urllib.parse import urlsplit

import numpy as np

from pavi.protocol import JOURNAL_MEDIA_TYPE, NUMPY_DTYPE, POINT, PROTOCOL_VERSION, SLOT_BYTES, pack_tag

STEPS, TAGS = 5_000, 10
"""Of one batch: 50,000 points, 1.6 MB before compression."""


class Writer:
    """One training and its writer, with its own steps, clock and position."""

    def __init__(self, connection: http.client.HTTPConnection, token: str, number: int) -> None:
        self._connection, self._token = connection, token
        self._writer, self._step, self._slot = str(uuid.uuid4()), 0, 0
        self._values = np.random.default_rng(number)
        opening = {
            "type": "open",
            "protocol": PROTOCOL_VERSION,
            "training": str(uuid.uuid4()),
            "project": "load",
            "name": f"load-{number}",
            "time": time.time(),
        }
        answer = self._ask("PUT", f"/api/v1/writers/{self._writer}", json.dumps(opening).encode(), "application/json")
        self._training = answer["training"]["id"]

    def post(self) -> int:
        """Posts the next batch; returns its points once they are acknowledged."""
        body = b"" if self._slot else b"".join(pack_tag(tag, f"train/metric_{tag}", 0.0) for tag in range(1, TAGS + 1))
        points = np.zeros(STEPS * TAGS, dtype=NUMPY_DTYPE)
        points["tag"] = np.tile(np.arange(1, TAGS + 1, dtype=np.uint32), STEPS)
        points["flags"] = POINT
        points["step"] = np.repeat(np.arange(self._step, self._step + STEPS), TAGS)
        times = time.time() + np.cumsum(self._values.gamma(4.0, 0.001, STEPS))
        points["time"] = np.repeat(times, TAGS)
        points["value"] = self._values.standard_normal(STEPS * TAGS, dtype=np.float32)
        body += points.tobytes()
        path = f"/api/v1/ingest/{self._training}/{self._writer}?seq={self._slot}"
        self._ask("POST", path, zlib.compress(body, 1), JOURNAL_MEDIA_TYPE, {"Content-Encoding": "deflate"})
        self._slot += len(body) // SLOT_BYTES
        self._step += STEPS
        return STEPS * TAGS

    def _ask(
        self, method: str, path: str, body: bytes, media_type: str, headers: dict[str, str] | None = None
    ) -> dict[str, dict[str, str]]:
        """One request; waits and repeats when the server asks for patience."""
        while True:
            self._connection.request(
                method,
                path,
                body,
                {"Authorization": f"Bearer {self._token}", "Content-Type": media_type, **(headers or {})},
            )
            response = self._connection.getresponse()
            data = response.read()
            if response.status in (429, 503):
                time.sleep(float(response.headers.get("Retry-After", 0.1)))
                continue
            if response.status >= 300:
                raise RuntimeError(f"{method} {path}: {response.status} {data[:500]!r}")
            answer: dict[str, dict[str, str]] = json.loads(data)
            return answer


def main(server: str, token: str, writers: int, seconds: float) -> None:
    """Posts round-robin for ``seconds``, then prints the acknowledged points as JSON."""
    address = urlsplit(server)
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=60)
    all_writers = [Writer(connection, token, number) for number in range(writers)]
    points, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for writer in all_writers:
            points += writer.post()
    print(json.dumps({"points": points, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
