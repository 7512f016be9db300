"""What monitors ask: is the process alive, can it serve, and its figures for Prometheus."""

from importlib.metadata import version

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis import Redis, RedisError


def livez(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all, with the version that answers."""
    return JsonResponse({"status": "alive", "version": version("pavi-server")})


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; Redis may be away (live updates pause), which is said but no failure."""
    checks = {"database": "ok", "redis": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        checks["database"] = str(error).strip().splitlines()[0]
        connection.close()
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as redis:
            redis.ping()
    except RedisError as error:
        checks["redis"] = f"{error} (live updates and background work pause until it is back)"
    ready = checks["database"] == "ok"
    return JsonResponse({"status": "ready" if ready else "unavailable", "checks": checks}, status=200 if ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text format."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
