"""mmcv 0.2.16, whose `PaviClient` speaks the HTTP protocol of 2018, through a network that loses every first answer."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from pavi.api import Api
from tests.clients.conftest import Machine
from tests.clients.environments import MMCV, Environment
from tests.platform import PASSWORD, RunningPlatform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SCRIPT = Path(__file__).parent / "mmcv_scripts" / "old.py"
PATIENCE_S = 60.0


class Forgetful(ThreadingHTTPServer):
    """Hands posts on to the platform. Of each log message it loses the first answer: the client sends it again."""

    def __init__(self, platform: RunningPlatform) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.platform_port = platform.port
        self.seen: set[bytes] = set()
        self.repeated = 0


class _Handler(BaseHTTPRequestHandler):
    server: Forgetful

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        onward = http.client.HTTPConnection("127.0.0.1", self.server.platform_port, timeout=30)
        onward.request("POST", self.path, body, {"Content-Type": "application/json"})
        answer = onward.getresponse()
        text = answer.read()
        onward.close()
        if b"outputs" in body and body not in self.server.seen:
            self.server.seen.add(body)
            self.close_connection = True  # the server has stored it, and nobody will ever hear of it
            return
        self.server.repeated += b"outputs" in body
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def forgetful(platform: RunningPlatform) -> Iterator[Forgetful]:
    server = Forgetful(platform)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_training_of_2018(
    platform: RunningPlatform, machine: Callable[[Environment], Machine], api: Api, forgetful: Forgetful
) -> None:
    here = machine(MMCV["0.2.16"])
    address = f"http://127.0.0.1:{forgetful.server_port}/log"
    process = here.start(
        SCRIPT, address, f"{platform.url}/log/", PAVI_USERNAME="ada", PAVI_PASSWORD=PASSWORD, PYTHONUNBUFFERED="1"
    )
    try:
        assert process.stdout is not None
        line = ""
        while not line.startswith("{"):
            line = process.stdout.readline()
            assert line, process.communicate()[1][-4000:]
        said = json.loads(line)
        assert said["wrong"] is False
        assert said["again"] is True
        assert said["instance"] == said["first"]
        (training,) = api.trainings(project="default", where='name == "old"')
        # After an epoch, that client counts one iteration too many.
        expected = {"train/loss": [2, 4, 6, 8, 100], "train/acc": [2, 4, 6, 8], "val/loss": [5, 9], "val/acc": [5, 9]}
        deadline = time.monotonic() + PATIENCE_S
        found: dict[str, list[int]] = {}
        while found != expected and time.monotonic() < deadline:
            found = {one.tag: [point.step for point in one.points()] for one in training.series()}
            time.sleep(0.2)
        assert {tag: found[tag] for tag in expected} == expected
        assert set(found) <= {*expected, "train/lr", "train/momentum"}
        assert forgetful.repeated >= 6
    finally:
        process.communicate(timeout=PATIENCE_S)
    training.reload()
    assert training["model"] == "Net"
    assert training["session_text"] == "total_epochs = 2\n"
    assert training.config["work_dir"].endswith("/old")
    assert training.status == "running"  # nothing tells the end: silence does
