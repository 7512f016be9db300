"""A file of 2 GiB up and down through the SDK, against a plain copy and sha256 of the same file on the same disk.

``python -m bench.transfer up|down FILE PATH`` is the client, a process of its own so that its memory can be told apart.
"""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from bench import figures
from bench.context import Context, Measured, pick

_INTERVAL_S = 0.05
_CHUNK = 1 << 20


def run(context: Context) -> Measured:
    """Rounds of copy, upload and download, each with bytes that nobody has seen. Ratios are taken within a round."""
    size, rounds = pick(2 << 30, 128 << 20), pick(3, 1)
    context.folder.mkdir(parents=True, exist_ok=True)
    seconds: dict[str, list[float]] = {"copy": [], "up": [], "down": []}
    client, server = [0.0], [0.0]
    for number in range(rounds):
        source, path = context.folder / f"source-{number}", f"bench/transfer-{os.urandom(4).hex()}"
        _write(source, size)
        seconds["copy"].append(_copy(source, context.folder / "copy"))
        for what, file in (("up", source), ("down", context.folder / "down")):
            took, grown, server_grown = _transfer(context, what, file, path)
            seconds[what].append(took)
            client.append(grown)
            server.append(server_grown)
        if _digest(context.folder / "down") != _digest(source):
            raise RuntimeError("what came back is not what was sent")
        # Only now: pages of a file that was just deleted would make the next writer faster than the last one.
        for used in ("copy", "down", source.name):
            (context.folder / used).unlink()
    note = f"{size / (1 << 30):g} GiB; copy and sha256 {figures.of(seconds['copy']).median:.1f} s"
    ratios = {
        what: [took / plain for took, plain in zip(seconds[what], seconds["copy"], strict=True)]
        for what in ("up", "down")
    }
    return Measured(
        {
            "transfer.upload": figures.of(ratios["up"], note=note),
            "transfer.download": figures.of(ratios["down"], note=note),
            "transfer.client": figures.single(max(client), n=rounds),
            "transfer.server": figures.single(max(server), n=rounds),
        },
        {"seconds": seconds},
    )


def _write(path: Path, size: int) -> None:
    """Bytes that cannot be compressed, and that no other file holds."""
    filler = os.urandom(_CHUNK - 32)
    with path.open("wb") as file:
        for _ in range(size // _CHUNK):
            file.write(os.urandom(32) + filler)
        file.flush()
        os.fsync(file.fileno())


def _copy(source: Path, target: Path) -> float:
    """Seconds for a copy that is on the disk, as an upload is when it is answered, and the copy's sha256."""
    began = time.perf_counter()
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    _digest(target)
    return time.perf_counter() - began


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _transfer(context: Context, what: str, file: Path, path: str) -> tuple[float, float, float]:
    """Seconds, and by how many MB the client's and the server's memory grew at most."""
    servers = context.platform.children("server")
    before = [_resident(process) for process in servers]
    peaks = list(before)
    command = [sys.executable, "-m", "bench.transfer", what, str(file), path]
    process = subprocess.Popen(command, env=os.environ | dict(context.pavi().environment), stdout=subprocess.PIPE)
    try:
        while process.poll() is None:
            peaks = [max(peak, _resident(one)) for peak, one in zip(peaks, servers, strict=True)]
            time.sleep(_INTERVAL_S)
        out = process.communicate()[0]
        if process.returncode:
            raise RuntimeError(f"the client that should go {what} failed; its own message stands above")
        result = json.loads(out)
    finally:
        process.kill()
        process.wait()
    return result["seconds"], result["grown_mb"], max(peak - idle for peak, idle in zip(peaks, before, strict=True))


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1e6


def main(arguments: Sequence[str]) -> None:
    """The client: one transfer, and a JSON about it."""
    from pavi import modelcloud

    what, file, path = arguments
    modelcloud.get("")  # imported, logged in, connected
    idle = _resident(psutil.Process())
    began = time.perf_counter()
    if what == "up":
        modelcloud.Folder(path).create_file(file, name="file")
    else:
        modelcloud.get(f"{path}/file").download(file)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"seconds": seconds, "grown_mb": peak - idle}))


if __name__ == "__main__":
    main(sys.argv[1:])
