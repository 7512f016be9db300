"""A load generator that costs little: sends prepared requests over kept connections, each as soon as the one before
was acknowledged. A process of its own; reads its work from a file, prints what was acknowledged as JSON.
"""

import asyncio
import json
import pickle
import sys
import time
from dataclasses import dataclass
from typing import cast


@dataclass(frozen=True, slots=True)
class Sender:
    """One connection's work: whole HTTP requests, in order."""

    requests: list[bytes]


class _Connection(asyncio.Protocol):
    def __init__(self, sender: Sender, end: float, done: "asyncio.Future[None]", latencies: list[float]) -> None:
        self._waiting = iter(sender.requests)
        self._end, self._done, self._latencies = end, done, latencies
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's does not inherit from it
        self._next()

    def _next(self) -> None:
        request = next(self._waiting, None) if time.perf_counter() < self._end else None
        if request is None:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._buffer.endswith(b"}"):
            return
        if not self._buffer.startswith(b"HTTP/1.1 200"):
            if not self._done.done():
                self._done.set_exception(RuntimeError(self._buffer[:600].decode(errors="replace")))
            return
        self._buffer = b""
        self._latencies.append(time.perf_counter() - self._sent)
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or RuntimeError("the server closed the connection"))


async def _run(port: int, senders: list[Sender], seconds: float) -> list[float]:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    waits: list[asyncio.Future[None]] = []
    end = time.perf_counter() + seconds
    for sender in senders:
        done: asyncio.Future[None] = loop.create_future()
        waits.append(done)
        await loop.create_connection(
            lambda sender=sender, done=done: _Connection(sender, end, done, latencies),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    await asyncio.gather(*waits)
    return latencies


def main(port: int, path: str, seconds: float) -> None:
    """Sends for ``seconds``, or until there is nothing left."""
    with open(path, "rb") as file:  # noqa: PTH123  # a pickle of our own
        senders: list[Sender] = pickle.load(file)
    import uvloop

    began = time.perf_counter()
    latencies = uvloop.run(_run(port, senders, seconds))
    took = time.perf_counter() - began
    latencies.sort()
    middle, late = latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.99)]
    print(json.dumps({"requests": len(latencies), "seconds": took, "median_s": middle, "p99_s": late}))


if __name__ == "__main__":
    from bench import firehose  # the class is pickled under this name

    firehose.main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
