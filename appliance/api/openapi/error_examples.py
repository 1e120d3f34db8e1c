"""One example of every error, made by the code that makes the errors themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from tornado.web import HTTPError

from appliance.api.http.error_replies import HTTP_STATUS, error_reply
from appliance.api.http.ranges import RangeNotSatisfiable
from appliance.errors import (
    Allowance,
    ApplianceError,
    Conflict,
    InvalidRequest,
    Obsolete,
    Problem,
    RateLimitExceeded,
    TargetRefused,
    TooManyFailedLogins,
)

# Only workers ever get the one, and the other comes as an InvalidRequest that names the field.
UNSEEN = (Obsolete, TargetRefused)


class InternalError(Exception):
    """A fault of the appliance; its log tells more under the request's id."""


class MethodNotAllowed(HTTPError):
    """The path knows other methods; `Allow` names them."""

    def __init__(self) -> None:
        super().__init__(405)


@dataclass(frozen=True, slots=True)
class ErrorExample:
    """An error as a client reads it."""

    name: str
    summary: str
    status: int
    body: dict[str, Any]
    headers: tuple[str, ...]


def _example(error: Exception, name: str = "", summary: str = "") -> ErrorExample:
    reply = error_reply(error)
    return ErrorExample(
        name=name or type(error).__name__,
        summary=summary or inspect.cleandoc(type(error).__doc__ or ""),
        status=reply.status,
        body=msgspec.json.decode(msgspec.json.encode(reply.body)),
        headers=tuple(reply.headers),
    )


def _samples(kind: type[ApplianceError]) -> Iterator[ErrorExample]:
    if kind is InvalidRequest:
        yield _example(InvalidRequest(), summary="The request is not of the documented form.")
        named = InvalidRequest(Problem("caller_number", "is required"))
        yield _example(named, "InvalidField", "The same, naming the fields at fault.")
    elif kind is RateLimitExceeded:
        yield _example(RateLimitExceeded(Allowance(100, 0, 12)))
    elif kind is TooManyFailedLogins:
        yield _example(TooManyFailedLogins(12))
    elif kind is Conflict:
        yield _example(Conflict("recording", "the call's recording was erased"))
    elif kind is RangeNotSatisfiable:
        yield _example(RangeNotSatisfiable(1_048_576))
    else:
        yield _example(kind())


def _all() -> dict[type[Exception], tuple[ErrorExample, ...]]:
    found: dict[type[Exception], tuple[ErrorExample, ...]] = {
        kind: tuple(_samples(kind)) for kind in HTTP_STATUS if kind not in UNSEEN
    }
    for error in (MethodNotAllowed(), InternalError()):
        found[type(error)] = (_example(error),)
    return dict(sorted(found.items(), key=lambda item: item[1][0].status))


ERROR_EXAMPLES = _all()
