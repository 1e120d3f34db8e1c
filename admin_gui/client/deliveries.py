"""Deliveries: webhooks, and what came of each attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from admin_gui.client.many import Outcome, each
from admin_gui.client.transport.errors import Conflict, NotFound, NothingToDo
from admin_gui.client.transport.exchange import Requests
from admin_gui.client.transport.paging import Order, Page, order_params
from admin_gui.client.transport.stop import Progress, Stop

STATES = ("pending", "retrying", "delivered", "failed", "disabled")
NO_ANSWER = 0
MOST_OF_A_CALL = 50
# So many deliveries are looked at in one request of the appliance.
REDELIVER_SECONDS = 120.0


class Attempt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One try; `status` is None when no HTTP answer came. `request_headers` where the appliance tells them.

    `url` is where it went; None of one of which the appliance has not kept that.
    """

    at: datetime
    status: int | None = None
    latency_ms: int = 0
    error: str | None = None
    reply: str = ""
    request_headers: dict[str, str] | None = None
    url: str | None = None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Delivery(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A webhook on its way, or at its end."""

    id: str
    call_id: str
    customer_id: int
    event: str
    state: str
    # Of the call, until it is erased; an event, and an older appliance, do not tell them.
    caller_number: str | None = None
    called_number: str | None = None
    url: str | None = None
    webhook_id: str = ""
    created_at: datetime | None = None
    next_attempt_at: datetime | None = None
    attempts: list[Attempt] = []
    # An event tells these two instead of every attempt.
    attempts_made: int | None = None
    told_attempt: Attempt | None = msgspec.field(default=None, name="last_attempt")

    @property
    def last_attempt(self) -> Attempt | None:
        return self.attempts[-1] if self.attempts else self.told_attempt

    @property
    def has_numbers(self) -> bool:
        """Whether it says who called whom."""
        return self.caller_number is not None and self.called_number is not None

    def is_found_by(self, searched: str) -> bool:
        """Whether it can be told that a search finds it; the id that a PBX gave its call is not known here."""
        is_named = searched in (self.id, self.call_id, self.webhook_id)
        return is_named or any(searched in (number or "") for number in (self.caller_number, self.called_number))

    @property
    def is_test(self) -> bool:
        """Whether it tells of no call, but was sent to try the endpoint."""
        return self.event == "webhook.test"

    @property
    def last_status(self) -> int | None:
        """What the last attempt was answered with, or NO_ANSWER; None before the first."""
        attempt = self.last_attempt
        return None if attempt is None else attempt.status or NO_ANSWER

    @property
    def attempt_count(self) -> int:
        return len(self.attempts) if self.attempts_made is None else self.attempts_made

    def told_anew(self, news: Delivery) -> Delivery:
        """The delivery after an event or an answer, which changes nothing where a later attempt is known here."""
        later, earlier = (self, news) if news.attempt_count < self.attempt_count else (news, self)
        if later.has_numbers or not earlier.has_numbers:
            return later
        return replace(later, caller_number=earlier.caller_number, called_number=earlier.called_number)


class WebhookRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A webhook as it goes out; its headers are signed at the moment at which it was asked for."""

    url: str | None = None
    headers: dict[str, str] = {}
    body: str = ""


class DeliveryFilter(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What a list of deliveries, or a redelivery of many, is narrowed to."""

    customer_id: int | None = None
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    call_id: str | None = None
    # What the last attempt was answered with; NO_ANSWER where none came.
    status: int | None = None
    # A part of a number of its call's, or one of its ids; an older appliance refuses it.
    search: str | None = None

    def params(self) -> dict[str, Any]:
        """As the query of a request, or the body of a redelivery."""
        return {name: value for name, value in msgspec.to_builtins(self).items() if value not in (None, "")}


class Redelivered(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many were queued again, or (`dry_run`) would be."""

    count: int
    dry_run: bool = False
    resting: int = 0
    """So many more match, whose endpoints take nothing; an older appliance does not say."""


@dataclass(frozen=True, slots=True)
class SentAgain:
    """What came of sending several again: those that are queued, and why the others are not."""

    sent: list[Delivery] = field(default_factory=list)
    not_sent: list[tuple[Delivery, Exception]] = field(default_factory=list)


class _DeliveriesReply(msgspec.Struct):
    deliveries: list[Delivery]
    next_cursor: str | None = None


class Deliveries:
    """/api/deliveries."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def page(
        self, cursor: str | None, limit: int, narrowed: DeliveryFilter | None = None, order: Order | None = None
    ) -> Page[Delivery]:
        params = ({} if narrowed is None else narrowed.params()) | order_params(order)
        reply = self._requests.get("/api/deliveries", _DeliveriesReply, cursor=cursor, limit=limit, **params)
        return Page(reply.deliveries, reply.next_cursor)

    def one(self, delivery_id: str) -> Delivery:
        return self._requests.get(f"/api/deliveries/{delivery_id}", Delivery)

    def request(self, delivery_id: str) -> WebhookRequest | None:
        """What is sent; None where nobody can tell it: its body was erased, or the appliance is an older one.

        Raises Forbidden with a viewer's token: it is signed with the customer's secret.
        """
        try:
            return self._requests.get(f"/api/deliveries/{delivery_id}/request", WebhookRequest)
        except (Conflict, NotFound):
            return None

    def redeliver(self, delivery_id: str) -> Delivery:
        """Queue it again, under the same webhook id."""
        return self._requests.post(f"/api/deliveries/{delivery_id}/redeliver", Delivery)

    def redeliver_each(
        self,
        chosen: Sequence[Delivery],
        progress: Progress,
        stop: Stop,
        outcome: Outcome[Delivery, Delivery] | None = None,
    ) -> SentAgain:
        """Queue these again, one after the other; one that is refused does not keep the others back.

        `outcome` is filled on the way: who stops it finds there how far it came.
        """
        found = each(chosen, lambda one: self.redeliver(one.id), progress, stop, outcome)
        return SentAgain([sent for _, sent in found.done], found.not_done)

    def redeliver_newest(self, call_id: str) -> Delivery:
        """Queue the newest webhook of a call again. Raises NothingToDo where there is none."""
        told = [one for one in self.page(None, MOST_OF_A_CALL, DeliveryFilter(call_id=call_id)).rows if not one.is_test]
        if not told:
            raise NothingToDo("there is no webhook of it")
        return self.redeliver(told[0].id)

    def redeliver_many(self, narrowed: DeliveryFilter, *, dry_run: bool) -> Redelivered:
        """Queue all that match again, or only count them."""
        body = narrowed.params() | {"dry_run": dry_run}
        return self._requests.post("/api/deliveries/redeliver", Redelivered, body, read_seconds=REDELIVER_SECONDS)
