"""A delivery: one webhook on its way to the customer's server, under one webhook id for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from appliance.domain.cell import Cell
from appliance.domain.sealed_url import SealedUrl

# The published limit: "Webhook delivery attempts are limited to 3 retries".
MAX_ATTEMPTS = 4


_WEBHOOK_IDS = UUID("6b1f0c0e-6f1d-4a55-9a1f-5f2b0d6a7c11")


def webhook_id_of(call_id: str, revision: int) -> str:
    """The id under which a call's outcome is delivered, for ever the same.

    Made from what it is about, so that an appliance restored from a backup, which analyses a call again that had ended
    after it was made, tells it under the id that the receiver knows.
    """
    return f"msg_{uuid5(_WEBHOOK_IDS, f'{call_id}/{revision}').hex}"


def address_cell(delivery_id: str) -> Cell:
    """Where a delivery's sealed address is kept."""
    return Cell("delivery", "sealed_url", delivery_id)


def attempt_address_cell(delivery_id: str, number: int) -> Cell:
    """Where the sealed address is kept to which one attempt went."""
    return Cell("attempt_address", "sealed_url", f"{delivery_id}/{number}")


class WebhookEvent(StrEnum):
    """What a webhook tells."""

    COMPLETED = "call.completed"
    FAILED = "call.failed"
    UPDATED = "call.updated"
    EMPTY = "call.empty"
    TEST = "webhook.test"


class DeliveryState(StrEnum):
    """`disabled`: the endpoint takes nothing at present; the delivery waits until it is enabled again."""

    PENDING = "pending"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    FAILED = "failed"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One try: `status` is None when no HTTP answer came; `reply` holds the first 2 KB of it.

    `url` is where it went, whatever the customer's address is now; None of one that was made before that was kept.
    """

    number: int
    at: datetime
    status: int | None
    latency_ms: int
    error: str | None
    reply: str
    url: SealedUrl | None = None

    @property
    def succeeded(self) -> bool:
        """The receiver took it: 2xx."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as stored, with the exact bytes that every attempt sends.

    A redelivery begins a new round of one attempt and three retries: `round_began` attempts were made before it.
    """

    id: str
    call_id: str
    customer_id: int
    event: WebhookEvent
    revision: int
    webhook_id: str
    state: DeliveryState
    body: bytes
    created_at: datetime
    url: SealedUrl | None = None
    next_attempt_at: datetime | None = None
    attempts_made: int = 0
    round_began: int = 0
    attempts: tuple[DeliveryAttempt, ...] = ()
