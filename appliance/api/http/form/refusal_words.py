"""Why a post is refused, for who looks after the appliance: the field and what is the matter, nothing that was sent."""

from __future__ import annotations

from appliance.api.http.form.call_fields import CALLED_FILE, CALLER_FILE, FORM, IDEMPOTENCY_KEY
from appliance.errors import (
    Conflict,
    InvalidRequest,
    LengthRequired,
    Problem,
    RecordingTooLarge,
    StorageQuotaExceeded,
    UnsupportedRecording,
)

_NAMES = frozenset(
    {
        *(field.name for field in FORM.fields),
        *(FORM.file_name, CALLER_FILE, CALLED_FILE),
        *(IDEMPOTENCY_KEY.name, "body", "Content-Length", "Content-Type", "Content-Encoding"),
    }
)
_MOST_PROBLEMS = 3
_WITHOUT_FIELD = {
    InvalidRequest: "it is not of the documented form",
    RecordingTooLarge: "the recording is too large",
    LengthRequired: "it has neither a Content-Length nor chunks",
    StorageQuotaExceeded: "the customer stores as much as it may",
}


def refusal_words(error: BaseException) -> str | None:
    """What was wrong with it; None for what is no fault of whoever sent it, or is over by itself."""
    if isinstance(error, Conflict):  # in its own words are both calls
        return f"{_name(error.problems[0].field)} is that of another call"
    if isinstance(error, InvalidRequest | UnsupportedRecording) and error.problems:
        return "; ".join(_words(one) for one in error.problems[:_MOST_PROBLEMS])
    return next((words for kind, words in _WITHOUT_FIELD.items() if isinstance(error, kind)), None)


def _words(one: Problem) -> str:
    """Behind a colon or in brackets may stand what the parser found."""
    problem = one.problem.split(": ")[0].split(";")[0]
    between = " " if problem.split(" ")[0] in ("is", "must", "has", "ended", "names") else ": "
    return f"{_name(one.field)}{between}{problem}"


def _name(field: str) -> str:
    """A name that is none of ours may be anything, a number among it."""
    return field if field in _NAMES else "a field of another name"
