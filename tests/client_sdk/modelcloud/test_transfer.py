"""Bytes up and down: gone on with after a kill, checked against flipped bits, and fetched by many at once."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pavi import modelcloud
from pavi.delivery.blobs import BlobUpload
from pavi.delivery.client import Client
from pavi.exception import DownloadDamaged, FileChanged, ServerUnreachable
from pavi.modelcloud import Folder, Node
from tests.client_sdk.people import Person
from tests.platform import RunningPlatform

_LARGE = 40 << 20  # three parts


@pytest.fixture(params=["hashed-first", "hashed-beside"])
def hashing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of an upload, whatever the size of the file; the second sends over two connections."""
    if request.param == "hashed-beside":
        monkeypatch.setattr("pavi.delivery.sending._LARGE_BYTES", 1)
        monkeypatch.setattr("pavi.delivery.sending._PARALLEL_BYTES", 1)
    return str(request.param)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(1 << 20) * (_LARGE >> 20))
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def environment(person: Person) -> dict[str, str]:
    return os.environ | {"PAVI_SERVER": person.platform.url, "PAVI_TOKEN": person.token}


def test_up_and_down(client: Client, model: Node, large: Path, tmp_path: Path, hashing: str) -> None:
    said: list[tuple[str, int, int]] = []
    node = model.create_file(large, on_progress=lambda *one: said.append(one))
    assert node.sha256 == digest(large)
    assert {one for one in said if one[1] == one[2]} == {("reading", _LARGE, _LARGE), ("sending", _LARGE, _LARGE)}
    said.clear()
    assert digest(node.download(tmp_path / "back", lambda *one: said.append(one))) == node.sha256
    assert said[-1] == ("fetching", _LARGE, _LARGE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back", "large.bin"]


def test_what_the_server_has_is_not_sent_again(client: Client, model: Node, large: Path) -> None:
    model.create_file(large)
    said: list[str] = []
    model.create_file(large, "again.bin", on_progress=lambda what, done, total: said.append(f"{what} {done}"))
    assert [one for one in said if one.startswith("sending")] == [f"sending {_LARGE}"]


def test_sending_ends_when_the_server_turns_out_to_have_it(
    client: Client, model: Node, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.create_file(large)
    monkeypatch.setattr("pavi.delivery.sending._LARGE_BYTES", 1)
    stopped = threading.Event()
    stop = BlobUpload.stop

    def stop_and_tell(upload: BlobUpload) -> None:
        stop(upload)
        stopped.set()

    monkeypatch.setattr(BlobUpload, "stop", stop_and_tell)
    sent: list[int] = []

    def wait(what: str, done: int, total: int) -> None:
        if what == "sending":
            sent.append(done)
            assert stopped.wait(60)

    assert model.create_file(large, "again.bin", on_progress=wait).sha256 == digest(large)
    assert sent == [0]


def test_no_bytes(client: Client, model: Node, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    node = model.create_file(tmp_path / "empty")
    assert node.size == 0
    assert node.download(tmp_path / "back").read_bytes() == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back", "empty"]


_UPLOADS = """
import os, signal, sys
from pavi import modelcloud
from pavi.delivery import sending

if sys.argv[3] == "hashed-beside":
    sending._LARGE_BYTES = sending._PARALLEL_BYTES = 1

def killed(what, done, total):
    if what == "sending" and done > 0:
        os.kill(os.getpid(), signal.SIGKILL)

modelcloud.Folder(sys.argv[2]).create_file(sys.argv[1], on_progress=killed)
"""


def test_an_upload_that_was_killed_goes_on(
    client: Client, model: Node, large: Path, person: Person, hashing: str
) -> None:
    command = [sys.executable, "-c", _UPLOADS, str(large), model.path, hashing]
    done = subprocess.run(command, env=environment(person), timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert list(model.children()) == []
    sent: list[int] = []
    node = model.create_file(large, on_progress=lambda what, done, total: sent.append(done) if what == "sending" else 0)
    assert 0 < sent[0] < _LARGE  # what the killed one had brought there is not sent again
    assert node.sha256 == digest(large)


def test_a_file_that_changes_while_it_is_sent(client: Client, model: Node, large: Path) -> None:
    def changed(what: str, done: int, total: int) -> None:
        if what == "sending" and done == 0:
            with large.open("r+b") as file:
                file.seek(_LARGE - 1)
                file.write(bytes([large.read_bytes()[-1] ^ 1]))

    with pytest.raises(FileChanged):
        model.create_file(large, on_progress=changed)
    assert list(model.children()) == []
    with pytest.raises(FileChanged):
        model.create_file(large, on_progress=lambda what, *_: large.write_bytes(b"short") if what == "sending" else 0)
    assert model.create_file(large).size == 5


_DOWNLOADS = """
import sys
from pavi import modelcloud

sys.stdin.readline()
modelcloud.get(sys.argv[1]).download(sys.argv[2])
"""


@pytest.mark.slow
@pytest.mark.parametrize("same", [True, False], ids=["one-target", "own-targets"])
def test_eight_at_once(client: Client, model: Node, large: Path, person: Person, tmp_path: Path, same: bool) -> None:
    node = model.create_file(large)
    folder = tmp_path / "down"
    folder.mkdir()
    targets = [folder / ("x" if same else f"x{rank}") for rank in range(8)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _DOWNLOADS, node.path, str(target)], env=environment(person), stdin=subprocess.PIPE
        )
        for target in targets
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.close()
    assert [process.wait(120) for process in processes] == [0] * 8
    assert {digest(target) for target in targets} == {node.sha256}
    assert sorted(folder.iterdir()) == sorted(set(targets))


def test_a_download_goes_on(client: Client, model: Node, large: Path, tmp_path: Path) -> None:
    node = model.create_file(large)
    content = large.read_bytes()
    partial = tmp_path / f".back.{node.sha256[:16]}.part"  # type: ignore[index]
    partial.write_bytes(content[: _LARGE // 2])
    fetched: list[int] = []
    node.download(tmp_path / "back", lambda what, done, total: fetched.append(done))
    assert fetched[0] > _LARGE // 2
    assert digest(tmp_path / "back") == node.sha256


def test_a_flipped_bit_in_what_was_there_is_noticed(client: Client, model: Node, large: Path, tmp_path: Path) -> None:
    node = model.create_file(large)
    wrong = bytearray(large.read_bytes()[: _LARGE // 2])
    wrong[1000] ^= 1
    (tmp_path / f".back.{node.sha256[:16]}.part").write_bytes(wrong)  # type: ignore[index]
    node.download(tmp_path / "back")
    assert digest(tmp_path / "back") == node.sha256


def test_a_newer_version_does_not_mix_with_an_older(client: Client, model: Node, large: Path, tmp_path: Path) -> None:
    node = model.create_file(large, "x.pth")
    expected = node.sha256
    large.write_bytes(b"newer")
    model.create_file(large, "x.pth", overwrite=True)
    assert digest(node.download(tmp_path / "back")) == expected


def test_a_server_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAVI_SERVER", "http://127.0.0.1:9")
    monkeypatch.setenv("PAVI_TOKEN", "x")
    monkeypatch.setattr("pavi.delivery.patience.PAUSES", (0.01, 0.01))
    with pytest.raises(ServerUnreachable, match="does not answer"):
        modelcloud.get("a/b")


def test_a_flipped_bit_on_the_server_is_caught(
    client: Client, model: Node, large: Path, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pavi.delivery.patience.PAUSES", (0.01, 0.01))
    node = model.create_file(large)
    [stored] = (person.platform.data_dir / "blobs" / "objects").glob(f"*/*/{node.sha256}.*")
    damaged = stored / "00000" if stored.is_dir() else stored
    with damaged.open("r+b") as file:
        first = file.read(1)[0]
        file.seek(0)
        file.write(bytes([first ^ 1]))
    target = tmp_path / "back"
    target.write_bytes(b"the file of yesterday")
    with pytest.raises(DownloadDamaged, match=r"large\.bin arrived damaged twice"):
        node.download(target)
    assert target.read_bytes() == b"the file of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back", "large.bin"]


@pytest.mark.slow
def test_a_restarting_server_is_waited_for(own_platform: RunningPlatform, tmp_path: Path, large: Path) -> None:
    client = Client(own_platform.url, own_platform.token)
    killed: list[str] = []

    def kill_once(what: str, done: int, total: int) -> None:
        if what in ("sending", "fetching") and what not in killed and done:
            killed.append(what)
            own_platform.kill("server")  # its supervisor starts another one

    node = Folder("p/m", client).create_file(large, on_progress=kill_once)
    assert digest(node.download(tmp_path / "back", kill_once)) == digest(large)
    assert killed == ["sending", "fetching"]
    client.close()
