"""Files beside a journal: sent in parts, resumed, checked, and deleted only when the server has them."""

import hashlib
import os
from pathlib import Path

from pavi.delivery.client import Client
from pavi.delivery.sender import Sender
from pavi.delivery.sync import sync
from pavi.delivery.uploads import Uploads
from pavi.protocol import pack_event
from tests.client_sdk.delivery.conftest import Written


def keep(written: Written, content: bytes) -> Path:
    digest = hashlib.sha256(content).hexdigest()
    folder = written.writer.folder / "files"
    folder.mkdir(exist_ok=True)
    (folder / digest).write_bytes(content)
    event = {"type": "snapshot", "tag": "m", "iteration": 1, "name": "a.pth", "size": len(content), "sha256": digest}
    written.append(pack_event(event, 1.0))
    return folder / digest


def download(client: Client, training: object) -> bytes:
    (item,) = client.get(f"trainings/{training}/snapshots")["items"]
    assert item["pending"] is False
    with client.stream(f"trainings/{training}/snapshots/{item['id']}/file") as answer:
        return b"".join(answer.iter_content(65536))


def test_file_arrives_and_goes(written: Written, client: Client) -> None:
    content = os.urandom(3_000_000)
    path = keep(written, content)
    sync(written.journal, client)
    assert not path.exists()
    assert download(client, written.training) == content


def test_empty_file(written: Written, client: Client) -> None:
    path = keep(written, b"")
    sync(written.journal, client)
    assert not path.exists()
    assert download(client, written.training) == b""


def test_interrupted_upload_goes_on(written: Written, client: Client) -> None:
    content = os.urandom(20_000_000)
    path = keep(written, content)
    first = Uploads(written.writer.folder, client)
    assert first.step()
    assert first.step()
    state = client.post("blobs/uploads", {"sha256": path.name, "size": len(content)})
    assert len(state["received"]) == 1
    sync(written.journal, client)  # another process, later
    assert not path.exists()
    assert download(client, written.training) == content
    while first.step():  # the first one comes back and finds nothing to do
        pass


def test_file_that_is_not_what_its_name_says_stays(written: Written, client: Client) -> None:
    path = keep(written, b"weights")
    path.write_bytes(b"WEIGHTS")
    sync(written.journal, client)
    assert path.read_bytes() == b"WEIGHTS"


def test_the_event_may_come_first(written: Written, client: Client) -> None:
    path = keep(written, b"late")
    sender = Sender(written.journal, client)
    sender.open()
    while sender.send_batch():
        pass
    (item,) = client.get(f"trainings/{written.training}/snapshots")["items"]
    assert item["pending"] is True
    while sender.uploads.step():
        pass
    assert not path.exists()
    assert download(client, written.training) == b"late"


def test_unfinished_copies_are_not_sent(written: Written, client: Client) -> None:
    keep(written, b"x").with_name(".123-abc").write_bytes(b"half")
    sync(written.journal, client)
    assert (written.writer.folder / "files" / ".123-abc").exists()


def test_small_files_go_together(written: Written, client: Client) -> None:
    contents = [os.urandom(2_000) for _ in range(300)] + [os.urandom(600_000), b""]
    paths = [keep(written, content) for content in contents]
    (damaged := keep(written, b"weights")).write_bytes(b"WEIGHTS")
    uploads = Uploads(written.writer.folder, client)
    steps = 0
    while uploads.step():
        steps += 1
    assert not any(path.exists() for path in paths)
    assert damaged.read_bytes() == b"WEIGHTS"
    assert steps < 20  # one by one, they would be nine hundred
    sync(written.journal, client)
    items = client.get(f"trainings/{written.training}/snapshots")["items"]
    assert sum(not item["pending"] for item in items) == len(contents)
