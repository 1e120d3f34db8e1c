"""The body of a webhook: the contract's nine fields, then ours. One shape for every event."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.domain.call import Call
from appliance.domain.clock import contract_timestamp
from appliance.domain.delivery import WebhookEvent
from appliance.messages.call_result import (
    Announcement,
    CallResult,
    Conversation,
    Failure,
    Keywords,
    KeywordScores,
    Language,
    Models,
    NoSpeech,
    PartiesResult,
    PartyResult,
    Segments,
    Sentiment,
    SentimentBasis,
    SpeechSeconds,
    Summary,
    SummarySources,
    Transcription,
    VoicesConfidence,
    Warnings,
)
from appliance.webhooks.call_description import (
    NO_DESCRIPTION,
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


class WebhookBody(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer's server receives."""

    call_id: Annotated[
        str, Meta(description="The id that process-call answered.", examples=["5f6c9a52-7c0b-4d3e-9d5c-0f2b8a1f6c11"])
    ]
    caller_number: Annotated[str, Meta(description="The caller's number as submitted.", examples=["+1234567890"])]
    called_number: Annotated[str, Meta(description="The called number as submitted.", examples=["+0987654321"])]
    transcription: Transcription
    summary: Summary
    sentiment: Sentiment
    keywords: Keywords
    timestamp: Annotated[
        str,
        Meta(
            description="When the result was made, UTC; the same in every attempt.", examples=["2024-03-14T12:00:00Z"]
        ),
    ]
    customer_id: Annotated[int, Meta(description="Whose call it is.", examples=[123])]
    event: Annotated[
        str,
        Meta(
            description="`call.completed`: the result; `call.failed`: why there is none (`error`); `call.updated`: a "
            "new result of a call that you know; `call.empty`: nothing was recorded, there is no text (only where the "
            "customer's `send_empty` asks for it); `webhook.test`: your endpoint is being tried, there was no call.",
            examples=[WebhookEvent.COMPLETED.value],
            extra_json_schema={"enum": [event.value for event in WebhookEvent]},
        ),
    ]
    revision: Annotated[
        int, Meta(description="1, and one more with each `call.updated`: the highest one holds.", examples=[1])
    ]
    external_id: ExternalId
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
    links: Annotated[CallLinks, Meta(description="Where the appliance shows the call.")]
    duration_seconds: Annotated[
        float | None, Meta(description="How long the recording is; null when it could not be opened.", examples=[61.5])
    ]
    speech_seconds: SpeechSeconds
    language: Language
    segments: Segments
    parties: Annotated[
        PartiesResult | None, Meta(description="What each party contributed; null when the call failed.")
    ]
    keyword_scores: KeywordScores
    metadata: Annotated[
        msgspec.Raw,
        Meta(description="The JSON that was submitted with the call, or null.", examples=[{"ticket": 4711}]),
    ]
    models: Models
    no_speech: NoSpeech
    voices_confidence: VoicesConfidence
    conversation: Conversation
    warnings: Warnings
    announcement: Announcement
    summary_sources: SummarySources
    sentiment_basis: SentimentBasis
    error: Annotated[
        Failure | None, Meta(description="Why the call failed; null in every other event.", examples=[None])
    ]


def completed_body(call: Call, result: CallResult, event: WebhookEvent, at: datetime) -> bytes:
    """The body for a call that was analysed."""
    fields = {name: getattr(result, name) for name in result.__struct_fields__ if name != "words"}
    return msgspec.json.encode(WebhookBody(**_identity(call, event, at), **fields, error=None))


def failed_body(call: Call, failure: Failure, at: datetime) -> bytes:
    """The body for a call that could not be analysed: empty texts, and why."""
    body = WebhookBody(
        **_identity(call, WebhookEvent.FAILED, at),
        transcription="",
        summary="",
        sentiment="neutral",
        keywords="",
        duration_seconds=call.duration_seconds,
        speech_seconds=0.0,
        language="",
        segments=[],
        parties=None,
        keyword_scores={},
        models={},
        no_speech=False,
        voices_confidence=0.0,
        conversation=None,
        warnings=list(call.warnings),
        announcement="",
        summary_sources=[],
        sentiment_basis=None,
        error=failure,
    )
    return msgspec.json.encode(body)


def test_body(call_id: str, customer_id: int, at: datetime) -> bytes:
    """The body of a test: every field of a real one, about a call that never was."""
    nobody = PartyResult(talk_seconds=0.0, sentiment=None, sentiment_score=None)  # there was nothing to compute it of
    body = WebhookBody(
        call_id=call_id,
        caller_number="anonymous",
        called_number="anonymous",
        transcription="This is a test of the webhook. There was no call.",
        summary="This is a test of the webhook.",
        sentiment="neutral",
        keywords="test, webhook",
        timestamp=contract_timestamp(at),
        customer_id=customer_id,
        event=WebhookEvent.TEST.value,
        revision=1,
        **NO_DESCRIPTION,
        links=links_of(call_id),
        duration_seconds=0.0,
        speech_seconds=0.0,
        language="en",
        segments=[],
        parties=PartiesResult(caller=nobody, called=nobody),
        keyword_scores={},
        metadata=msgspec.Raw(b"null"),
        models={},
        no_speech=False,
        voices_confidence=0.0,
        conversation=None,
        warnings=[],
        announcement="",
        summary_sources=[],
        sentiment_basis=None,
        error=None,
    )
    return msgspec.json.encode(body)


def _identity(call: Call, event: WebhookEvent, at: datetime) -> dict[str, Any]:
    return {
        "call_id": call.call_id,
        "caller_number": call.caller_number,
        "called_number": call.called_number,
        "timestamp": contract_timestamp(at),
        "customer_id": call.customer_id,
        "event": event.value,
        "revision": call.revision,
        **call_description(call),
        "links": links_of(call.call_id),
        "metadata": msgspec.Raw((call.metadata or "null").encode()),
    }
