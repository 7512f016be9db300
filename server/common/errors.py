"""The tree of errors that reach a caller, and the one envelope they travel in.

PaviError
├── InvalidInput     400  the caller can mend the request
├── NotAuthenticated 401
├── PermissionDenied 403
├── NotFound         404  also somebody else's private thing
├── Conflict         409
├── TooLarge         413
├── TooMany          429
└── Unavailable      503  ours: try again later; carries ``retry_after`` seconds

Apps subclass these in their own ``errors.py`` with a stable ``code`` such as ``trainings.already_finished``.
"""

import uuid
from typing import Any, ClassVar


class PaviError(Exception):
    """An error with a stable code, a message that names the way out, and details for programs."""

    status: ClassVar[int] = 500
    code: str = "common.internal"

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        if code is not None:
            self.code = code


class InvalidInput(PaviError):
    status = 400
    code = "common.invalid"


class NotAuthenticated(PaviError):
    status = 401
    code = "accounts.not_authenticated"


class PermissionDenied(PaviError):
    status = 403
    code = "accounts.forbidden"


class NotFound(PaviError):
    status = 404
    code = "common.not_found"


class Conflict(PaviError):
    status = 409
    code = "common.conflict"


class TooLarge(PaviError):
    status = 413
    code = "common.too_large"


class TooMany(PaviError):
    status = 429
    code = "common.too_many"


class Unavailable(PaviError):
    status = 503
    code = "common.unavailable"

    def __init__(self, message: str, *, retry_after: float = 2.0, code: str | None = None, **details: Any) -> None:
        super().__init__(message, code=code, **details)
        self.retry_after = retry_after


def new_request_id() -> str:
    """An identifier for one request, quoted in its error and in the server's log."""
    return uuid.uuid4().hex[:16]


def envelope(error: PaviError, request_id: str) -> dict[str, Any]:
    """The JSON body of an error answer."""
    return {"error": {"code": error.code, "message": error.message, "details": error.details, "request_id": request_id}}
