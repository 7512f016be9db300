"""Tables of accounts: users, their tokens (hashed), their roles on scopes, and what was done (audit)."""

import uuid
from typing import Any, ClassVar, NoReturn

from django.contrib.auth.models import AbstractUser
from django.db import models

from server.accounts.principal import Role


class User(AbstractUser):
    """Somebody who can sign in. ``is_superuser`` makes an administrator of the platform."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.username


class Token(models.Model):
    """A key for programs. Only the SHA-256 of it is stored: it is random and long, so it needs no salt."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, help_text="The first characters, so that people recognise it.")
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"


class Membership(models.Model):
    """A user's role on a scope, which for this app is just an id."""

    id = models.BigAutoField(primary_key=True)
    scope = models.UUIDField(default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=[(role.value, role.value) for role in Role])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=[role.value for role in Role]), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} on {self.scope}"


class LoginFailure(models.Model):
    """A wrong password, remembered for a while so that guessing gets slow (`sessions`)."""

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=150)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        # Counts the recent failures of one user, or of one address.
        indexes = [
            models.Index(fields=["username", "at"], name="login_failure_user"),
            models.Index(fields=["address", "at"], name="login_failure_address"),
        ]

    def __str__(self) -> str:
        return f"{self.username} from {self.address} at {self.at}"


class AppendOnly(TypeError):
    """Code tried to change or remove a row of a log."""


class AuditEntries(models.QuerySet["AuditEntry"]):
    """Can be read and added to."""

    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002  # Django's signature
        raise AppendOnly("audit entries are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("audit entries are never deleted")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        raise AppendOnly("audit entries are never changed")


class AuditEntry(models.Model):
    """Something that somebody did. Rows are only ever added.

    When a user is deleted, Django empties ``actor`` through the base manager; nothing else changes a row.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=150, help_text="Kept when the user is gone.")
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=200)
    scope = models.UUIDField(null=True, blank=True, db_index=True, help_text="Owners of the scope may read the entry.")
    details = models.JSONField(default=dict)

    objects = AuditEntries.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("audit entries are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        raise AppendOnly("audit entries are never deleted")
