"""Calls, their results, and the receipt of an erasure."""

from __future__ import annotations

import logging
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_CALL_ID, EXAMPLE_MOMENT, NEXT_CURSOR, moment
from appliance.domain.call import DAMAGED, CallState
from appliance.domain.clock import contract_timestamp
from appliance.messages.call_result import (
    Announcement,
    Conversation,
    ConversationResult,
    Keywords,
    KeywordScores,
    Language,
    Models,
    NoSpeech,
    Parties,
    PartiesResult,
    SegmentResult,
    Segments,
    Sentiment,
    SentimentBasis,
    SentimentLabel,
    SpeechSeconds,
    Summary,
    SummarySources,
    Transcription,
    VoicesConfidence,
    Warnings,
)
from appliance.process.log.subject import about
from appliance.services.calls.erase_call import ErasureReceipt
from appliance.services.calls.history import CallView
from appliance.webhooks.call_description import (
    Agent,
    AnsweredAt,
    BridgedAt,
    CallLinks,
    CallStartedAt,
    Did,
    DirectionShown,
    DispositionShown,
    Extension,
    ExternalId,
    LinkedId,
    Queue,
    call_description,
    links_of,
)

logger = logging.getLogger(__name__)


class CallAcceptedReply(msgspec.Struct, frozen=True, kw_only=True):
    """The recording is safe and will be analysed."""

    status: Annotated[Literal["success"], Meta(description="Always `success`.")] = "success"
    message: Annotated[str, Meta(description="Always the same words.", examples=["Call processing started"])] = (
        "Call processing started"
    )
    call_id: Annotated[
        str, Meta(description="The id under which the webhook will tell of this call.", examples=[EXAMPLE_CALL_ID])
    ]
    warnings: Annotated[
        list[str] | msgspec.UnsetType,
        Meta(
            description="What is strange about the recording or the form and can be mended at the telephone system, a "
            "sentence each; absent where nothing is. The webhook has them as well.",
        ),
    ] = msgspec.UNSET


class CallErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call failed."""

    code: Annotated[str, Meta(description="A word for programs; it stays the same.", examples=["unreadable_recording"])]
    message: Annotated[
        str, Meta(description="A sentence for people.", examples=["the recording holds no audio that can be read"])
    ]


Empty = Annotated[
    bool,
    Meta(
        description="Whether it is completed and nothing was recorded: there are no samples in it, or nobody answered.",
        examples=[False],
    ),
]


Tags = Annotated[
    list[str],
    Meta(description="What administrators have written on it, to find it again.", examples=[["to be called back"]]),
]


class CallReply(msgspec.Struct, frozen=True, kw_only=True):
    """A call; the result fields are there once it is completed."""

    call_id: Annotated[str, Meta(description="The call's id, as process-call answered it.", examples=[EXAMPLE_CALL_ID])]
    customer_id: Annotated[int, Meta(description="Whose call it is.", examples=[123])]
    caller_number: Annotated[str, Meta(description="The caller's number as submitted.", examples=["+1234567890"])]
    called_number: Annotated[str, Meta(description="The called number as submitted.", examples=["+0987654321"])]
    external_id: ExternalId
    revision: Annotated[
        int,
        Meta(
            description="1, and one more each time the call is submitted with other audio or reprocessed.", examples=[1]
        ),
    ]
    state: Annotated[
        str,
        Meta(
            description="`received`, `queued`, `processing`, and finally `completed` or `failed`.",
            examples=[CallState.COMPLETED.value],
            extra_json_schema={"enum": [state.value for state in CallState]},
        ),
    ]
    received_at: Annotated[str, Meta(description="When the recording was accepted, UTC.", examples=[EXAMPLE_MOMENT])]
    direction: DirectionShown
    call_started_at: CallStartedAt
    linked_id: LinkedId
    agent: Agent
    extension: Extension
    queue: Queue
    did: Did
    disposition: DispositionShown
    answered_at: AnsweredAt
    bridged_at: BridgedAt
    started_at: Annotated[
        str | None,
        Meta(
            description="When a worker began with it, UTC, or null: not the `started_at` of the form, which is "
            "`call_started_at` here.",
            examples=[EXAMPLE_MOMENT],
        ),
    ]
    finished_at: Annotated[
        str | None, Meta(description="When it became final, UTC, or null.", examples=[EXAMPLE_MOMENT])
    ]
    duration_seconds: Annotated[
        float | None, Meta(description="How long the recording is; null until it was opened.", examples=[61.5])
    ]
    empty: Empty
    error: Annotated[
        CallErrorReply | None,
        Meta(
            description="Why the call failed, or null. `damaged` is the code of a call whose stored result cannot be "
            "read: it is listed without its result fields, and may be reprocessed.",
            examples=[None],
        ),
    ]
    links: Annotated[CallLinks, Meta(description="Where the appliance shows the call.")]
    transcription: Transcription | msgspec.UnsetType = msgspec.UNSET
    summary: Summary | msgspec.UnsetType = msgspec.UNSET
    sentiment: Sentiment | msgspec.UnsetType = msgspec.UNSET
    keywords: Keywords | msgspec.UnsetType = msgspec.UNSET
    speech_seconds: SpeechSeconds | msgspec.UnsetType = msgspec.UNSET
    language: Language | msgspec.UnsetType = msgspec.UNSET
    segments: Segments | msgspec.UnsetType = msgspec.UNSET
    parties: Parties | msgspec.UnsetType = msgspec.UNSET
    keyword_scores: KeywordScores | msgspec.UnsetType = msgspec.UNSET
    metadata: Annotated[
        msgspec.Raw | msgspec.UnsetType,
        Meta(description="The JSON that was submitted with the call, or null.", examples=[{"ticket": 4711}]),
    ] = msgspec.UNSET
    models: Models | msgspec.UnsetType = msgspec.UNSET
    no_speech: NoSpeech | msgspec.UnsetType = msgspec.UNSET
    voices_confidence: VoicesConfidence | msgspec.UnsetType = msgspec.UNSET
    conversation: Conversation | msgspec.UnsetType = msgspec.UNSET
    warnings: Warnings | msgspec.UnsetType = msgspec.UNSET
    announcement: Announcement | msgspec.UnsetType = msgspec.UNSET
    summary_sources: SummarySources | msgspec.UnsetType = msgspec.UNSET
    sentiment_basis: SentimentBasis | msgspec.UnsetType = msgspec.UNSET
    tags: Annotated[
        list[str] | msgspec.UnsetType,
        Meta(
            description="What administrators have written on it, to find it again; a customer is not told.",
            examples=[["to be called back"]],
        ),
    ] = msgspec.UNSET


class CallsReply(msgspec.Struct, frozen=True, kw_only=True):
    """A page of calls, newest first."""

    calls: Annotated[list[CallReply], Meta(description="The calls.")]
    next_cursor: Annotated[str | None, Meta(description=NEXT_CURSOR, examples=[None])]


class CallTagsReply(msgspec.Struct, frozen=True, kw_only=True):
    """The tags that a call has now."""

    call_id: Annotated[str, Meta(description="Which call.", examples=[EXAMPLE_CALL_ID])]
    tags: Tags


class TagReply(msgspec.Struct, frozen=True, kw_only=True):
    """A tag."""

    tag: Annotated[str, Meta(description="As it is written on calls.", examples=["to be called back"])]
    calls: Annotated[int, Meta(description="How many calls have it.", examples=[3])]


class TagsReply(msgspec.Struct, frozen=True, kw_only=True):
    """The tags that calls have, the most frequent first."""

    tags: Annotated[list[TagReply], Meta(description="At most a thousand.")]


class ErasureReply(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt of an erasure: how many recordings, results and deliveries are gone, which backups still hold it."""

    call_id: Annotated[str, Meta(description="The call that is gone.", examples=[EXAMPLE_CALL_ID])]
    erased_at: Annotated[str, Meta(description="When it was erased, UTC.", examples=[EXAMPLE_MOMENT])]
    traces_gone_by: Annotated[
        str,
        Meta(
            description="When no file of the data folder holds its words and numbers any more, at the latest: by then "
            "the database was written anew.",
            examples=[EXAMPLE_MOMENT],
        ),
    ]
    recordings: Annotated[int, Meta(description="How many recordings were erased.", examples=[1])]
    results: Annotated[int, Meta(description="How many analyses were erased.", examples=[1])]
    deliveries: Annotated[int, Meta(description="How many deliveries were erased.", examples=[1])]
    backups: Annotated[
        list[str],
        Meta(
            description="The backups that still hold it. A restore of one over this box's data erases it again; "
            "elsewhere the call is back.",
            examples=[["vbot-20240314T120000Z.tar"]],
        ),
    ]
    warnings: Annotated[
        list[str] | msgspec.UnsetType,
        Meta(description="That the backups could not be looked at, and why: some that are not named may hold it."),
    ] = msgspec.UNSET


