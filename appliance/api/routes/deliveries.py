"""/api/deliveries: which webhooks went out, and what came back."""

from __future__ import annotations

from dataclasses import replace

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.http.queries import (
    DELIVERY_FILTERS,
    Query,
    delivery_filter,
    filter_fields,
    sole_customer,
    sorted_page,
)
from appliance.api.shapes.replies.deliveries import (
    DeliveriesReply,
    DeliveryReply,
    RedeliverReply,
    WebhookRequestReply,
    delivery_reply,
)
from appliance.api.shapes.requests import RedeliverMany
from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.delivery import Delivery, DeliveryState
from appliance.domain.sealed_url import SealedUrl, masked_url
from appliance.domain.token import Role
from appliance.errors import Conflict
from appliance.storage.tables.deliveries import DELIVERY_SORTS
from appliance.storage.tables.delivery_filter import DeliveryFilter


class _DeliveryHandler(Handler):
    async def admit(self) -> None:
        operator = await self.admit_operator(changes=self.request.method != "GET", of_customers=True)
        self.masked = operator.role is not Role.ADMIN
        self.only = operator.customers

    async def shown(self, *told: Delivery) -> list[DeliveryReply]:
        numbers = await self.services.calls.history.numbers(told)
        address = masked_url if self.masked else self._url
        return [delivery_reply(delivery, address, numbers.get(delivery.call_id)) for delivery in told]

    def _url(self, sealed: SealedUrl | None) -> str | None:
        """In clear; of one that cannot be read any more, what a viewer sees."""
        return self.services.customers.url(sealed) or masked_url(sealed)


class DeliveryList(_DeliveryHandler):
    """GET /api/deliveries."""

    @operation(
        Operation(
            group=Group.DELIVERIES,
            summary="List webhook deliveries, newest first unless sorted, with their attempts.",
            caller=Caller.OPERATOR,
            answers=DeliveriesReply,
            query=(*DELIVERY_FILTERS, *sorted_page(DELIVERY_SORTS, " `company_name` is the customer's.")),
        )
    )
    async def get(self) -> None:
        query = Query(self)
        wanted = replace(delivery_filter(query), only=self.only)
        page = query.page(DELIVERY_SORTS)
        found = await self.services.calls.history.deliveries(wanted, page.before, page.limit, page.sorting)
        self.services.access.reading_log.note(
            self.actor,
            Action.DELIVERIES_LISTED,
            Subject(SubjectKind.DELIVERY),
            customer_id=sole_customer(self.only, wanted.customer_id),
            about=filter_fields(wanted),
            count=len(found.items),
        )
        shown = await self.shown(*found.items)
        self.reply(DeliveriesReply(deliveries=shown, next_cursor=page.next_cursor(found)))


class DeliveryDetail(_DeliveryHandler):
    """GET /api/deliveries/{id}."""

    @operation(
        Operation(
            group=Group.DELIVERIES,
            summary="Show one delivery with every attempt.",
            caller=Caller.OPERATOR,
            answers=DeliveryReply,
        )
    )
    async def get(self, delivery_id: str) -> None:
        delivery = await self.services.calls.history.delivery(delivery_id, self.only)
        subject = Subject(SubjectKind.DELIVERY, delivery.id)
        self.services.access.reading_log.note(
            self.actor, Action.DELIVERY_READ, subject, customer_id=delivery.customer_id
        )
        (shown,) = await self.shown(delivery)
        self.reply(shown)


class DeliveryRequest(Handler):
    """GET /api/deliveries/{id}/request."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)  # it is signed with the customer's secret

    @operation(
        Operation(
            group=Group.DELIVERIES,
            summary="Show what is sent: address, headers with a signature made now, and the body.",
            caller=Caller.ADMIN,
            answers=WebhookRequestReply,
            errors=(Conflict,),
            notes="Posted as it is within 5 minutes the receiver verifies it. 409 when the body was erased or the "
            "customer was deleted.",
        )
    )
    async def get(self, delivery_id: str) -> None:
        found = await self.services.deliveries.endpoint_look.request(delivery_id)
        self.services.access.reading_log.note(
            self.actor, Action.DELIVERY_READ, Subject(SubjectKind.DELIVERY, delivery_id)
        )
        self.reply(WebhookRequestReply(url=found.url, headers=found.headers, body=found.body))


class RedeliverOne(_DeliveryHandler):
    """POST /api/deliveries/{id}/redeliver."""

    @operation(
        Operation(
            group=Group.DELIVERIES,
            summary="Send a webhook again, under its old webhook id.",
            caller=Caller.ADMIN,
            answers=DeliveryReply,
            errors=(Conflict,),
            notes="It is queued, and has its three retries again. "
            "409 when the customer takes no webhooks at present, or the body was erased.",
        )
    )
    async def post(self, delivery_id: str) -> None:
        (shown,) = await self.shown(await self.services.deliveries.redeliver.one(self.actor, delivery_id))
        self.reply(shown)


class RedeliverAll(_DeliveryHandler):
    """POST /api/deliveries/redeliver: all that match; without a state, those that failed."""

    @operation(
        Operation(
            group=Group.DELIVERIES,
            summary="Send all webhooks again that match.",
            caller=Caller.ADMIN,
            answers=RedeliverReply,
            takes=RedeliverMany,
            notes="Without a `state` those that failed. What belongs to a disabled endpoint, or to one without an "
            "address, is left and counted as `resting`: enable the endpoint first. Webhooks whose body was erased are "
            "never sent.",
        )
    )
    async def post(self) -> None:
        request = self.json_body(RedeliverMany)
        wanted = DeliveryFilter(
            customer_id=request.customer_id,
            call_id=request.call_id,
            state=request.state or DeliveryState.FAILED,
            since=request.since,
            until=request.until,
            status=request.status,
            search=request.search,
        )
        redeliver = self.services.deliveries.redeliver
        resting = await redeliver.count_resting(wanted)  # first: once they are queued nothing may fail
        count = await (redeliver.count(wanted) if request.dry_run else redeliver.all(self.actor, wanted))
        self.reply(RedeliverReply(count=count, resting=resting, dry_run=request.dry_run))
