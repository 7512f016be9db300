"""HTTP to a Pavi server: JSON verbs, bytes in both directions, and the server's errors as exceptions.

Owns connection, authorisation and error decoding. Does not retry: who calls knows whether a retry is safe and wanted.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests

from pavi.exception import ServerUnreachable, error_for

__all__ = ["Client"]

_CONNECT_S, _READ_S = 5.0, 60.0


class Client:
    """Speaks for one token to one server. A client belongs to one thread at a time.

    Args:
        server: address such as ``http://127.0.0.1:8300``.
        token: goes into ``Authorization: Bearer``; None asks anonymously.
        timeout: seconds for connecting, and seconds of silence while reading.
    """

    def __init__(
        self, server: str, token: str | None = None, *, timeout: tuple[float, float] = (_CONNECT_S, _READ_S)
    ) -> None:
        self.server = server.rstrip("/")
        self.token = token
        self._timeout = timeout
        self._session = requests.Session()
        if urlsplit(self.server).hostname in ("127.0.0.1", "localhost", "::1"):
            self._session.trust_env = False  # a proxy for the world cannot reach this machine's loopback
        self._session.headers["User-Agent"] = "pavi-sdk"

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """GET, decoded. ``path`` is below ``/api/v1/`` (``trainings``), as for all verbs; a value may be a list.

        Raises:
            ServerUnreachable: no answer.
            ApiError: an answer that is an error, by status (see `pavi.exception`).
        """
        return self.send("GET", path, params=params)

    def post(self, path: str, json: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """POST with a JSON body. Raises as `get`."""
        return self.send("POST", path, json=json, params=params)

    def put(self, path: str, json: Any = None) -> Any:
        """PUT with a JSON body. Raises as `get`."""
        return self.send("PUT", path, json=json)

    def patch(self, path: str, json: Any = None) -> Any:
        """PATCH with a JSON body. Raises as `get`."""
        return self.send("PATCH", path, json=json)

    def delete(self, path: str) -> Any:
        """DELETE. Raises as `get`."""
        return self.send("DELETE", path)

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Any verb, with a JSON body or raw ``data`` (bytes, or a file to stream). Returns the decoded answer, or None.

        Raises:
            ServerUnreachable: no answer.
            ApiError: an answer that is an error.
        """
        with self._answer(method, path, params=params, json=json, data=data, headers=headers) as response:
            if not response.content:
                return None
            return self._decoded(response)

    @contextmanager
    def stream(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        json: Any = None,
    ) -> Iterator[requests.Response]:
        """A body that is read in pieces: ``with client.stream(path) as r: r.iter_content(65536)``.

        Raises:
            ServerUnreachable: no answer, also when it breaks off while it is read.
            ApiError: an answer that is an error.
        """
        with self._answer(method, path, params=params, json=json, headers=headers, stream=True) as response:
            yield response

    def another(self) -> "Client":
        """A client like this one with connections of its own, for another thread."""
        return Client(self.server, self.token, timeout=self._timeout)

    def close(self) -> None:
        """Closes kept connections. The client can be used again."""
        self._session.close()

    @contextmanager
    def _answer(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> Iterator[requests.Response]:
        sent = {"Accept": "application/json", **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        url = f"{self.server}/api/v1/{path.lstrip('/')}"
        try:
            with self._session.request(
                # A redirect would lose the body of a POST, and could carry the token elsewhere.
                method,
                url,
                headers=sent,
                timeout=self._timeout,
                allow_redirects=False,
                **options,
            ) as response:
                if not 200 <= response.status_code < 300:
                    raise self._error(response)
                yield response
        except requests.RequestException as error:
            raise ServerUnreachable(f"{self.server} does not answer ({_reason(error)})") from error

    def _decoded(self, response: requests.Response) -> Any:
        try:
            return response.json()
        except ValueError:
            raise error_for(
                502, f"{self.server} answered something that is not JSON; is it a Pavi server?", code="sdk.not_json"
            ) from None

    def _error(self, response: requests.Response) -> Exception:
        try:
            error = response.json()["error"]
            message, code, details = str(error["message"]), str(error["code"]), error.get("details") or {}
        except (ValueError, KeyError, TypeError):
            message, code, details = f"{self.server} answered {response.status_code} {response.reason}", "", {}
        status = response.status_code
        if 300 <= status < 400:
            message = f"{self.server} redirects to {response.headers.get('Location', '?')}; use that address instead"
        return error_for(status, message, code=code, retry_after=_retry_after(response), details=details)


def _retry_after(response: requests.Response) -> float | None:
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):  # absent, or the date form that no Pavi server sends
        return None


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its TLS certificate cannot be verified"
    if isinstance(error, requests.exceptions.Timeout):
        return "timed out"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "connection refused or cut off"
    return type(error).__name__
