"""Server-sent events: how each live event is written, once, however many read it."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import msgspec

from appliance.api.shapes.replies.backups import BackupReply
from appliance.api.shapes.replies.basics import moment
from appliance.api.shapes.replies.calls import CallErrorReply
from appliance.api.shapes.replies.events import (
    ERASED,
    RESET,
    CallEvent,
    CustomerEvent,
    DeliveryEvent,
    HealthEvent,
    LastAttempt,
    PbxEvent,
    ResetEvent,
    WorkerEvent,
)
from appliance.domain.clock import contract_timestamp
from appliance.domain.delivery import DeliveryAttempt
from appliance.domain.live_event import (
    BackupChanged,
    CallChanged,
    CallErased,
    CustomerChanged,
    DeliveryChanged,
    HealthChanged,
    LiveEvent,
    PbxChanged,
    WorkerChanged,
)
from appliance.services.events.live_events import ResetReason
from appliance.webhooks.call_description import NO_DESCRIPTION, call_description


@singledispatch
def event_reply(event: LiveEvent) -> msgspec.Struct:
    """The published shape of an event."""
    raise TypeError(f"there is no shape for {type(event).__name__}")


@event_reply.register
def _call(event: CallChanged) -> CallEvent:
    call = event.call
    return CallEvent(
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
        sentiment=event.sentiment,
        empty=call.empty,
        tags=list(call.tags),
        error=None if call.error is None else CallErrorReply(code=call.error.code, message=call.error.message),
    )


@event_reply.register
def _erased(event: CallErased) -> CallEvent:
    before = _call(CallChanged(event.call))
    return msgspec.structs.replace(
        before,
        caller_number=None,
        called_number=None,
        **NO_DESCRIPTION,
        tags=[],
        error=None,
        state=ERASED,
    )


@event_reply.register
def _delivery(event: DeliveryChanged) -> DeliveryEvent:
    delivery = event.delivery
    return DeliveryEvent(
        id=delivery.id,
        call_id=delivery.call_id,
        customer_id=delivery.customer_id,
        event=delivery.event.value,
        url=None if delivery.url is None else delivery.url.masked,
        state=delivery.state.value,
        webhook_id=delivery.webhook_id,
        created_at=moment(delivery.created_at),
        attempts_made=delivery.attempts_made,
        last_attempt=_last_attempt(delivery.attempts[-1]) if delivery.attempts else None,
        next_attempt_at=moment(delivery.next_attempt_at),
    )


def _last_attempt(attempt: DeliveryAttempt) -> LastAttempt:
    return LastAttempt(
        at=contract_timestamp(attempt.at), status=attempt.status, latency_ms=attempt.latency_ms, error=attempt.error
    )


@event_reply.register
def _worker(event: WorkerChanged) -> WorkerEvent:
    return WorkerEvent(
        name=event.worker, state=event.state.value, device=event.device, model=event.model, call_id=event.call_id
    )


@event_reply.register
def _customer(event: CustomerChanged) -> CustomerEvent:
    customer = event.customer
    return CustomerEvent(
        customer_id=customer.id,
        change=event.change.value,
        name=customer.name,
        company_name=customer.company_name,
        is_active=customer.is_active,
        webhook_url=None if customer.webhook_url is None else customer.webhook_url.masked,
        webhook_disabled_reason=customer.webhook_disabled_reason,
        updated_at=contract_timestamp(customer.updated_at),
    )


@event_reply.register
def _health(event: HealthChanged) -> HealthEvent:
    return HealthEvent(status=event.status, lacking=list(event.lacking), calls=event.calls.value)


@event_reply.register
def _pbx(event: PbxChanged) -> PbxEvent:
    return PbxEvent(
        state="heard" if event.heard else "silent",
        customer_id=event.customer_id,
        company_name=event.company_name,
        last_call_at=contract_timestamp(event.last_call_at),
        usual_gap_seconds=event.usual_gap_seconds,
        silent_since=contract_timestamp(event.silent_since),
    )


@event_reply.register
def _backup(event: BackupChanged) -> BackupReply:
    return BackupReply(
        name=event.name,
        created_at=contract_timestamp(event.created_at),
        state=event.state,
        bytes=event.bytes,
        error=event.error,
    )


class EventFrames:
    """The form of server-sent events (an `Encoder` of `appliance.services.events.live_events`)."""

    def event(self, event_id: str, event: LiveEvent) -> bytes:
        """An event as it goes over the wire."""
        return frame(event_id, event.type.value, event_reply(event))

    def reset(self, event_id: str, reason: ResetReason) -> bytes:
        """The word that something was missed."""
        return frame(event_id, RESET, ResetEvent(reason=reason.value))


_JSON = msgspec.json.Encoder()


def frame(event_id: str, name: str, data: Any) -> bytes:
    """One event: its JSON has no line break of its own, so that it is one line of data."""
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (event_id.encode(), name.encode(), _JSON.encode(data))
