"""Signing browsers in and out. Guessing is slowed by counting failures per user and address, in the database,
so that all processes count together."""

from datetime import timedelta

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest
from django.utils import timezone

from server.accounts import errors, selectors
from server.accounts.models import LoginFailure, User
from server.accounts.principal import Principal

WINDOW = timedelta(minutes=10)
MAX_FAILURES = 10
"""Wrong passwords of one user from one address within the window."""
MAX_ADDRESS_FAILURES = 100
"""Wrong passwords from one address within the window, whoever they were for."""


def sign_in(request: HttpRequest, *, username: str, password: str) -> Principal:
    """Checks a password and starts a browser session (the session key and the CSRF token change).

    The caller has checked the CSRF token.

    Raises:
        TooManyLogins: too many wrong passwords lately.
        WrongLogin: unknown user, disabled user or wrong password; which of them is not told.
    """
    username, address = _names(request, username)
    _slow_down(username, address)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise _failure(username, address)
    login(request, user)
    LoginFailure.objects.filter(username=username, address=address).delete()
    return selectors.principal_of(user)


def identify(request: HttpRequest, *, username: str, secret: str) -> Principal:
    """Checks a password, or a token of that user, and starts no session: for protocols that carry both in a body.

    Raises:
        TooManyLogins, WrongLogin: as `sign_in`; failures of both count together.
    """
    username, address = _names(request, username)
    _slow_down(username, address)
    principal = selectors.authenticate(secret)
    if principal is not None and principal.username != username:
        principal = None
    if principal is None:
        user = authenticate(request, username=username, password=secret)
        principal = selectors.principal_of(user) if isinstance(user, User) else None
    if principal is None:
        raise _failure(username, address)
    LoginFailure.objects.filter(username=username, address=address).delete()
    return principal


def sign_out(request: HttpRequest) -> None:
    """Ends the browser's session; harmless without one."""
    logout(request)


def _names(request: HttpRequest, username: str) -> tuple[str, str]:
    return username.replace("\0", "")[:150], str(request.META.get("REMOTE_ADDR", ""))[:64]


def _failure(username: str, address: str) -> errors.WrongLogin:
    now = timezone.now()
    LoginFailure.objects.create(username=username, address=address, at=now)
    LoginFailure.objects.filter(at__lte=now - WINDOW).delete()
    return errors.WrongLogin("User name or password is wrong.")


def _slow_down(username: str, address: str) -> None:
    since = timezone.now() - WINDOW
    recent = LoginFailure.objects.filter(address=address, at__gt=since)
    if recent.filter(username=username).count() >= MAX_FAILURES or recent.count() >= MAX_ADDRESS_FAILURES:
        raise errors.TooManyLogins(
            f"Too many wrong passwords. Wait {int(WINDOW.total_seconds() // 60)} minutes, or ask an administrator.",
            retry_after=int(WINDOW.total_seconds()),
        )
