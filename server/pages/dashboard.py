"""Hands out the built dashboard: one HTML file for every address below ``/app``, whose script does the rest.

Owns its security policy. Files beside it are static files.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

BUILT = settings.BASE_DIR / "frontend" / "dist" / "app" / "index.html"

# Styles may stand in the page: the component library sets sizes and colours on elements. Scripts may not.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


@require_GET
@ensure_csrf_cookie
def dashboard(request: HttpRequest, path: str = "") -> HttpResponse:  # noqa: ARG001  # its script reads the path
    """The application. It asks who is signed in itself, so the file is the same for everybody."""
    try:
        response = HttpResponse(BUILT.read_bytes())
    except FileNotFoundError:
        problem = {"message": "The dashboard is not built here. Run make install, or python frontend/build.py."}
        response = render(request, "error.html", {"error": problem}, status=503)
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    add_never_cache_headers(response)
    return response
