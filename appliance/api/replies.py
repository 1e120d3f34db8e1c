"""The shapes of replies. Field order is the order on the wire; contract timestamps are whole seconds, UTC, `Z`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from appliance.domain.clock import contract_timestamp
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery, DeliveryAttempt
from appliance.domain.token import Token
from appliance.messages import PartiesResult, SegmentResult, SentimentLabel
from appliance.services.backups import Backup
from appliance.services.erase_call import ErasureReceipt
from appliance.services.history import CallView


class ErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """Every error: the contract's two fields, and details where they help."""

    status: Literal["error"] = "error"
    message: str
    details: list[dict[str, str]] | msgspec.UnsetType = msgspec.UNSET


class SuccessReply(msgspec.Struct, frozen=True, kw_only=True):
    """Something was done."""

    status: Literal["success"] = "success"
    message: str


class CallAcceptedReply(msgspec.Struct, frozen=True, kw_only=True):
    """The recording is safe and will be analysed."""

    status: Literal["success"] = "success"
    message: str = "Call processing started"
    call_id: str


class HealthReply(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly the contract's three fields."""

    status: Literal["healthy", "degraded", "unhealthy"]
    version: str
    timestamp: str


class RetentionReply(msgspec.Struct, frozen=True, kw_only=True):
    """How many days recordings and texts (with webhook bodies) are kept; null means the appliance's default."""

    recordings: int | None
    texts: int | None


class CustomerReply(msgspec.Struct, frozen=True, kw_only=True):
    """A customer: the contract's fields, then ours."""

    id: int
    name: str
    company_name: str
    email: str
    api_key: str
    is_active: bool
    created_at: str
    updated_at: str
    webhook_url: str | None
    webhook_secret: str
    webhook_disabled_reason: str | None
    rate_limit_per_minute: int | None
    max_concurrent_calls: int | None
    retention_days: int | RetentionReply | None
    webhook_ca: str | None
    webhook_fingerprint: str | None
    default_language: str | None
    caller_channel: str | None


class CustomersReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A list of customers; `next_cursor` only where a page was asked for."""

    customers: list[CustomerReply]
    next_cursor: str | msgspec.UnsetType | None = msgspec.UNSET


class CallErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call failed."""

    code: str
    message: str


class CallReply(msgspec.Struct, frozen=True, kw_only=True):
    """A call; the result fields are there once it is completed."""

    call_id: str
    customer_id: int
    caller_number: str
    called_number: str
    external_id: str | None
    revision: int
    state: str
    received_at: str
    started_at: str | None
    finished_at: str | None
    duration_seconds: float | None
    error: CallErrorReply | None
    transcription: str | msgspec.UnsetType = msgspec.UNSET
    summary: str | msgspec.UnsetType = msgspec.UNSET
    sentiment: SentimentLabel | msgspec.UnsetType = msgspec.UNSET
    keywords: str | msgspec.UnsetType = msgspec.UNSET
    speech_seconds: float | msgspec.UnsetType = msgspec.UNSET
    language: str | msgspec.UnsetType = msgspec.UNSET
    segments: list[SegmentResult] | msgspec.UnsetType = msgspec.UNSET
    parties: PartiesResult | msgspec.UnsetType = msgspec.UNSET
    keyword_scores: dict[str, float] | msgspec.UnsetType = msgspec.UNSET
    metadata: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    models: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    no_speech: bool | msgspec.UnsetType = msgspec.UNSET


class CallsReply(msgspec.Struct, frozen=True, kw_only=True):
    """A page of calls, newest first."""

    calls: list[CallReply]
    next_cursor: str | None


class AttemptReply(msgspec.Struct, frozen=True, kw_only=True):
    """One try to deliver; `status` is null when no HTTP answer came."""

    at: str
    status: int | None
    latency_ms: int
    error: str | None
    reply: str


class DeliveryReply(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook and what came of it."""

    id: str
    call_id: str
    customer_id: int
    event: str
    url: str | None
    state: str
    webhook_id: str
    next_attempt_at: str | None
    attempts: list[AttemptReply]


class DeliveriesReply(msgspec.Struct, frozen=True, kw_only=True):
    """A page of deliveries, newest first."""

    deliveries: list[DeliveryReply]
    next_cursor: str | None


class RedeliverReply(msgspec.Struct, frozen=True, kw_only=True):
    """How many deliveries were queued again, or (`dry_run`) would be."""

    count: int
    dry_run: bool


class ErasureReply(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt of an erasure: how many recordings, results and deliveries are gone, which backups still hold it."""

    call_id: str
    erased_at: str
    recordings: int
    results: int
    deliveries: int
    backups: list[str]


class BackupReply(msgspec.Struct, frozen=True, kw_only=True):
    """A backup: `state` is `running`, `done` or `failed`; `bytes` is null until it is done."""

    name: str
    created_at: str
    state: str
    bytes: int | None
    error: str | None


class BackupsReply(msgspec.Struct, frozen=True, kw_only=True):
    """All backups, newest first."""

    backups: list[BackupReply]


class TokenReply(msgspec.Struct, frozen=True, kw_only=True):
    """A token; its text only in the answer that created it."""

    id: int
    name: str
    role: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None
    token: str | msgspec.UnsetType = msgspec.UNSET


class TokensReply(msgspec.Struct, frozen=True, kw_only=True):
    """All tokens."""

    tokens: list[TokenReply]


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
