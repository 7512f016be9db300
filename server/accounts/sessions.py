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
    username = username.replace("\0", "")[:150]
    address = str(request.META.get("REMOTE_ADDR", ""))[:64]
    _slow_down(username, address)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        now = timezone.now()
        LoginFailure.objects.create(username=username, address=address, at=now)
        LoginFailure.objects.filter(at__lte=now - WINDOW).delete()
        raise errors.WrongLogin("User name or password is wrong.")
    login(request, user)
    LoginFailure.objects.filter(username=username, address=address).delete()
    return selectors.principal_of(user)


def sign_out(request: HttpRequest) -> None:
    """Ends the browser's session; harmless without one."""
    logout(request)


def _slow_down(username: str, address: str) -> None:
    since = timezone.now() - WINDOW
    recent = LoginFailure.objects.filter(address=address, at__gt=since)
    if recent.filter(username=username).count() >= MAX_FAILURES or recent.count() >= MAX_ADDRESS_FAILURES:
        raise errors.TooManyLogins(
            f"Too many wrong passwords. Wait {int(WINDOW.total_seconds() // 60)} minutes, or ask an administrator.",
            retry_after=int(WINDOW.total_seconds()),
        )
