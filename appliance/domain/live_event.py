"""What happens in the appliance, as it is published to those who watch. Known in memory only.

Each of these carries what it is about as it is now, so that nobody has to ask for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from appliance.domain.call import Call
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery
from appliance.domain.health import HealthStatus
from appliance.domain.system import ComponentState

# When more than this changes at once, telling each of them costs more than looking at everything anew.
PUBLISHED_ONE_BY_ONE = 200


class EventType(StrEnum):
    """What an event is about."""

    CALL = "call"
    DELIVERY = "delivery"
    WORKER = "worker"
    CUSTOMER = "customer"
    HEALTH = "health"
    PBX = "pbx"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class CallChanged:
    """A call was accepted or has moved on; `sentiment` is known when it has just been completed."""

    type: ClassVar[EventType] = EventType.CALL
    call: Call
    sentiment: str | None = None

    @property
    def customer_id(self) -> int | None:
        return self.call.customer_id


@dataclass(frozen=True, slots=True)
class CallErased:
    """A call was erased, its deliveries with it; this is how it was before."""

    type: ClassVar[EventType] = EventType.CALL
    call: Call

    @property
    def customer_id(self) -> int | None:
        return self.call.customer_id


@dataclass(frozen=True, slots=True)
class DeliveryChanged:
    """A delivery is new, was attempted, or its state has changed; of its attempts it has the last one, if any."""

    type: ClassVar[EventType] = EventType.DELIVERY
    delivery: Delivery

    @property
    def customer_id(self) -> int | None:
        return self.delivery.customer_id


class WorkerState(StrEnum):
    """`loading`: it is there, its model is not yet; `gone`: nothing was heard of it for a while."""

    LOADING = "loading"
    READY = "ready"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class WorkerChanged:
    """A worker came, is ready, has taken a call or put it down, or is gone."""

    type: ClassVar[EventType] = EventType.WORKER
    customer_id: ClassVar[int | None] = None
    worker: str
    state: WorkerState
    device: str
    model: str
    call_id: str | None = None


class CustomerChange(StrEnum):
    """What became of a customer."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """A customer was created, changed (by somebody, or its endpoint by how it fares) or deleted."""

    type: ClassVar[EventType] = EventType.CUSTOMER
    customer: Customer
    change: CustomerChange = CustomerChange.CHANGED

    @property
    def customer_id(self) -> int | None:
        return self.customer.id


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """What /health says has changed, or what is lacking, or how calls end: the state of the component `calls`."""

    type: ClassVar[EventType] = EventType.HEALTH
    customer_id: ClassVar[int | None] = None
    status: HealthStatus
    lacking: tuple[str, ...]
    calls: ComponentState = ComponentState.OK


@dataclass(frozen=True, slots=True)
class PbxChanged:
    """A PBX that usually sends calls at this time has fallen silent, or (`heard`) has sent a call again."""

    type: ClassVar[EventType] = EventType.PBX
    customer_id: int
    company_name: str
    last_call_at: datetime
    usual_gap_seconds: int
    silent_since: datetime
    heard: bool


@dataclass(frozen=True, slots=True)
class BackupChanged:
    """A backup has begun, is done or has failed."""

    type: ClassVar[EventType] = EventType.BACKUP
    customer_id: ClassVar[int | None] = None
    name: str
    created_at: datetime
    state: str
    bytes: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class MuchChanged:
    """More has changed at once than is published one by one: who watches looks at everything anew."""


LiveEvent = (
    CallChanged
    | CallErased
    | DeliveryChanged
    | WorkerChanged
    | CustomerChanged
    | HealthChanged
    | PbxChanged
    | BackupChanged
)
Publish = Callable[[LiveEvent | MuchChanged], None]


def publish_to_nobody(_event: LiveEvent | MuchChanged) -> None:
    """A `Publish` for where nobody watches."""
