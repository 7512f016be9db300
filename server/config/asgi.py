"""One ASGI application on one port: ingest natively, ``/ws/`` through Channels, the rest through Django.

Django's own ASGI handler gives each request a fresh thread and so a fresh database connection; a fixed thread pool
around its WSGI handler keeps connections (docs/architecture.md has the numbers).
"""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.config.settings")

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

_wsgi = get_wsgi_application()  # sets Django up: the imports below need its apps

from server.config.bodies import gathered
from server.live.routing import websocket_application
from server.scalars.ingest import IngestEndpoint

_django = WSGIMiddleware(cast(Any, _wsgi), workers=8)  # Django types its handler more loosely than WSGI is
_ingest = IngestEndpoint()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The application that uvicorn runs."""
    kind = scope["type"]
    if kind == "http":
        if scope["path"].startswith("/api/v1/ingest/"):
            await _ingest(scope, receive, send)
        else:
            body: Any = gathered(scope["headers"], receive)  # a2wsgi has types of its own for the same things
            await _django(scope, body, send)
    elif kind == "websocket":
        await websocket_application(scope, receive, send)
    elif kind == "lifespan":
        await _lifespan(receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await _ingest.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await _ingest.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
