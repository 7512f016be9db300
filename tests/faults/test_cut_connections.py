"""The connection breaks at the worst moment: after the server has committed and before its answer arrives."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests import services
from tests.faults.conftest import Trainer, wait_all_there
from tests.platform import RunningPlatform

pytestmark = pytest.mark.slow


class CuttingProxy:
    """Forwards to a server; of every ``period`` ingest answers it swallows one and closes the connection instead."""

    def __init__(self, target: int, period: int) -> None:
        self.port = services.free_port()
        self.swallowed = 0
        self._seen = 0
        self._target, self._period = target, period
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open += [client, server]
            state = {"ingest": False}
            threading.Thread(target=self._requests, args=(client, server, state), daemon=True).start()
            threading.Thread(target=self._answers, args=(server, client, state), daemon=True).start()

    def _requests(self, source: socket.socket, target: socket.socket, state: dict[str, bool]) -> None:
        try:
            while data := source.recv(65536):
                if data.startswith((b"POST", b"PUT", b"GET")):
                    state["ingest"] = data.startswith(b"POST /api/v1/ingest/")
                target.sendall(data)
        except OSError:
            pass
        self._close(source, target)

    def _answers(self, source: socket.socket, target: socket.socket, state: dict[str, bool]) -> None:
        try:
            while data := source.recv(65536):
                if state["ingest"] and data.startswith(b"HTTP/1.1 200"):
                    with self._lock:
                        self._seen += 1
                        swallow = self._seen % self._period == 0
                        self.swallowed += swallow
                    if swallow:  # the server has committed; nobody will ever hear of it
                        break
                target.sendall(data)
        except OSError:
            pass
        self._close(source, target)

    @staticmethod
    def _close(*sockets: socket.socket) -> None:
        for one in sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def stop(self) -> None:
        self._listener.close()
        self._close(*self._open)


@pytest.fixture
def cutting_proxy(platform: RunningPlatform) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(platform.port, period=2)
    yield proxy
    proxy.stop()


def test_answer_lost_after_commit(
    platform: RunningPlatform, train: Callable[..., Trainer], cutting_proxy: CuttingProxy
) -> None:
    trainer = train(platform, count=6_000, server=f"http://127.0.0.1:{cutting_proxy.port}")
    trainer.finish()
    assert cutting_proxy.swallowed >= 1
    wait_all_there(platform, trainer.training_id, 6_000)
