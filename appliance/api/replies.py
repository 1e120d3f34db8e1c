"""The shapes of replies. Field order is the order on the wire; contract timestamps are whole seconds, UTC, `Z`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from appliance.domain.call import CallState
from appliance.domain.clock import contract_timestamp
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery, DeliveryAttempt, DeliveryState, WebhookEvent
from appliance.domain.token import Role, Token
from appliance.messages import (
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
    SentimentLabel,
    SpeechSeconds,
    Summary,
    Transcription,
)
from appliance.services.backups import Backup
from appliance.services.erase_call import ErasureReceipt
from appliance.services.history import CallView

EXAMPLE_CALL_ID = "5f6c9a52-7c0b-4d3e-9d5c-0f2b8a1f6c11"
EXAMPLE_MOMENT = "2024-03-14T12:00:00Z"
NEXT_CURSOR = "What to send as `cursor` for the next page; null at the end."


class ErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """What every error answers."""

    status: Annotated[Literal["error"], Meta(description="Always `error`.")] = "error"
    message: Annotated[
        str,
        Meta(description="What is wrong, in words that stay the same.", examples=["Invalid request parameters"]),
    ]
    details: Annotated[
        list[dict[str, str]] | msgspec.UnsetType,
        Meta(
            description="Where it helps: each `field` at fault, and its `problem`.",
            examples=[[{"field": "caller_number", "problem": "is required"}]],
        ),
    ] = msgspec.UNSET


class SuccessReply(msgspec.Struct, frozen=True, kw_only=True):
    """Something was done."""

    status: Annotated[Literal["success"], Meta(description="Always `success`.")] = "success"
    message: Annotated[str, Meta(description="What was done.", examples=["Customer deleted successfully"])]


class CallAcceptedReply(msgspec.Struct, frozen=True, kw_only=True):
    """The recording is safe and will be analysed."""

    status: Annotated[Literal["success"], Meta(description="Always `success`.")] = "success"
    message: Annotated[str, Meta(description="Always the same words.", examples=["Call processing started"])] = (
        "Call processing started"
    )
    call_id: Annotated[
        str, Meta(description="The id under which the webhook will tell of this call.", examples=[EXAMPLE_CALL_ID])
    ]


class HealthReply(msgspec.Struct, frozen=True, kw_only=True):
    """Whether calls are accepted: three fields, and never more."""

    status: Annotated[
        Literal["healthy", "degraded", "unhealthy"],
        Meta(
            description="`degraded`: calls are accepted, but wait because queue or worker is missing; "
            "`unhealthy` (with status 503): no call can be accepted.",
            examples=["healthy"],
        ),
    ]
    version: Annotated[str, Meta(description="The version of vBot.", examples=["1.0.0"])]
    timestamp: Annotated[str, Meta(description="The appliance's clock, UTC.", examples=[EXAMPLE_MOMENT])]


class RetentionReply(msgspec.Struct, frozen=True, kw_only=True):
    """How many days recordings and texts (with webhook bodies) are kept; null means the appliance's default."""

    recordings: Annotated[int | None, Meta(description="Days that recordings are kept.", examples=[30])]
    texts: Annotated[int | None, Meta(description="Days that texts and webhook bodies are kept.", examples=[365])]


class CustomerReply(msgspec.Struct, frozen=True, kw_only=True):
    """A customer, with what is set for it."""

    id: Annotated[int, Meta(description="The customer's number; never given to another one.", examples=[1])]
    name: Annotated[str, Meta(description="Who to ask for.", examples=["Customer Name"])]
    company_name: Annotated[str, Meta(description="The company.", examples=["Company Name"])]
    email: Annotated[str, Meta(description="An e-mail address of the customer.", examples=["customer@example.com"])]
    api_key: Annotated[
        str,
        Meta(
            description="What the customer sends as X-API-Key; a viewer sees its end only.", examples=["api_key_here"]
        ),
    ]
    is_active: Annotated[bool, Meta(description="Whether the API key is accepted.", examples=[True])]
    created_at: Annotated[str, Meta(description="When the customer was created, UTC.", examples=[EXAMPLE_MOMENT])]
    updated_at: Annotated[str, Meta(description="When it was last changed, UTC.", examples=[EXAMPLE_MOMENT])]
    webhook_url: Annotated[
        str | None,
        Meta(
            description="Where results are sent; null: nowhere, they wait. A viewer does not see path and query.",
            examples=["https://crm.example.com/vbot"],
        ),
    ]
    webhook_secret: Annotated[
        str,
        Meta(
            description="What webhooks are signed with; a viewer sees its end only.",
            examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        ),
    ]
    webhook_disabled_reason: Annotated[
        str | None, Meta(description="Why nothing is sent at present, or null.", examples=[None])
    ]
    rate_limit_per_minute: Annotated[
        int | None,
        Meta(description="Requests a minute with this key; null: the appliance's default.", examples=[None]),
    ]
    max_concurrent_calls: Annotated[
        int | None,
        Meta(description="Calls accepted and not yet final at once; null: the appliance's default.", examples=[None]),
    ]
    retention_days: Annotated[
        int | RetentionReply | None,
        Meta(
            description="Days that recordings are kept, or days of recordings and of texts; null: the default.",
            examples=[None],
        ),
    ]
    webhook_ca: Annotated[
        str | None,
        Meta(description="PEM of the authority that signed the receiver's certificate, or null.", examples=[None]),
    ]
    webhook_fingerprint: Annotated[
        str | None,
        Meta(description="SHA-256 of the receiver's own self-signed certificate, or null.", examples=[None]),
    ]
    default_language: Annotated[
        str | None,
        Meta(description="The language of calls that do not say theirs; null: it is detected.", examples=["en"]),
    ]
    caller_channel: Annotated[
        str | None,
        Meta(
            description="The stereo channel, `left` or `right`, that the caller speaks on; null: left.", examples=[None]
        ),
    ]


class CustomersReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A list of customers; `next_cursor` only where a page was asked for."""

    customers: Annotated[list[CustomerReply], Meta(description="The customers.")]
    next_cursor: Annotated[
        str | msgspec.UnsetType | None,
        Meta(description="Where the next page begins; null at the end; absent when all were asked for."),
    ] = msgspec.UNSET


class CallErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call failed."""

    code: Annotated[str, Meta(description="A word for programs; it stays the same.", examples=["unreadable_recording"])]
    message: Annotated[
        str, Meta(description="A sentence for people.", examples=["the recording holds no audio that can be read"])
    ]


class CallReply(msgspec.Struct, frozen=True, kw_only=True):
    """A call; the result fields are there once it is completed."""

    call_id: Annotated[str, Meta(description="The call's id, as process-call answered it.", examples=[EXAMPLE_CALL_ID])]
    customer_id: Annotated[int, Meta(description="Whose call it is.", examples=[123])]
    caller_number: Annotated[str, Meta(description="The caller's number as submitted.", examples=["+1234567890"])]
    called_number: Annotated[str, Meta(description="The called number as submitted.", examples=["+0987654321"])]
    external_id: Annotated[
        str | None, Meta(description="The PBX's own id of the call, if it sent one.", examples=["1710417600.42"])
    ]
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
    started_at: Annotated[
        str | None, Meta(description="When a worker began with it, UTC, or null.", examples=[EXAMPLE_MOMENT])
    ]
    finished_at: Annotated[
        str | None, Meta(description="When it became final, UTC, or null.", examples=[EXAMPLE_MOMENT])
    ]
    duration_seconds: Annotated[
        float | None, Meta(description="How long the recording is; null until it was opened.", examples=[61.5])
    ]
    error: Annotated[CallErrorReply | None, Meta(description="Why the call failed, or null.", examples=[None])]
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


class CallsReply(msgspec.Struct, frozen=True, kw_only=True):
    """A page of calls, newest first."""

    calls: Annotated[list[CallReply], Meta(description="The calls.")]
    next_cursor: Annotated[str | None, Meta(description=NEXT_CURSOR, examples=[None])]


class AttemptReply(msgspec.Struct, frozen=True, kw_only=True):
    """One try to deliver; `status` is null when no HTTP answer came."""

    at: Annotated[str, Meta(description="When it was made, UTC.", examples=[EXAMPLE_MOMENT])]
    status: Annotated[
        int | None, Meta(description="The HTTP status of the receiver; null when no answer came.", examples=[200])
    ]
    latency_ms: Annotated[int, Meta(description="How long it took, in milliseconds.", examples=[87])]
    error: Annotated[
        str | None, Meta(description="What went wrong, where the status does not say it.", examples=[None])
    ]
    reply: Annotated[str, Meta(description="The first 2 KB of what the receiver answered.", examples=["ok"])]


