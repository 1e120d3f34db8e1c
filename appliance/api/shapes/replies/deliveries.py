"""Deliveries and their attempts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_CALL_ID, EXAMPLE_MOMENT, NEXT_CURSOR, moment
from appliance.domain.clock import contract_timestamp
from appliance.domain.delivery import Delivery, DeliveryAttempt, DeliveryState, WebhookEvent
from appliance.domain.sealed_url import SealedUrl
from appliance.domain.short_text import with_unseen_shown_in_lines

EXAMPLE_URL = "https://crm.example.com/vbot"


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
    reply: Annotated[
        str,
        Meta(
            description="The first 2 KB of what the receiver answered; what nobody would see in it is U+FFFD.",
            examples=["ok"],
        ),
    ]
    url: Annotated[
        str | None,
        Meta(
            description="Where it went; null of one that was made before the appliance kept it. A viewer does not see "
            "path and query.",
            examples=[EXAMPLE_URL],
        ),
    ]


class DeliveryReply(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook and what came of it."""

    id: Annotated[str, Meta(description="The delivery's id.", examples=["0e1b2f04-3f0e-4f2a-8d2c-4b7f6c1f2a90"])]
    call_id: Annotated[str, Meta(description="The call that it tells of.", examples=[EXAMPLE_CALL_ID])]
    caller_number: Annotated[
        str | None,
        Meta(
            description="The caller's number as submitted; null of a test, and once the call was erased.",
            examples=["+1234567890"],
        ),
    ]
    called_number: Annotated[
        str | None,
        Meta(
            description="The called number as submitted; null of a test, and once the call was erased.",
            examples=["+0987654321"],
        ),
    ]
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
            examples=[EXAMPLE_URL],
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
    created_at: Annotated[str, Meta(description="When the webhook came to be, UTC.", examples=[EXAMPLE_MOMENT])]
    next_attempt_at: Annotated[str | None, Meta(description="When it is tried again, UTC, or null.", examples=[None])]
    attempts: Annotated[list[AttemptReply], Meta(description="Every attempt, oldest first.")]


class DeliveriesReply(msgspec.Struct, frozen=True, kw_only=True):
    """A page of deliveries, newest first."""

    deliveries: Annotated[list[DeliveryReply], Meta(description="The deliveries.")]
    next_cursor: Annotated[str | None, Meta(description=NEXT_CURSOR, examples=[None])]


class RedeliverReply(msgspec.Struct, frozen=True, kw_only=True):
    """How many deliveries were queued again, or (`dry_run`) would be."""

    count: Annotated[int, Meta(description="How many deliveries match and can be sent.", examples=[12])]
    resting: Annotated[
        int,
        Meta(
            description="How many more match and are left: their endpoints are disabled, or have no address.",
            examples=[0],
        ),
    ]
    dry_run: Annotated[bool, Meta(description="Whether they were only counted.", examples=[False])]


class WebhookRequestReply(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook as it goes out."""

    url: Annotated[
        str | None, Meta(description="Where it is posted; null while there is no address.", examples=[EXAMPLE_URL])
    ]
    headers: Annotated[
        dict[str, str],
        Meta(
            description="Its headers, signed at this moment.",
            examples=[{"webhook-id": "msg_9b2f6f0c1d4e4a55a1d0c3b2e4f5a6b7", "webhook-timestamp": "1795797000"}],
        ),
    ]
    body: Annotated[
        str, Meta(description="The JSON, to the last byte that is signed.", examples=['{"event": "call.completed"}'])
    ]


def delivery_reply(
    delivery: Delivery, shown: Callable[[SealedUrl | None], str | None], numbers: tuple[str, str] | None
) -> DeliveryReply:
    """A delivery with all its attempts; `shown` tells an address as far as the reader may see it.

    `numbers`: who called whom, as long as that is known.
    """
    caller, called = numbers or (None, None)
    return DeliveryReply(
        id=delivery.id,
        call_id=delivery.call_id,
        caller_number=caller,
        called_number=called,
        customer_id=delivery.customer_id,
        event=delivery.event.value,
        url=shown(delivery.url),
        state=delivery.state.value,
        webhook_id=delivery.webhook_id,
        created_at=contract_timestamp(delivery.created_at),
        next_attempt_at=moment(delivery.next_attempt_at),
        attempts=[attempt_reply(attempt, shown(attempt.url)) for attempt in delivery.attempts],
    )


def attempt_reply(attempt: DeliveryAttempt, url: str | None) -> AttemptReply:
    """What came of one try, and its address as far as the reader may see it."""
    return AttemptReply(
        at=contract_timestamp(attempt.at),
        status=attempt.status,
        latency_ms=attempt.latency_ms,
        error=attempt.error,
        reply=with_unseen_shown_in_lines(attempt.reply),  # a terminal obeys what nobody sees
        url=url,
    )
