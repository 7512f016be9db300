"""Writes of accounts: users, tokens, roles, the audit log. Sessions of browsers are in `sessions`."""

import secrets
import string
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from server.accounts import errors
from server.accounts.models import AuditEntry, Membership, Token, User
from server.accounts.principal import Principal, Role
from server.accounts.selectors import hash_token, principal_of

TOKEN_PREFIX = "pavi_"  # noqa: S105  # what every token begins with, so that secret scanners know it
_TOKEN_RANDOM_CHARS = 40
_ALPHABET = string.ascii_letters + string.digits
_USE_EVERY_S = 60


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made. ``raw`` is shown once and stored nowhere."""

    id: int
    raw: str
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None


def create_user(
    *, username: str, password: str, is_admin: bool = False, email: str = "", actor: Principal | None = None
) -> Principal:
    """Adds somebody who can sign in.

    Raises:
        BadUsername, BadPassword: the message says what is wrong with it.
        UsernameTaken: there is such a user already.
    """
    user = User(username=username, email=email, is_superuser=is_admin, is_staff=is_admin)
    _check_password(password, user)
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise errors.BadUsername(" ".join(error.messages)) from error
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            record(actor=actor, action="user.created", target=username, details={"admin": is_admin})
    except IntegrityError:
        raise errors.UsernameTaken(f"There is already a user {username!r}. Choose another name.") from None
    return principal_of(user)


def set_password(*, user_id: int, password: str, actor: Principal | None = None) -> None:
    """Replaces a password, which also ends the user's browser sessions.

    Raises:
        BadPassword, NoSuchUser
    """
    user = User.objects.filter(id=user_id).first()
    if user is None:
        raise errors.NoSuchUser("There is no such user.")
    _check_password(password, user)
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        record(actor=actor, action="user.password_changed", target=user.username)


def create_token(*, user_id: int, name: str, expires_at: datetime | None = None) -> NewToken:
    """Makes a token for programs of that user. The raw token is in the answer and nowhere else.

    Raises:
        NoSuchUser
        BadToken: the expiry lies in the past, or the name is empty or too long.
    """
    name = name.strip()
    if not name or len(name) > 100 or "\0" in name:
        raise errors.BadToken("Give the token a name of 1 to 100 characters that says where it is used.")
    if expires_at is not None and expires_at <= timezone.now():
        raise errors.BadToken("The expiry lies in the past. Give a later time, or leave it out.")
    user = User.objects.filter(id=user_id).first()
    if user is None:
        raise errors.NoSuchUser("There is no such user.")
    raw = TOKEN_PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_TOKEN_RANDOM_CHARS))
    with transaction.atomic():
        token = Token.objects.create(
            user=user, name=name, prefix=raw[:12], sha256=hash_token(raw), expires_at=expires_at
        )
        record(actor=principal_of(user), action="token.created", target=f"{token.prefix}… ({name})")
    return NewToken(token.id, raw, name, token.prefix, token.created_at, token.expires_at)


def revoke_token(*, actor: Principal, token_id: int) -> None:
    """Deletes one of the actor's own tokens; it stops working at once (within seconds for ingest).

    Raises:
        NoSuchToken: also somebody else's.
    """
    with transaction.atomic():
        token = Token.objects.filter(id=token_id, user_id=actor.user_id).first() if token_id < 1 << 63 else None
        if token is None:
            raise errors.NoSuchToken("You have no such token.")
        token.delete()
        record(actor=actor, action="token.revoked", target=f"{token.prefix}… ({token.name})")


_used: dict[int, float] = {}
_used_lock = threading.Lock()


def touch_token(*, token_id: int) -> None:
    """Notes that a token was just used; writes at most once a minute a token."""
    now = time.monotonic()
    with _used_lock:
        if now - _used.get(token_id, -_USE_EVERY_S) < _USE_EVERY_S:
            return
        if len(_used) > 10_000:
            _used.clear()
        _used[token_id] = now
    moment = timezone.now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=moment - timedelta(seconds=_USE_EVERY_S))
    Token.objects.filter(stale, id=token_id).update(last_used_at=moment)


def forget_uses() -> None:
    """Drops this process's memory of when tokens were used: the next use of each is written."""
    with _used_lock:
        _used.clear()


def grant(*, scope: UUID, username: str, role: Role, actor: Principal) -> None:
    """Gives a user a role on a scope, in place of the one he had. The caller decides who may.

    Raises:
        NoSuchUser
    """
    user = User.objects.filter(username=username, is_active=True).first() if "\0" not in username else None
    if user is None:
        raise errors.NoSuchUser(f"There is no user {username!r}.", username=username)
    with transaction.atomic():
        Membership.objects.update_or_create(scope=scope, user=user, defaults={"role": role.value})
        record(actor=actor, action="role.granted", target=username, scope=scope, details={"role": role.value})


def revoke(*, scope: UUID, username: str, actor: Principal) -> None:
    """Takes a user's role on a scope away. The caller decides who may.

    Raises:
        NoSuchUser: he has no role there.
    """
    with transaction.atomic():
        members = Membership.objects.filter(scope=scope, user__username=username)
        if "\0" in username or not members.delete()[0]:
            raise errors.NoSuchUser(f"{username!r} has no role here.", username=username)
        record(actor=actor, action="role.revoked", target=username, scope=scope)


def forget_scope(*, scope: UUID) -> None:
    """Removes all roles on a scope that ceased to exist."""
    Membership.objects.filter(scope=scope).delete()


def record(
    *,
    actor: Principal | None,
    action: str,
    target: str,
    scope: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Adds a line to the audit log, in the caller's transaction. ``actor=None`` is the platform itself."""
    AuditEntry.objects.create(
        actor_id=actor.user_id if actor else None,
        actor_name=actor.username if actor else "",
        action=action,
        target=target.replace("\0", "")[:200],
        scope=scope,
        details=details or {},
    )


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise errors.BadPassword(" ".join(error.messages)) from error