# The stored result is `CallResult` as JSON: decoded into the fields of a reply that it has.
class _ResultFields(msgspec.Struct, frozen=True, kw_only=True):
    transcription: str
    summary: str
    sentiment: SentimentLabel
    keywords: str
    speech_seconds: float
    language: str
    segments: list[SegmentResult]
    parties: PartiesResult
    keyword_scores: dict[str, float]
    models: dict[str, str]
    no_speech: bool
    # What results of earlier versions do not have.
    voices_confidence: float = 0.0
    conversation: ConversationResult | None = None
    warnings: list[str] = []
    announcement: str = ""
    summary_sources: list[list[int]] = []
    sentiment_basis: SentimentBasis = "text"


_DAMAGED = CallErrorReply(
    code=DAMAGED, message="what is stored of this call is damaged and cannot be shown; it can be analysed again"
)


def call_reply(view: CallView, *, with_tags: bool = True) -> CallReply:
    """A call as everybody who may see it sees it; `with_tags` is for operators."""
    call = view.call
    reply = CallReply(
        call_id=call.call_id,
        customer_id=call.customer_id,
        caller_number=call.caller_number,
        called_number=call.called_number,
        revision=call.revision,
        state=call.state.value,
        received_at=contract_timestamp(call.received_at),
        **call_description(call),
        started_at=moment(call.started_at),
        finished_at=moment(call.finished_at),
        duration_seconds=call.duration_seconds,
        empty=call.empty,
        error=None if call.error is None else CallErrorReply(code=call.error.code, message=call.error.message),
        links=links_of(call.call_id),
        tags=list(call.tags) if with_tags else msgspec.UNSET,
    )
    if view.result is None:
        return reply
    try:
        result = msgspec.json.decode(view.result, type=_ResultFields)
        msgspec.json.decode(call.metadata or "null")
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        # One such row is no reason to show no other.
        subject = about(call_id=call.call_id, customer_id=call.customer_id)
        logger.error("what is stored of call %s is damaged: %s", call.call_id, error, extra=subject)  # noqa: TRY400
        return msgspec.structs.replace(reply, error=_DAMAGED)
    return msgspec.structs.replace(
        reply, **msgspec.structs.asdict(result), metadata=msgspec.Raw((call.metadata or "null").encode())
    )


def erasure_reply(receipt: ErasureReceipt, backups: list[str], *warnings: str) -> ErasureReply:
    """The receipt of an erasure, with the backups that were made before it."""
    return ErasureReply(
        call_id=receipt.call_id,
        erased_at=contract_timestamp(receipt.erased_at),
        traces_gone_by=contract_timestamp(receipt.traces_gone_by),
        recordings=receipt.recordings,
        results=receipt.results,
        deliveries=receipt.deliveries,
        backups=backups,
        warnings=list(warnings) or msgspec.UNSET,
    )
