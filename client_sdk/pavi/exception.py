"""Every error that the SDK raises on purpose. The logging path raises none of them into a loop, unless asked to.

PaviError
├── BadSetting           (also ValueError) an environment variable, file or argument that cannot be used
├── JournalDamaged       a journal's files cannot be read
├── PointsDropped        something was not logged, and ``strict=True`` asked to be told
├── DownloadDamaged      the bytes that arrived are not those that are stored, twice in a row
├── FileChanged          a local file changed while it was uploaded
├── ServerUnreachable    no answer: refused, timed out, cut off
└── ApiError             the server answered with an error; carries ``code``, ``status``, ``retry_after``, ``details``
    ├── InvalidRequest       400
    ├── NotLoggedIn          401  run `pavi login`
    ├── Forbidden            403
    ├── NotFound             404  also somebody else's private thing
    │   └── NodeNotFoundError       nothing is at that path of the ModelCloud
    ├── Conflict             409
    │   └── NodeDuplicatedError     something is there already
    ├── TooLarge             413
    ├── TooManyRequests      429
    └── ServerUnavailable    5xx  the server's own trouble: try again
"""

from typing import Any

__all__ = [
    "ApiError",
    "BadSetting",
    "Conflict",
    "DownloadDamaged",
    "FileChanged",
    "Forbidden",
    "InvalidRequest",
    "JournalDamaged",
    "NodeDuplicatedError",
    "NodeNotFoundError",
    "NotFound",
    "NotLoggedIn",
    "PaviError",
    "PointsDropped",
    "ServerUnavailable",
    "ServerUnreachable",
    "TooLarge",
    "TooManyRequests",
    "error_for",
]


class PaviError(Exception):
    """Base of all."""


class BadSetting(PaviError, ValueError):
    """An environment variable, a file or an argument holds something that cannot be used. The message names it."""


class JournalDamaged(PaviError):
    """A journal's files cannot be read as a journal."""


class PointsDropped(PaviError):
    """Something was not logged. Raised with ``strict=True`` only; otherwise it is counted and warned about once."""


class DownloadDamaged(PaviError):
    """The bytes that arrived are not those that are stored, also when fetched anew."""


class FileChanged(PaviError):
    """A local file changed while it was uploaded; what was sent of it was thrown away."""


class ServerUnreachable(PaviError):
    """The server did not answer."""


class ApiError(PaviError):
    """The server answered with an error.

    Attributes:
        code: stable, such as ``scalars.gap``; programs test this.
        message: for people; says what to do next.
        status: the HTTP status.
        retry_after: seconds to wait before trying again, when the server said so.
        details: further facts, such as the watermark of a gap.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: int = 0,
        retry_after: float | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.retry_after = retry_after
        self.details = details or {}


class InvalidRequest(ApiError):
    """400: the request cannot be used as it is."""


class NotLoggedIn(ApiError):
    """401: no token, or one that is unknown or has expired."""


class Forbidden(ApiError):
    """403: known, and not allowed."""


class NotFound(ApiError):
    """404: it does not exist, or it is not ours to see."""


class Conflict(ApiError):
    """409: it does not fit the present state."""


class NodeNotFoundError(NotFound):
    """Nothing is at that path of the ModelCloud, or it is not ours to see."""


class NodeDuplicatedError(Conflict):
    """Something of that name is there already."""


class TooLarge(ApiError):
    """413: more than the server takes at once."""


class TooManyRequests(ApiError):
    """429: slower, please."""


class ServerUnavailable(ApiError):
    """5xx: the server's own trouble, worth trying again."""


_BY_STATUS: dict[int, type[ApiError]] = {
    401: NotLoggedIn,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    429: TooManyRequests,
}
_BY_CODE: dict[str, type[ApiError]] = {
    "modelcloud.no_such_node": NodeNotFoundError,
    "modelcloud.duplicate": NodeDuplicatedError,
}


def error_for(
    status: int,
    message: str,
    *,
    code: str = "",
    retry_after: float | None = None,
    details: dict[str, Any] | None = None,
) -> ApiError:
    """The exception for an answer with that HTTP status (400 and above), or for a code that has one of its own."""
    kind = ServerUnavailable if status >= 500 else _BY_CODE.get(code) or _BY_STATUS.get(status, InvalidRequest)
    return kind(message, code=code, status=status, retry_after=retry_after, details=details)
