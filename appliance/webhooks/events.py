"""The body of a webhook: the contract's nine fields, then ours. One shape for every event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from appliance.domain.call import Call
from appliance.domain.clock import contract_timestamp
from appliance.domain.delivery import WebhookEvent
from appliance.messages import CallResult, Failure, PartiesResult, PartyResult, SegmentResult, SentimentLabel


class WebhookBody(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer's server receives."""

    call_id: str
    caller_number: str
    called_number: str
    transcription: str
    summary: str
    sentiment: SentimentLabel
    keywords: str
    timestamp: str
    customer_id: int
    event: str
    revision: int
    duration_seconds: float | None
    speech_seconds: float
    language: str
    segments: list[SegmentResult]
    parties: PartiesResult | None
    keyword_scores: dict[str, float]
    metadata: msgspec.Raw
    models: dict[str, str]
    no_speech: bool
    error: Failure | None


def completed_body(call: Call, result: CallResult, event: WebhookEvent, at: datetime) -> bytes:
    """The body for a call that was analysed."""
    fields = {name: getattr(result, name) for name in result.__struct_fields__}
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
        error=failure,
    )
    return msgspec.json.encode(body)


def test_body(call_id: str, customer_id: int, at: datetime) -> bytes:
    """The body of a test: every field of a real one, about a call that never was."""
    silent = PartyResult(talk_seconds=0.0, sentiment="neutral", sentiment_score=0.0)
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
        duration_seconds=0.0,
        speech_seconds=0.0,
        language="en",
        segments=[],
        parties=PartiesResult(caller=silent, called=silent),
        keyword_scores={},
        metadata=msgspec.Raw(b"null"),
        models={},
        no_speech=False,
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
        "metadata": msgspec.Raw((call.metadata or "null").encode()),
    }
