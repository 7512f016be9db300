"""How DRF learns who asks: ``Authorization: Bearer <token>`` (or ``Token``), or the browser's session with CSRF."""

from django.contrib.auth.models import AnonymousUser
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as DrfSessionAuthentication
from rest_framework.request import Request

from server.accounts import selectors, services
from server.accounts.models import User
from server.accounts.principal import Principal

WRONG_TOKEN = "This token is unknown or has expired. Run 'pavi login', or make a new one in the settings."  # noqa: S105


def bearer(header: str) -> str | None:
    """The token in an Authorization header's value; None when the header is about something else."""
    scheme, _, raw = header.partition(" ")
    if scheme.lower() not in ("bearer", "token"):
        return None
    return raw.strip()


class TokenAuthentication(BaseAuthentication):
    """Programs."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        raw = bearer(request.META.get("HTTP_AUTHORIZATION", ""))
        if raw is None:
            return None
        principal = selectors.authenticate(raw)
        if principal is None:
            raise exceptions.AuthenticationFailed(WRONG_TOKEN)
        if principal.token_id is not None:
            services.touch_token(token_id=principal.token_id)
        return principal, None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002  # DRF's signature
        return 'Bearer realm="pavi"'


class SessionAuthentication(DrfSessionAuthentication):
    """Browsers. Unsafe methods need the CSRF token, as everywhere in Django."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        user = getattr(request._request, "user", None)
        if user is None or isinstance(user, AnonymousUser) or not isinstance(user, User) or not user.is_active:
            return None
        self.enforce_csrf(request)
        return selectors.principal_of(user), None

    def enforce_csrf(self, request: Request) -> None:
        # Django's own request: DRF's would refuse a form's content type before the token is looked at.
        super().enforce_csrf(request._request)  # type: ignore[arg-type]
