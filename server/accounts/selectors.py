"""Reads of accounts. Authentication is here because it is a read; `services` records that a token was used."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from server.accounts.models import AuditEntry, Membership, Token, User
from server.accounts.principal import Principal, Role
from server.common import cursor as cursors
from server.common.cursor import BadCursor


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token as its owner may see it: never the token itself."""

    id: int
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Member:
    """A user's role on a scope."""

    username: str
    role: Role
    since: datetime


@dataclass(frozen=True, slots=True)
class Audited:
    """One line of the audit log."""

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    scope: UUID | None
    details: dict[str, Any]


def hash_token(raw: str) -> str:
    """How a token is stored."""
    return hashlib.sha256(raw.encode()).hexdigest()


def authenticate(raw_token: str) -> Principal | None:
    """The principal of a token; None when it is unknown, expired, or its user is disabled."""
    token = (
        Token.objects.select_related("user")
        .filter(sha256=hash_token(raw_token), user__is_active=True)
        .only("id", "expires_at", "user__id", "user__username", "user__is_superuser")
        .first()
    )
    if token is None or (token.expires_at is not None and token.expires_at <= timezone.now()):
        return None
    return Principal(token.user.id, token.user.username, token.user.is_superuser, token.id)


def still_good(*, user_id: int, token_id: int | None) -> Principal | None:
    """Somebody who was authenticated earlier, as of now; None when the user is disabled, or the token that he showed
    is gone or has expired."""
    if token_id is None:
        user = User.objects.filter(id=user_id, is_active=True).first()
        return principal_of(user) if user is not None else None
    token = Token.objects.select_related("user").filter(id=token_id, user_id=user_id, user__is_active=True).first()
    if token is None or (token.expires_at is not None and token.expires_at <= timezone.now()):
        return None
    return Principal(token.user.id, token.user.username, token.user.is_superuser, token.id)


def principal_of(user: User) -> Principal:
    """The principal of a signed-in user."""
    return Principal(user.id, user.username, user.is_superuser)


def role_in(*, viewer: Principal, scope: UUID) -> Role | None:
    """The role that was given to the viewer on a scope (administrators get none by that alone)."""
    role = Membership.objects.filter(scope=scope, user_id=viewer.user_id).values_list("role", flat=True).first()
    return Role(role) if role is not None else None


def scopes_of(*, viewer: Principal) -> dict[UUID, Role]:
    """All scopes on which the viewer has a role."""
    rows = Membership.objects.filter(user_id=viewer.user_id).values_list("scope", "role")
    return {scope: Role(role) for scope, role in rows}


def find_user(username: str) -> Principal | None:
    """The principal of an active user by name; None when there is none."""
    user = User.objects.filter(username=username, is_active=True).first() if "\0" not in username else None
    return principal_of(user) if user is not None else None


def usernames(user_ids: set[int]) -> dict[int, str]:
    """Names of users by id."""
    return dict(User.objects.filter(id__in=user_ids).values_list("id", "username"))


def tokens_of(*, viewer: Principal) -> list[TokenInfo]:
    """The viewer's own tokens, newest first."""
    rows = Token.objects.filter(user_id=viewer.user_id).order_by("-id")
    return [TokenInfo(row.id, row.name, row.prefix, row.created_at, row.expires_at, row.last_used_at) for row in rows]


def members(*, scope: UUID) -> list[Member]:
    """Everybody with a role on a scope, by name. The caller decides who may ask."""
    rows = Membership.objects.filter(scope=scope).select_related("user").order_by("user__username")
    return [Member(row.user.username, Role(row.role), row.created_at) for row in rows]


def audit(*, viewer: Principal, limit: int, cursor: str | None = None) -> tuple[list[Audited], str | None]:
    """A page of the audit log, newest first, and the cursor of the next one.

    Administrators read everything; others what they did themselves and what was done on scopes that they own.
    """
    entries = AuditEntry.objects.order_by("-id")
    if not viewer.is_admin:
        owned = Membership.objects.filter(user_id=viewer.user_id, role=Role.OWNER.value).values("scope")
        entries = entries.filter(Q(actor_id=viewer.user_id) | Q(scope__in=owned))
    if cursor is not None:
        (before,) = cursors.decode(cursor, length=1)
        if not isinstance(before, int) or abs(before) >= 1 << 63:
            raise BadCursor("This cursor is not from here. Leave it out to start at the first page.")
        entries = entries.filter(id__lt=before)
    rows = list(entries[: limit + 1])
    more = cursors.encode([rows[limit - 1].id]) if len(rows) > limit else None
    page = [
        Audited(row.id, row.at, row.actor_name, row.action, row.target, row.scope, row.details) for row in rows[:limit]
    ]
    return page, more
