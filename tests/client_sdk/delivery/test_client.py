"""What a client makes of answers that are not the wanted ones, from a real but odd HTTP server."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pavi.delivery.client import Client
from pavi.exception import (
    ApiError,
    Conflict,
    InvalidRequest,
    ServerUnavailable,
    ServerUnreachable,
    TooLarge,
    TooManyRequests,
)

ANSWERS = {
    "ok": (200, {}, b'{"a": 1}'),
    "empty": (204, {}, b""),
    "page": (200, {}, b"<html>"),
    "busy": (
        503,
        {"Retry-After": "7"},
        b'{"error": {"code": "x.busy", "message": "Later.", "details": {"k": 1}, "request_id": ""}}',
    ),
    "proxy": (502, {}, b"<html>bad gateway"),
    "slower": (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, b"{}"),
    "large": (413, {}, b""),
    "moved": (308, {"Location": "https://elsewhere.example/"}, b""),
    "conflict": (409, {}, b'{"error": "odd"}'),
}


class Odd(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        if name == "cut":
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            return
        status, headers, body = ANSWERS[name]
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def odd() -> Iterator[Client]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = Client(f"http://127.0.0.1:{server.server_port}", "token")
    yield client
    client.close()
    server.shutdown()
    server.server_close()


def test_answers(odd: Client) -> None:
    assert odd.get("ok") == {"a": 1}
    assert odd.get("empty") is None


@pytest.mark.parametrize(
    ("name", "kind", "status", "retry_after"),
    [
        ("busy", ServerUnavailable, 503, 7.0),
        ("proxy", ServerUnavailable, 502, None),
        ("page", ServerUnavailable, 502, None),
        ("slower", TooManyRequests, 429, None),
        ("large", TooLarge, 413, None),
        ("conflict", Conflict, 409, None),
        ("moved", InvalidRequest, 308, None),
    ],
)
def test_errors(odd: Client, name: str, kind: type[ApiError], status: int, retry_after: float | None) -> None:
    with pytest.raises(kind) as caught:
        odd.get(name)
    assert caught.value.status == status
    assert caught.value.retry_after == retry_after
    assert caught.value.message


def test_details(odd: Client) -> None:
    with pytest.raises(ServerUnavailable) as caught:
        odd.get("busy")
    assert (caught.value.code, caught.value.message, caught.value.details) == ("x.busy", "Later.", {"k": 1})


def test_answer_that_breaks_off(odd: Client) -> None:
    with pytest.raises(ServerUnreachable):
        odd.get("cut")


def test_redirect_is_named_and_not_followed(odd: Client) -> None:
    with pytest.raises(InvalidRequest, match="elsewhere"):
        odd.get("moved")
