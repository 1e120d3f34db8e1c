"""The one place that maps errors to HTTP."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from tornado.web import HTTPError

from appliance.api.http.ranges import RangeNotSatisfiable
from appliance.api.shapes.replies.basics import ErrorReply
from appliance.errors import (
    AnalysisFailed,
    ApplianceError,
    AudioQuotaExceeded,
    Conflict,
    DamagedFile,
    InsufficientRole,
    InvalidCredential,
    InvalidRequest,
    LengthRequired,
    NotFound,
    Obsolete,
    RateLimitExceeded,
    RecordingTooLarge,
    ResultNotReady,
    StorageQuotaExceeded,
    TargetRefused,
    TooManyConcurrentCalls,
    TooManyFailedLogins,
    Unavailable,
    UnsupportedRecording,
)

# The contract's words are fixed; the others are ours.
HTTP_STATUS: dict[type[ApplianceError], tuple[int, str]] = {
    InvalidRequest: (400, "Invalid request parameters"),
    TargetRefused: (400, "Invalid request parameters"),
    InvalidCredential: (401, "Invalid API key"),
    InsufficientRole: (403, "Insufficient permissions"),
    NotFound: (404, "Resource not found"),
    Conflict: (409, "Conflict with the present state"),
    Obsolete: (410, "No longer wanted"),
    LengthRequired: (411, "Length required"),
    RecordingTooLarge: (413, "Recording too large"),
    UnsupportedRecording: (415, "Unsupported recording format"),
    RangeNotSatisfiable: (416, "Range not satisfiable"),
    RateLimitExceeded: (429, "Rate limit exceeded"),
    TooManyFailedLogins: (429, "Rate limit exceeded"),
    TooManyConcurrentCalls: (429, "Too many concurrent calls"),
    AudioQuotaExceeded: (429, "Rate limit exceeded"),
    AnalysisFailed: (500, "Internal server error"),
    DamagedFile: (500, "Internal server error"),
    Unavailable: (503, "Service unavailable"),
    ResultNotReady: (504, "Result not ready"),
    StorageQuotaExceeded: (507, "Storage limit reached"),
}
INTERNAL_ERROR = (500, "Internal server error")
FULL_DISK = "the disk is full"
# The contract's body of a 401 speaks of an API key, whatever was sent; the header says it of tokens (RFC 6750).
_CHALLENGE = 'Bearer realm="vbot"'
_UNKNOWN_TOKEN = (
    f'{_CHALLENGE}, error="invalid_token", error_description="The token is wrong, was revoked or has ended"'
)


class BodyTooLarge(ApplianceError):
    """A JSON body beyond what any request of ours needs."""


class HeadTooLarge(ApplianceError):
    """A request's line and headers beyond what any client of ours needs."""


HTTP_STATUS[BodyTooLarge] = (413, "Request body too large")
HTTP_STATUS[HeadTooLarge] = (431, "Request header fields too large")


@dataclass(frozen=True, slots=True)
class Reply:
    """An error as it goes out."""

    status: int
    body: ErrorReply
    headers: dict[str, str]


def is_full_disk(error: BaseException | None) -> bool:
    """Whether nothing more could be written, for want of room: no fault of the program's."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def error_reply(error: BaseException, *, to_admin: bool = False) -> Reply:
    """Map an error to its reply; what we did not foresee is a 500 that tells the client nothing.

    An administrator is told why something cannot be done now; to others a 503 is the contract's body alone.
    """
    if isinstance(error, HTTPError):
        phrase = {404: HTTP_STATUS[NotFound][1], 405: "Method not allowed", 400: HTTP_STATUS[InvalidRequest][1]}
        return Reply(error.status_code, ErrorReply(message=phrase.get(error.status_code, INTERNAL_ERROR[1])), {})
    if is_full_disk(error):
        error = Unavailable(FULL_DISK)
    status, message = HTTP_STATUS.get(type(error), INTERNAL_ERROR)  # type: ignore[arg-type]
    details: list[dict[str, str]] | msgspec.UnsetType = msgspec.UNSET
    headers = {}
    if problems := getattr(error, "problems", ()):
        details = [{"field": item.field, "problem": item.problem} for item in problems]
    elif to_admin and isinstance(error, Unavailable) and str(error):
        details = [{"field": "appliance", "problem": str(error)}]
    if isinstance(error, RateLimitExceeded):
        headers["Retry-After"] = str(error.allowance.reset_seconds)
    elif (seconds := getattr(error, "retry_after_seconds", None)) is not None:
        headers["Retry-After"] = str(seconds)
    if isinstance(error, RangeNotSatisfiable):
        headers["Content-Range"] = f"bytes */{error.size}"
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _UNKNOWN_TOKEN if getattr(error, "is_token", False) else _CHALLENGE
    return Reply(status, ErrorReply(message=message, details=details), headers)
