"""Errors on their way out: a status and the contract's words for each, and nothing of ours for the client to read."""

from __future__ import annotations

import errno
import inspect
import json
from typing import Any

import msgspec
import pytest
from tornado.web import HTTPError, MissingArgumentError

from appliance import errors
from appliance.api.http.error_replies import HTTP_STATUS, error_reply
from appliance.errors import (
    Allowance,
    AnalysisFailed,
    ApplianceError,
    ConfigurationError,
    DamagedFile,
    InsufficientRole,
    InvalidCredential,
    InvalidRequest,
    NotFound,
    PermanentFailure,
    Problem,
    RateLimitExceeded,
    TooManyConcurrentCalls,
    TooManyFailedLogins,
    Unavailable,
)

# What is wrong with the appliance itself is nobody's request's fault: 500, like what we did not foresee.
OURS = (ApplianceError, ConfigurationError, PermanentFailure)
ERRORS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, ApplianceError) and kind not in OURS
]


def body_of(error: BaseException) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(msgspec.json.encode(error_reply(error).body))
    return body


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_of_the_appliance_has_its_status(kind: type[ApplianceError]) -> None:
    status, message = HTTP_STATUS[kind]
    assert 400 <= status < 600
    # Of them all the disk's fault is the appliance's own; the other is what satellite's clients know.
    assert status != 500 or kind in (DamagedFile, AnalysisFailed)
    assert message


@pytest.mark.parametrize("kind", OURS)
def test_a_fault_of_the_appliance_is_500_and_tells_nothing(kind: type[ApplianceError]) -> None:
    reply = error_reply(kind("/var/lib/vbot/secrets/master.key is damaged"))
    assert reply.status == 500
    assert body_of(kind("a secret")) == {"status": "error", "message": "Internal server error"}


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (InvalidCredential("x"), 401, "Invalid API key"),
        (InsufficientRole("x"), 403, "Insufficient permissions"),
        (NotFound("x"), 404, "Resource not found"),
        (InvalidRequest(), 400, "Invalid request parameters"),
        (RuntimeError("x"), 500, "Internal server error"),
        (HTTPError(404), 404, "Resource not found"),
        (HTTPError(400), 400, "Invalid request parameters"),
        (MissingArgumentError("revision"), 400, "Invalid request parameters"),
    ],
)
def test_the_contracts_words_are_exact(error: Exception, status: int, message: str) -> None:
    assert error_reply(error).status == status
    assert body_of(error) == {"status": "error", "message": message}


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (errors.RecordingTooLarge, "Recording too large"),
        (errors.UnsupportedRecording, "Unsupported recording format"),
        (errors.TooManyConcurrentCalls, "Too many concurrent calls"),
        (errors.RateLimitExceeded, "Rate limit exceeded"),
    ],
)
def test_the_words_that_pbx_hooks_look_for_are_exact(kind: type[ApplianceError], message: str) -> None:
    assert HTTP_STATUS[kind][1] == message


def test_problems_are_told_field_by_field() -> None:
    error = InvalidRequest(Problem("file", "is required"), Problem("language", "is odd"))
    assert body_of(error)["details"] == [
        {"field": "file", "problem": "is required"},
        {"field": "language", "problem": "is odd"},
    ]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_503_and_worth_another_try(number: int) -> None:
    reply = error_reply(OSError(number, "No space left on device"))
    assert (reply.status, reply.headers["Retry-After"]) == (503, "10")
    assert body_of(OSError(number, "x")) == {"status": "error", "message": "Service unavailable"}


def test_another_error_of_the_system_is_500() -> None:
    assert error_reply(OSError(errno.EACCES, "Permission denied", "/secret/path")).status == 500


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (RateLimitExceeded(Allowance(100, 0, 17)), "17"),
        (TooManyFailedLogins(23), "23"),
        (TooManyConcurrentCalls(10), "10"),
        (Unavailable("later"), "10"),
    ],
)
def test_who_may_come_again_is_told_when(error: ApplianceError, seconds: str) -> None:
    assert error_reply(error).headers["Retry-After"] == seconds


def test_401_says_which_credential_is_wanted() -> None:
    assert error_reply(InvalidCredential("x")).headers["WWW-Authenticate"] == 'Bearer realm="vbot"'
