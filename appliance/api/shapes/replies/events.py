"""The live events, as GET /api/events tells them. No secret is in any of them: admin and viewer read the same."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.backups import BackupReply
from appliance.api.shapes.replies.basics import EXAMPLE_CALL_ID, EXAMPLE_MOMENT
from appliance.api.shapes.replies.calls import CallErrorReply, Empty, Tags
from appliance.domain.call import CallState
from appliance.domain.delivery import DeliveryState, WebhookEvent
from appliance.domain.health import HealthStatus
from appliance.domain.live_event import CustomerChange, EventType, WorkerState
from appliance.domain.system import ComponentState
from appliance.services.events.live_events import ResetReason
from appliance.webhooks.call_description import (
    Agent,
    AnsweredAt,
    BridgedAt,
    CallStartedAt,
    Did,
    DirectionShown,
    DispositionShown,
    Extension,
    ExternalId,
    LinkedId,
    Queue,
)

ERASED = "erased"
RESET = "reset"


class CallEvent(msgspec.Struct, frozen=True, kw_only=True):
    """`call`: a call was accepted or has moved on, or was erased; a row of a table of calls."""

    call_id: Annotated[str, Meta(description="The call's id.", examples=[EXAMPLE_CALL_ID])]
    customer_id: Annotated[int, Meta(description="Whose call it is.", examples=[123])]
    caller_number: Annotated[
        str | None, Meta(description="The caller's number as submitted; null once erased.", examples=["+1234567890"])
    ]
    called_number: Annotated[
        str | None, Meta(description="The called number as submitted; null once erased.", examples=["+0987654321"])
    ]
    external_id: ExternalId
    revision: Annotated[int, Meta(description="The revision that this is about.", examples=[1])]
    state: Annotated[
        str,
        Meta(
            description="`received`, `queued`, `processing`, `completed` or `failed`; `erased`: take it, and its "
            "deliveries, out of your lists.",
            examples=[CallState.COMPLETED.value],
            extra_json_schema={"enum": [*(state.value for state in CallState), ERASED]},
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
        str | None, Meta(description="When a worker began with it, UTC, or null.", examples=[EXAMPLE_MOMENT])
    ]
    finished_at: Annotated[
        str | None, Meta(description="When it became final, UTC, or null.", examples=[EXAMPLE_MOMENT])
    ]
    duration_seconds: Annotated[
        float | None, Meta(description="How long the recording is; null until it was opened.", examples=[61.5])
    ]
    sentiment: Annotated[
        str | None, Meta(description="The mood, when the call was completed; else null.", examples=["positive"])
    ]
    empty: Empty
    tags: Tags
    error: Annotated[CallErrorReply | None, Meta(description="Why the call failed, or null.", examples=[None])]


class LastAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """The last try to deliver; `status` is null when no HTTP answer came."""

    at: Annotated[str, Meta(description="When it was made, UTC.", examples=[EXAMPLE_MOMENT])]
    status: Annotated[int | None, Meta(description="The HTTP status of the receiver, or null.", examples=[200])]
    latency_ms: Annotated[int, Meta(description="How long it took, in milliseconds.", examples=[87])]
    error: Annotated[
        str | None, Meta(description="What went wrong, where the status does not say it.", examples=[None])
    ]


class DeliveryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """`delivery`: a webhook is to be sent, was attempted, or its state has changed."""

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
        Meta(description="Where it goes, without path and query.", examples=["https://crm.example.com/****"]),
    ]
    state: Annotated[
        str,
        Meta(
            description="`pending`, `retrying`, `delivered`, `failed` or `disabled`.",
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
    created_at: Annotated[str | None, Meta(description="When the webhook came to be, UTC.", examples=[EXAMPLE_MOMENT])]
    attempts_made: Annotated[int, Meta(description="How many attempts were made until now.", examples=[1])]
    last_attempt: Annotated[LastAttempt | None, Meta(description="What came of the last one, or null.")]
    next_attempt_at: Annotated[str | None, Meta(description="When it is tried again, UTC, or null.", examples=[None])]


class WorkerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """`worker`: a worker came, is ready, has taken a call or put it down, or is gone."""

    name: Annotated[str, Meta(description="The worker: its machine and device.", examples=["vbot-box/cuda:0"])]
    state: Annotated[
        str,
        Meta(
            description="`loading` (its model), `ready`, or `gone`: nothing was heard of it for a while.",
            examples=[WorkerState.READY.value],
            extra_json_schema={"enum": [state.value for state in WorkerState]},
        ),
    ]
    device: Annotated[str, Meta(description="What it computes on.", examples=["cuda:0"])]
    model: Annotated[str, Meta(description="The speech recognition's model pack.", examples=["whisper-base"])]
    call_id: Annotated[str | None, Meta(description="The call in its hands, or null.", examples=[EXAMPLE_CALL_ID])]


class CustomerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """`customer`: a customer was created, changed or deleted, or its endpoint was disabled or enabled again."""

    customer_id: Annotated[int, Meta(description="The customer's number.", examples=[123])]
    change: Annotated[
        str,
        Meta(
            description="`created`, `changed` or `deleted`.",
            examples=[CustomerChange.CHANGED.value],
            extra_json_schema={"enum": [change.value for change in CustomerChange]},
        ),
    ]
    name: Annotated[str, Meta(description="Who to ask for.", examples=["Customer Name"])]
    company_name: Annotated[str, Meta(description="The company.", examples=["Company Name"])]
    is_active: Annotated[bool, Meta(description="Whether the API key is accepted.", examples=[True])]
    webhook_url: Annotated[
        str | None,
        Meta(description="Where results go, without path and query.", examples=["https://crm.example.com/****"]),
    ]
    webhook_disabled_reason: Annotated[
        str | None,
        Meta(
            description="Why nothing is sent at present, or null.",
            examples=["the receiver answered 410 Gone"],
        ),
    ]
    updated_at: Annotated[str, Meta(description="When it was last changed, UTC.", examples=[EXAMPLE_MOMENT])]


class HealthEvent(msgspec.Struct, frozen=True, kw_only=True):
    """`health`: what /health says has changed, or what is lacking, or how calls end."""

    status: Annotated[
        HealthStatus,
        Meta(description="As in /health: `healthy`, `degraded` or `unhealthy`.", examples=["degraded"]),
    ]
    lacking: Annotated[
        list[str],
        Meta(
            description="Which parts are missing, or damaged: `queue`, `worker`, `database`; `results`: they cannot be "
            "stored; `recordings`: some were found damaged in the last 24 hours.",
            examples=[["worker"]],
        ),
    ]
    calls: Annotated[
        str,
        Meta(
            description="How calls end of late: the state of the component `calls` in `GET /api/system`.",
            examples=[ComponentState.OK.value],
            extra_json_schema={"enum": [state.value for state in ComponentState]},
        ),
    ]


class PbxEvent(msgspec.Struct, frozen=True, kw_only=True):
    """`pbx`: the PBX of a customer has fallen silent when it usually sends calls, or was heard of again.

    A silence also ends, without an event, when the customer is deactivated or deleted, and after 28 days.
    """

    state: Annotated[
        Literal["silent", "heard"],
        Meta(description="`silent`, or `heard`: a call has come again.", examples=["silent"]),
    ]
    customer_id: Annotated[int, Meta(description="Whose PBX it is.", examples=[123])]
    company_name: Annotated[str, Meta(description="The company.", examples=["Company Name"])]
    last_call_at: Annotated[
        str, Meta(description="When the last call was accepted before the silence, UTC.", examples=[EXAMPLE_MOMENT])
    ]
    usual_gap_seconds: Annotated[
        int,
        Meta(description="How long a silence is usual at most, in seconds of its working hours.", examples=[7200]),
    ]
    silent_since: Annotated[
        str, Meta(description="Since when the silence is longer than usual, UTC.", examples=["2024-03-14T13:30:00Z"])
    ]


class ResetEvent(msgspec.Struct, frozen=True, kw_only=True):
    """`reset`: what happened since your last event is not known any more. Load your lists again."""

    reason: Annotated[
        str,
        Meta(
            description="`restarted` (your last event was from another life of the api) or `missed` (too long ago, "
            "too slow, or more changed at once than is told one by one).",
            examples=[ResetReason.MISSED.value],
            extra_json_schema={"enum": [reason.value for reason in ResetReason]},
        ),
    ]


# Every word that can stand behind `event:`, and the shape of what stands behind `data:` then.
EVENT_SHAPES: dict[str, type[msgspec.Struct]] = {
    EventType.CALL: CallEvent,
    EventType.DELIVERY: DeliveryEvent,
    EventType.WORKER: WorkerEvent,
    EventType.CUSTOMER: CustomerEvent,
    EventType.HEALTH: HealthEvent,
    EventType.PBX: PbxEvent,
    EventType.BACKUP: BackupReply,
    RESET: ResetEvent,
}
