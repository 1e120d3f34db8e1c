"""What POST /api/get_transcription answers: exactly what nethesis/satellite does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import ErrorReply
from appliance.messages.call_result import SegmentResult

_OF_A_FIELD = re.compile(r"(is|must|has|ended)\b")
# What nethesis/satellite says where we say this.
_AS_THERE = {"Invalid API key": "Unauthorized", "Result not ready": "Transcription request timed out"}


class TranscriptionReply(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in the recording."""

    transcript: Annotated[
        str,
        Meta(
            description="The turns in time order, with an empty line where another party speaks. Each begins with the "
            "name of its channel, or `Channel 0:` and `Channel 1:`; in a mono recording with `Speaker 0:` and "
            "`Speaker 1:` where two voices can be told apart. Empty where nobody speaks.",
            examples=["Ada (201): Good morning.\n\n+1234567890: Hello, it is about my order."],
        ),
    ]
    detected_language: Annotated[
        str | None, Meta(description="The language, an ISO 639 code; null where nobody speaks.", examples=["en"])
    ]


class TranscriptionErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """An error, with the word of it where nethesis/satellite's clients look for it."""

    message: str
    detail: str
    status: Literal["error"] = "error"
    details: list[dict[str, str]] | msgspec.UnsetType = msgspec.UNSET


class _Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What of a stored result is asked for."""

    language: str
    segments: list[SegmentResult]


def transcription_reply(result: str, names: Sequence[str], *, by_channel: bool) -> TranscriptionReply:
    """The reply for a stored result; `names` are those of the channels, empty where there is none. May be long."""
    found = msgspec.json.decode(result, type=_Analysis)
    several = len({segment.channel for segment in found.segments}) > 1
    marks = [_mark(segment, names, by_channel=by_channel or several) for segment in found.segments]
    return TranscriptionReply(
        transcript="\n\n".join(_paragraphs(zip(marks, found.segments, strict=True))),
        detected_language=found.language or None,
    )


def _mark(segment: SegmentResult, names: Sequence[str], *, by_channel: bool) -> str:
    """Who speaks; nothing where nobody can tell."""
    if not by_channel and segment.voice not in (1, 2):
        return ""
    number = segment.channel if by_channel else segment.voice - 1
    named = names[number] if number < len(names) else ""
    return named or f"{'Channel' if by_channel else 'Speaker'} {number}"


def _paragraphs(turns: Iterable[tuple[str, SegmentResult]]) -> Iterable[str]:
    for mark, together in groupby(turns, key=lambda turn: turn[0]):
        text = " ".join(segment.text for _, segment in together)
        yield f"{mark}: {text}" if mark else text


def transcription_error(body: ErrorReply) -> TranscriptionErrorReply:
    """The same error with its word in `detail`, where a problem that says nothing without its field names that."""
    problems = [] if body.details is msgspec.UNSET else body.details
    texts = [
        f"{one['field']} {one['problem']}" if _OF_A_FIELD.match(one["problem"]) else one["problem"] for one in problems
    ]
    said = "; ".join(texts) or _AS_THERE.get(body.message, body.message)
    return TranscriptionErrorReply(message=body.message, details=body.details, detail=said)


def _sentence(problem: dict[str, str]) -> str:
    return f"{problem['field']} {problem['problem']}" if _OF_A_FIELD.match(problem["problem"]) else problem["problem"]
