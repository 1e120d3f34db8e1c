"""The revisions of a call, and what was made of one of them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_CALL_ID, EXAMPLE_MOMENT, moment
from appliance.domain.call import Call
from appliance.domain.clock import contract_timestamp
from appliance.errors import NotFound
from appliance.messages.call_result import (
    Keywords,
    Language,
    Models,
    SegmentResult,
    Segments,
    Sentiment,
    SentimentLabel,
    Summary,
    Transcription,
    Warnings,
)
from appliance.services.calls.revisions import Cause, Revision, RevisionView

_Number = Annotated[int, Meta(description="Which revision, from 1.", examples=[1])]


class RevisionReply(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of a call."""

    revision: _Number
    received_at: Annotated[
        str,
        Meta(description="When its recording came, or the call was analysed again, UTC.", examples=[EXAMPLE_MOMENT]),
    ]
    cause: Annotated[
        str,
        Meta(
            description="Why it came to be: the recording was `received`, as the first one or as `other_recording`, or "
            "the same was `received_again`, since it was lost here or is to be listened to after all; or it was "
            "`reprocessed`, or `exchanged`, with the caller on the other channel.",
            examples=[Cause.RECEIVED.value],
            extra_json_schema={"enum": [cause.value for cause in Cause]},
        ),
    ]
    recording_erased_at: Annotated[
        str | None, Meta(description="When its recording was erased, UTC, or null.", examples=[None])
    ]
    analysed_at: Annotated[
        str | None,
        Meta(
            description="When what was made of it was stored, UTC; null where none is kept: it is not completed, it "
            "failed, or its texts were erased.",
            examples=[EXAMPLE_MOMENT],
        ),
    ]
    delivery_id: Annotated[
        str | None,
        Meta(description="The delivery that tells of it, or null.", examples=["0d6c7a1e-5b0f-4a3e-9a57-2f0a2f6f8f11"]),
    ]


class RevisionsReply(msgspec.Struct, frozen=True, kw_only=True):
    """A call's revisions, the latest first."""

    call_id: Annotated[str, Meta(description="Which call.", examples=[EXAMPLE_CALL_ID])]
    revisions: Annotated[list[RevisionReply], Meta(description="All of them that are known.")]


class RevisionResultReply(msgspec.Struct, frozen=True, kw_only=True):
    """What was made of one revision."""

    call_id: Annotated[str, Meta(description="Which call.", examples=[EXAMPLE_CALL_ID])]
    revision: _Number
    analysed_at: Annotated[str, Meta(description="When it was stored, UTC.", examples=[EXAMPLE_MOMENT])]
    transcription: Transcription
    summary: Summary
    sentiment: Sentiment
    keywords: Keywords
    language: Language
    segments: Segments
    models: Models
    warnings: Warnings


# Of the stored result the fields that are shown.
class _ResultFields(msgspec.Struct, frozen=True, kw_only=True):
    transcription: str
    summary: str
    sentiment: SentimentLabel
    keywords: str
    language: str
    segments: list[SegmentResult]
    models: dict[str, str]
    warnings: list[str] = []


def revisions_reply(call: Call, found: list[Revision]) -> RevisionsReply:
    """The list as it is shown."""
    return RevisionsReply(
        call_id=call.call_id,
        revisions=[
            RevisionReply(
                revision=one.number,
                received_at=contract_timestamp(one.received_at),
                cause=one.cause.value,
                recording_erased_at=moment(one.recording_erased_at),
                analysed_at=moment(one.analysed_at),
                delivery_id=one.delivery_id,
            )
            for one in found
        ],
    )


def revision_reply(view: RevisionView) -> RevisionResultReply:
    """What was made of it, as it is stored; raises NotFound where that cannot be read."""
    try:
        result = msgspec.json.decode(view.result, type=_ResultFields)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise NotFound(f"revision {view.number} of call {view.call.call_id} is damaged: {error}") from error
    return RevisionResultReply(
        call_id=view.call.call_id,
        revision=view.number,
        analysed_at=contract_timestamp(view.analysed_at),
        **msgspec.structs.asdict(result),
    )
