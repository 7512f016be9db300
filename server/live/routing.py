"""Where WebSockets go: ``/ws/``; any other path is refused in the handshake."""

from typing import Any

from server.live.consumer import LiveConsumer

_live = LiveConsumer.as_asgi()


async def websocket_application(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application for connections of type ``websocket``."""
    if scope["path"] in ("/ws/", "/ws"):
        await _live(scope, receive, send)
    else:
        await send({"type": "websocket.close"})
