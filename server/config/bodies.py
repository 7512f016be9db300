"""Large request bodies on their way to Django: handed over in pieces of a mebibyte, the next one gathered meanwhile.

Django reads in a thread, and every piece costs a hand-over between threads; uvicorn's own pieces have 64 KiB at most.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

LARGE_BYTES = 256 * 1024
_PIECE_BYTES = 1024 * 1024


def gathered(headers: list[tuple[bytes, bytes]], receive: Receive) -> Receive:
    """``receive`` for a request with these headers: another one when its body is large."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and int(value) > LARGE_BYTES:
            return _Gathered(receive)
    return receive


class _Gathered:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._next: asyncio.Task[Message] | None = None

    async def __call__(self) -> Message:
        task = self._next or asyncio.ensure_future(self._gather())
        message = await task
        self._next = asyncio.ensure_future(self._gather()) if message.get("more_body") else None
        return message

    async def _gather(self) -> Message:
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] != "http.request":  # disconnected
                return message
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            more = message.get("more_body", False)
            if size >= _PIECE_BYTES or not more:
                return {"type": "http.request", "body": b"".join(pieces), "more_body": more}
