"""A snapshot's download resumes where it broke off, is checked, and appears only whole. Against a plain HTTP server."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pavi.api.snapshots import DownloadDamaged, Snapshot
from pavi.delivery.client import Client
from pavi.exception import ServerUnreachable

_CONTENT = bytes(range(256)) * 20_000


class Files(http.server.BaseHTTPRequestHandler):
    """Serves one file with ranges, and breaks connections as told."""

    protocol_version = "HTTP/1.1"
    content = _CONTENT
    breaks_after: list[int] = []
    ranges: list[str | None] = []

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if start >= len(self.content):
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = self.content[start:]
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.breaks_after:
            self.wfile.write(body[: self.breaks_after.pop(0)])
            self.close_connection = True
            return
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def snapshot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Snapshot]:
    monkeypatch.setattr(Files, "breaks_after", [])
    monkeypatch.setattr(Files, "ranges", [])
    monkeypatch.setattr("pavi.delivery.patience.PAUSES", (0.01, 0.01))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    client = Client(f"http://127.0.0.1:{server.server_port}", "token")
    sha256 = hashlib.sha256(_CONTENT).hexdigest()
    yield Snapshot("1", "m", 2, "epoch_2.pth", len(_CONTENT), sha256, True, client, "trainings/1/snapshots")
    client.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_whole(snapshot: Snapshot, tmp_path: Path) -> None:
    path = snapshot.download(tmp_path / "here.pth")
    assert path.read_bytes() == _CONTENT
    assert list(tmp_path.iterdir()) == [path]


def test_into_a_folder(snapshot: Snapshot, tmp_path: Path) -> None:
    assert snapshot.download(tmp_path) == tmp_path / "epoch_2.pth"


def test_it_goes_on_after_broken_connections(snapshot: Snapshot, tmp_path: Path) -> None:
    Files.breaks_after = [1_500_000, 2_500_000]
    assert snapshot.download(tmp_path / "x").read_bytes() == _CONTENT
    starts = [0 if wanted is None else int(wanted[6:-1]) for wanted in Files.ranges]
    assert len(starts) == 3
    assert starts == sorted(starts)
    assert starts[2] > 1_000_000


def test_it_goes_on_in_another_process(snapshot: Snapshot, tmp_path: Path) -> None:
    Files.breaks_after = [1_500_000, 0, 0, 0, 0, 0]
    with pytest.raises(ServerUnreachable):
        snapshot.download(tmp_path / "x")
    assert not (tmp_path / "x").exists()
    Files.breaks_after, Files.ranges = [], []
    assert snapshot.download(tmp_path / "x").read_bytes() == _CONTENT
    assert len(Files.ranges) == 1
    assert Files.ranges[0] is not None
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("rubbish", [b"not what it was", _CONTENT + b"longer"], ids=["short", "long"])
def test_a_wrong_beginning_is_fetched_anew(snapshot: Snapshot, tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / f".x.{snapshot.sha256[:16]}.part").write_bytes(rubbish)
    assert snapshot.download(tmp_path / "x").read_bytes() == _CONTENT
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


def test_damaged_bytes_never_appear(snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Files, "content", _CONTENT[:-1] + b"?")
    (tmp_path / "x").write_bytes(b"the file of yesterday")
    with pytest.raises(DownloadDamaged, match=r"epoch_2\.pth"):
        snapshot.download(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"the file of yesterday"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]
