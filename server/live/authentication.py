"""Who is at the other end of a WebSocket: the browser's session, if the page is ours, or a bearer token.

Asked again from time to time: a session that ended or a token that was revoked ends the connection too.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from server.accounts import selectors
from server.accounts.authentication import bearer
from server.accounts.principal import Principal
from server.scalars import gate


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a connection came with. Browsers cannot send a header here, programs have no session."""

    token: str | None
    session_key: str | None


def credentials_of(scope: dict[str, Any]) -> Credentials:
    """Reads the handshake. A session counts only when the page that opened the socket is of this server:
    browsers send cookies along from any page, and no CSRF token protects a handshake."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    token = bearer(headers.get("authorization", ""))
    if token is not None or not _is_own_page(headers.get("origin", ""), headers.get("host", "")):
        return Credentials(token, None)
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        cookie = None
    return Credentials(None, cookie.value if cookie is not None else None)


async def authenticate(credentials: Credentials) -> Principal | None:
    """The principal at this moment; None when there is none any more."""
    principal: Principal | None = await database_sync_to_async(_authenticate)(credentials)
    return principal


async def readable(viewer: Principal, trainings: Collection[UUID]) -> frozenset[UUID]:
    """Those that the viewer may read at this moment."""
    found: frozenset[UUID] = await database_sync_to_async(_readable)(viewer, trainings)
    return found


def _authenticate(credentials: Credentials) -> Principal | None:
    if credentials.token is not None:
        return selectors.authenticate(credentials.token)
    if credentials.session_key is None:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(credentials.session_key)
    user = get_user(request)  # checks the session's hash, too: a new password ends old sessions
    if not user.is_authenticated or not user.is_active:
        return None
    return selectors.principal_of(user)


def _readable(viewer: Principal, trainings: Collection[UUID]) -> frozenset[UUID]:
    return gate.current().readable(viewer=viewer, training_ids=trainings)


def _is_own_page(origin: str, host: str) -> bool:
    parts = urlsplit(origin)
    return bool(parts.netloc) and (parts.netloc == host or origin in _trusted())


def _trusted() -> Iterable[str]:
    return (*settings.CSRF_TRUSTED_ORIGINS, settings.PUBLIC_URL)
