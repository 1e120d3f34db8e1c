"""GET /api/stats: how many calls there were, how long, how quick, and what became of their webhooks.

GET /api/stats/endpoints: how the customers' endpoints take these.
"""

from __future__ import annotations

import asyncio
from typing import Literal, get_args

import msgspec

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, Parameter, operation
from appliance.api.http.queries import CUSTOMER_ID, Query, at
from appliance.api.shapes.replies.endpoints import EndpointsReply, endpoint_reply
from appliance.api.shapes.replies.statistics import StatisticsReply, statistics_reply
from appliance.domain.sealed_url import SealedUrl, masked_url
from appliance.domain.statistics import Bucket, Statistics
from appliance.domain.token import Role

By = Literal["customer", "agent", "queue", "did"]


def _by(text: str) -> str:
    if text not in get_args(By):
        raise ValueError
    return text


_BUCKET = Parameter(
    "bucket",
    "What a row is of; `hour` unless given. `range`: one row for the whole time, useful together with `by`.",
    Bucket,
    f"must be one of {', '.join(Bucket)}",
    Bucket,
    Bucket.DAY.value,
)
_BY = Parameter(
    "by",
    "Rows for each customer, instead of for all together; or for each agent, queue or dialled number (`did`) that "
    "calls were sent with, the busiest first: these are of the whole time (`range`), at most 4,000, and count no "
    "erased call. By agent no mood is counted, else the outside party's alone.",
    _by,
    f"must be one of {', '.join(get_args(By))}",
    By,
    "customer",
)
_SINCE = at("since", "Only those of this moment or later, rounded down to the beginning of its bucket")
_UNTIL = at("until", "Only those before this moment, rounded up to the end of its bucket")


class StatisticsPage(Handler):
    """GET /api/stats."""

    async def admit(self) -> None:
        self.operator = await self.admit_operator(changes=False, of_customers=True)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Figures of a time: calls, audio, time to result, sentiment, deliveries.",
            caller=Caller.OPERATOR,
            answers=StatisticsReply,
            query=(_BUCKET, _BY, _SINCE, _UNTIL, CUSTOMER_ID),
            notes="Of the last 30 days unless `since` says otherwise; one in the future or after `until` is 400. Hours "
            "and days are those of UTC. An answer may be a few seconds old where much had to be counted.",
        )
    )
    async def get(self) -> None:
        query = Query(self)
        since, until = query.span(_SINCE, _UNTIL)
        bucket, customer_id, by = (query.value(parameter) for parameter in (_BUCKET, CUSTOMER_ID, _BY))
        query.finish()
        found = await self.services.calls.read_statistics(
            since,
            until,
            bucket or Bucket.HOUR,
            customer_id,
            by_customer=by == "customer",
            field=by if by in ("agent", "queue", "did") else None,
            only=self.operator.customers,
        )
        self.finish(await asyncio.get_running_loop().run_in_executor(None, _encoded, found))


def _encoded(found: Statistics) -> bytes:
    return msgspec.json.encode(statistics_reply(found))


class EndpointsPage(Handler):
    """GET /api/stats/endpoints."""

    async def admit(self) -> None:
        self.operator = await self.admit_operator(changes=False, of_customers=True)

    @operation(
        Operation(
            group=Group.DELIVERIES,
            summary="How each customer's endpoint fares: last success, failing since, latency, and its newest test.",
            caller=Caller.OPERATOR,
            answers=EndpointsReply,
            query=(CUSTOMER_ID,),
            notes="Whether it is disabled stands in its customer. "
            "An answer may be a few seconds old where much had to be counted.",
        )
    )
    async def get(self) -> None:
        query = Query(self)
        customer_id = query.value(CUSTOMER_ID)
        query.finish()
        found = await self.services.calls.read_endpoints(customer_id, self.operator.customers)
        address = self._url if self.operator.role is Role.ADMIN else masked_url
        self.reply(EndpointsReply(endpoints=[endpoint_reply(one, address) for one in found]))

    def _url(self, sealed: SealedUrl | None) -> str | None:
        """In clear; of one that cannot be read any more, what a viewer sees."""
        return self.services.customers.url(sealed) or masked_url(sealed)