class DeliveryReply(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook and what came of it."""

    id: Annotated[str, Meta(description="The delivery's id.", examples=["0e1b2f04-3f0e-4f2a-8d2c-4b7f6c1f2a90"])]
    call_id: Annotated[str, Meta(description="The call that it tells of.", examples=[EXAMPLE_CALL_ID])]
    customer_id: Annotated[int, Meta(description="Whose webhook it is.", examples=[123])]
    event: Annotated[
        str,
        Meta(
            description="What it tells: see the webhook's `event`.",
            examples=[WebhookEvent.COMPLETED.value],
            extra_json_schema={"enum": [event.value for event in WebhookEvent]},
        ),
    ]
    url: Annotated[
        str | None,
        Meta(
            description="Where it was last sent, or will be; a viewer does not see path and query.",
            examples=["https://crm.example.com/vbot"],
        ),
    ]
    state: Annotated[
        str,
        Meta(
            description="`pending`, `retrying`, and then `delivered`, `failed` (all retries are used up) "
            "or `disabled` (it waits until the endpoint is enabled again).",
            examples=[DeliveryState.DELIVERED.value],
            extra_json_schema={"enum": [state.value for state in DeliveryState]},
        ),
    ]
    webhook_id: Annotated[
        str,
        Meta(
            description="The `webhook-id` header of every attempt.", examples=["msg_9b2f6f0c1d4e4a55a1d0c3b2e4f5a6b7"]
        ),
    ]
    next_attempt_at: Annotated[str | None, Meta(description="When it is tried again, UTC, or null.", examples=[None])]
    attempts: Annotated[list[AttemptReply], Meta(description="Every attempt, oldest first.")]


class DeliveriesReply(msgspec.Struct, frozen=True, kw_only=True):
    """A page of deliveries, newest first."""

    deliveries: Annotated[list[DeliveryReply], Meta(description="The deliveries.")]
    next_cursor: Annotated[str | None, Meta(description=NEXT_CURSOR, examples=[None])]


class RedeliverReply(msgspec.Struct, frozen=True, kw_only=True):
    """How many deliveries were queued again, or (`dry_run`) would be."""

    count: Annotated[int, Meta(description="How many deliveries match.", examples=[12])]
    dry_run: Annotated[bool, Meta(description="Whether they were only counted.", examples=[False])]


class ErasureReply(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt of an erasure: how many recordings, results and deliveries are gone, which backups still hold it."""

    call_id: Annotated[str, Meta(description="The call that is gone.", examples=[EXAMPLE_CALL_ID])]
    erased_at: Annotated[str, Meta(description="When it was erased, UTC.", examples=[EXAMPLE_MOMENT])]
    recordings: Annotated[int, Meta(description="How many recordings were erased.", examples=[1])]
    results: Annotated[int, Meta(description="How many analyses were erased.", examples=[1])]
    deliveries: Annotated[int, Meta(description="How many deliveries were erased.", examples=[1])]
    backups: Annotated[
        list[str],
        Meta(
            description="The backups that still hold it; a restore of one erases it again.",
            examples=[["vbot-20240314-000000.tar"]],
        ),
    ]


class BackupReply(msgspec.Struct, frozen=True, kw_only=True):
    """A backup: `state` is `running`, `done` or `failed`; `bytes` is null until it is done."""

    name: Annotated[str, Meta(description="The backup's file name.", examples=["vbot-20240314-000000.tar"])]
    created_at: Annotated[str, Meta(description="When it was begun, UTC.", examples=[EXAMPLE_MOMENT])]
    state: Annotated[str, Meta(description="`running`, `done` or `failed`.", examples=["done"])]
    bytes: Annotated[int | None, Meta(description="Its size; null until it is done.", examples=[10485760])]
    error: Annotated[str | None, Meta(description="Why it failed, or null.", examples=[None])]


class BackupsReply(msgspec.Struct, frozen=True, kw_only=True):
    """All backups, newest first."""

    backups: Annotated[list[BackupReply], Meta(description="The backups.")]


class TokenReply(msgspec.Struct, frozen=True, kw_only=True):
    """A token; its text only in the answer that created it."""

    id: Annotated[int, Meta(description="The token's number.", examples=[2])]
    name: Annotated[str, Meta(description="What it is for.", examples=["grafana"])]
    role: Annotated[
        str,
        Meta(
            description="`admin` may change things; `viewer` reads, with secrets masked.",
            examples=[Role.VIEWER.value],
            extra_json_schema={"enum": [role.value for role in Role]},
        ),
    ]
    created_at: Annotated[str, Meta(description="When it was created, UTC.", examples=[EXAMPLE_MOMENT])]
    expires_at: Annotated[str | None, Meta(description="When it ends by itself, UTC, or null.", examples=[None])]
    last_used_at: Annotated[str | None, Meta(description="When it was last used, UTC, or null.", examples=[None])]
    revoked_at: Annotated[str | None, Meta(description="When it was revoked, UTC, or null.", examples=[None])]
    token: Annotated[
        str | msgspec.UnsetType,
        Meta(description="The token itself: shown once, in the answer that created it.", examples=["token_shown_once"]),
    ] = msgspec.UNSET


class TokensReply(msgspec.Struct, frozen=True, kw_only=True):
    """All tokens."""

    tokens: Annotated[list[TokenReply], Meta(description="The tokens.")]


def _moment(value: datetime | None) -> str | None:
    return None if value is None else contract_timestamp(value)


def mask_secret(text: str) -> str:
    """Enough to recognise a secret by, not enough to use it."""
    return f"****{text[-4:]}"


def mask_url(url: str | None) -> str | None:
    """A webhook's address without what may be a secret in it: its path and query."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/****"


def _retention(customer: Customer) -> int | RetentionReply | None:
    if customer.text_retention_days is None:
        return customer.retention_days
    return RetentionReply(recordings=customer.retention_days, texts=customer.text_retention_days)


def customer_reply(customer: Customer, *, api_key: str, webhook_secret: str, masked: bool) -> CustomerReply:
    """A customer as an admin sees it, or (masked) a viewer."""
    return CustomerReply(
        id=customer.id,
        name=customer.name,
        company_name=customer.company_name,
        email=customer.email,
        api_key=mask_secret(api_key) if masked else api_key,
        is_active=customer.is_active,
        created_at=contract_timestamp(customer.created_at),
        updated_at=contract_timestamp(customer.updated_at),
        webhook_url=mask_url(customer.webhook_url) if masked else customer.webhook_url,
        webhook_secret=mask_secret(webhook_secret) if masked else webhook_secret,
        webhook_disabled_reason=customer.webhook_disabled_reason,
        rate_limit_per_minute=customer.rate_limit_per_minute,
        max_concurrent_calls=customer.max_concurrent_calls,
        retention_days=_retention(customer),
        webhook_ca=customer.webhook_ca,
        webhook_fingerprint=customer.webhook_fingerprint,
        default_language=customer.default_language,
        caller_channel=customer.caller_channel,
    )


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


def call_reply(view: CallView) -> CallReply:
    """A call as everybody who may see it sees it."""
    call = view.call
    reply = CallReply(
        call_id=call.call_id,
        customer_id=call.customer_id,
        caller_number=call.caller_number,
        called_number=call.called_number,
        external_id=call.external_id,
        revision=call.revision,
        state=call.state.value,
        received_at=contract_timestamp(call.received_at),
        started_at=_moment(call.started_at),
        finished_at=_moment(call.finished_at),
        duration_seconds=call.duration_seconds,
        error=None if call.error is None else CallErrorReply(code=call.error.code, message=call.error.message),
    )
    if view.result is None:
        return reply
    result = msgspec.json.decode(view.result, type=_ResultFields)
    return msgspec.structs.replace(
        reply, **msgspec.structs.asdict(result), metadata=msgspec.Raw((call.metadata or "null").encode())
    )


def delivery_reply(delivery: Delivery, *, masked: bool) -> DeliveryReply:
    """A delivery with all its attempts."""
    return DeliveryReply(
        id=delivery.id,
        call_id=delivery.call_id,
        customer_id=delivery.customer_id,
        event=delivery.event.value,
        url=mask_url(delivery.url) if masked else delivery.url,
        state=delivery.state.value,
        webhook_id=delivery.webhook_id,
        next_attempt_at=_moment(delivery.next_attempt_at),
        attempts=[attempt_reply(attempt) for attempt in delivery.attempts],
    )


def attempt_reply(attempt: DeliveryAttempt) -> AttemptReply:
    """What came of one try."""
    return AttemptReply(
        at=contract_timestamp(attempt.at),
        status=attempt.status,
        latency_ms=attempt.latency_ms,
        error=attempt.error,
        reply=attempt.reply,
    )


def backup_reply(backup: Backup) -> BackupReply:
    """A backup as a list shows it."""
    return BackupReply(
        name=backup.name,
        created_at=contract_timestamp(backup.created_at),
        state=backup.state,
        bytes=backup.bytes,
        error=backup.error,
    )


def erasure_reply(receipt: ErasureReceipt, backups: list[str]) -> ErasureReply:
    """The receipt of an erasure, with the backups that were made before it."""
    return ErasureReply(
        call_id=receipt.call_id,
        erased_at=contract_timestamp(receipt.erased_at),
        recordings=receipt.recordings,
        results=receipt.results,
        deliveries=receipt.deliveries,
        backups=backups,
    )


def token_reply(token: Token, text: str | None = None) -> TokenReply:
    """A token, with its text when it was just created."""
    return TokenReply(
        id=token.id,
        name=token.name,
        role=token.role.value,
        created_at=contract_timestamp(token.created_at),
        expires_at=_moment(token.expires_at),
        last_used_at=_moment(token.last_used_at),
        revoked_at=_moment(token.revoked_at),
        token=msgspec.UNSET if text is None else text,
    )
