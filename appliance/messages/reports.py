"""What a worker reports of an attempt."""

from __future__ import annotations

import json
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.messages.bounds import (
    MAX_CALLS_IN_HAND,
    MOST_READ_LENIENTLY,
    Name,
    Place,
    Sentence,
    check_texts,
)
from appliance.messages.call_result import CallResult, Failure


class AttemptReport(msgspec.Struct, frozen=True, kw_only=True):
    """What every report says: which attempt it is about, and who has it, with the token of the claim.

    A worker of a version before there were tokens sends none: what it reports is not taken.
    """

    version: int = 1
    call_id: Name
    revision: Place
    attempt: Place
    worker: Name = ""
    boot: Name = ""
    claim_token: Name = ""


class CallAnalysed(AttemptReport, frozen=True, kw_only=True, tag="analysed"):
    """worker → api: the attempt's result."""

    result: CallResult


class CallFailed(AttemptReport, frozen=True, kw_only=True, tag="failed"):
    """worker → api: the recording itself is at fault; another attempt would end the same way."""

    failure: Failure


class CallReleased(AttemptReport, frozen=True, kw_only=True, tag="released"):
    """worker → api: handed back unfinished (SIGTERM, lost recording): queue it again, counting nothing."""

    reason: Sentence


class CallCrashed(AttemptReport, frozen=True, kw_only=True, tag="crashed"):
    """worker → api: the analysis broke for a reason that is not the recording's by name.

    It counts as a crash when the worker held no other call: `in_hand` is how many it held, this one among them.
    """

    failure: Failure
    in_hand: Annotated[int, Meta(ge=1, le=MAX_CALLS_IN_HAND)] = 1


WorkerReport = CallAnalysed | CallFailed | CallReleased | CallCrashed


def read_head(text: str) -> AttemptReport:
    """Who reports about which attempt, whatever they say of it; raises msgspec.ValidationError.

    Of the rest nothing is made but the text that it is.
    """
    head: AttemptReport = _read(text, AttemptReport)
    check_texts(head)
    return head


def read_report(text: str) -> WorkerReport:
    """A report as it came; raises msgspec.ValidationError for what is not of this form or must not be stored."""
    report: WorkerReport = _read(text, WorkerReport)
    check_texts(report)
    return report


def check_report(report: WorkerReport) -> None:
    """Raise msgspec.ValidationError for what `read_report` would not take."""
    check_texts(_converted(msgspec.to_builtins(report), WorkerReport))


def _read(text: str, kind: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        if len(text) > MOST_READ_LENIENTLY:
            raise msgspec.ValidationError(f"It cannot be read: {error}.") from error
    # Dramatiq writes more than JSON: what is no number, and halves of characters. It is told what is wrong with them.
    try:
        return _converted(json.loads(text), kind)
    except (ValueError, RecursionError) as error:
        raise msgspec.ValidationError(f"It cannot be read: {error}.") from error


def _converted(body: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError:
        raise
    except (ValueError, RecursionError) as error:
        # Half a character where a number belongs, and what lies too deep, are told otherwise than as what is wrong.
        raise msgspec.ValidationError(f"It cannot be read: {type(error).__name__}.") from error
