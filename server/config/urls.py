"""All HTTP routes that Django serves. The ingest endpoint and the WebSocket are dispatched before it, in asgi."""

from typing import Any

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from server.config import health, openapi

handler400 = "server.config.handlers.bad_request"
handler404 = "server.config.handlers.not_found"
handler500 = "server.config.handlers.server_error"

_OPEN: dict[str, Any] = {"authentication_classes": [], "permission_classes": []}  # descriptions hold no data

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/v1/schema", SpectacularAPIView.as_view(**_OPEN), name="schema"),
    path("api/v1/docs", SpectacularSwaggerSplitView.as_view(url_name="schema", **_OPEN), name="docs"),
    path("api/v1/", include("server.accounts.urls")),
    path("api/v1/", include("server.trainings.urls")),
    path("api/v1/", include("server.scalars.urls")),
    path("api/v1/", include("server.blobs.urls")),
    path("api/v1/", include("server.media.urls")),
    path("api/v1/", include("server.modelcloud.urls")),
    path("", include("server.compat.urls")),
    path("", include("server.pages.urls")),
]

# `openapi` is imported because that registers its security schemes.
__all__ = ["handler400", "handler404", "handler500", "openapi", "urlpatterns"]
