"""Who may log into which training, as the ingest endpoint asks it thousands of times a second: remembered briefly.

A revoked token or role is noticed within `REMEMBER_S`. Owns no rules: `accounts` and the gate have them.
"""

from time import monotonic
from typing import Generic, TypeVar
from uuid import UUID

from server.accounts import selectors as accounts
from server.accounts.authentication import WRONG_TOKEN, bearer
from server.accounts.principal import Principal
from server.common.errors import NotAuthenticated, PermissionDenied
from server.scalars import gate
from server.scalars.errors import UnknownTraining

REMEMBER_S = 5.0
_MAX_REMEMBERED = 10_000
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class _Memory(Generic[_Key, _Value]):
    """Answers and when they expire; bounded."""

    def __init__(self) -> None:
        self._answers: dict[_Key, tuple[float, _Value]] = {}

    def get(self, key: _Key) -> _Value | None:
        found = self._answers.get(key)
        return found[1] if found is not None and found[0] > monotonic() else None

    def put(self, key: _Key, value: _Value) -> None:
        if len(self._answers) >= _MAX_REMEMBERED:
            self._answers.clear()
        self._answers[key] = (monotonic() + REMEMBER_S, value)


class Admission:
    """Remembers good answers only: a bad token is asked again, so that a new one works at once."""

    def __init__(self) -> None:
        self._writers: _Memory[tuple[bytes, UUID], Principal] = _Memory()

    def remembered(self, header: bytes, training_id: UUID) -> Principal | None:
        """The principal, when this header was admitted to the training a moment ago."""
        return self._writers.get((header, training_id))

    def admit(self, header: bytes, training_id: UUID) -> Principal:
        """Asks the database. Call from a thread that may.

        Raises:
            NotAuthenticated: no token, or a wrong or expired one.
            UnknownTraining: it does not exist, or is not the caller's to see.
            PermissionDenied: the caller may read the training but not log into it.
        """
        raw = bearer(header.decode("latin-1"))
        if not raw:
            raise NotAuthenticated("Logging needs a token: send 'Authorization: Bearer <token>', or run 'pavi login'.")
        principal = accounts.authenticate(raw)
        if principal is None:
            raise NotAuthenticated(WRONG_TOKEN)
        if not gate.current().writable(viewer=principal, training_id=training_id):
            if gate.current().readable(viewer=principal, training_ids=[training_id]):
                raise PermissionDenied("You may look at this training but not log into it. Ask its owner for a role.")
            raise UnknownTraining("There is no such training, or it is not yours to see.")
        self._writers.put((header, training_id), principal)
        return principal
