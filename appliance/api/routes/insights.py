"""GET /api/stats/insights: what the office's calls say, and what has changed."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from appliance.api.http.call_queries import CALL_FILTERS
from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, Parameter, operation
from appliance.api.http.queries import CUSTOMER_ID, SINCE, UNTIL, Query
from appliance.api.shapes.replies.insights import InsightsReply, insights_reply
from appliance.domain.insights import Insights
from appliance.services.calls.time_zones import zone_of

Compare = Literal["previous", "none"]


def _compare(text: str) -> str:
    if text not in get_args(Compare):
        raise ValueError
    return text


def _zone(text: str) -> str:
    zone_of(text)
    return text


_COMPARE = Parameter(
    "compare",
    "With what it is compared: the time of the same length before it (`previous`, unless given), or nothing (`none`).",
    _compare,
    f"must be one of {', '.join(get_args(Compare))}",
    Compare,
    "previous",
)
_COMPARED_SINCE = Parameter(
    "compared_since", "Where the time begins with which it is compared, if that is not the one before.", SINCE.parse,
    SINCE.problem, SINCE.kind,
)  # fmt: skip
_COMPARED_UNTIL = Parameter(
    "compared_until", "Where that ends; as long after its begin as `until` after `since` unless given.", UNTIL.parse,
    UNTIL.problem, UNTIL.kind,
)  # fmt: skip
_TIMEZONE = Parameter(
    "timezone",
    "In which zone the days and hours are: the name of a place, or an offset such as `+05:30` (`%2B05:30` in a URL); "
    "UTC unless given.",
    _zone,
    "must be a time zone such as Europe/Berlin, or an offset such as +05:30",
    Annotated[str, Meta(extra_json_schema={"format": "time-zone"})],
    "Europe/Berlin",
)
_FILTERS = tuple(one for one in CALL_FILTERS if one.name in ("queue", "did", "direction"))


class InsightsPage(Handler):
    """GET /api/stats/insights."""

    async def admit(self) -> None:
        self.operator = await self.admit_operator(changes=False, of_customers=True)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="What the calls of a time say: moods, talk, silence, busy hours, keywords, by customer and queue.",
            caller=Caller.OPERATOR,
            answers=InsightsReply,
            query=(
                SINCE, UNTIL, _COMPARE, _COMPARED_SINCE, _COMPARED_UNTIL, _TIMEZONE, CUSTOMER_ID, *_FILTERS,
            ),
            notes="Of the last 30 days unless `since` says otherwise, and of 366 days at most: an earlier `since` is "
            "brought nearer; one in the future or after its end is 400. Nothing is told by agent, and no mood of an "
            "internal call. Erased calls are not counted. "
            "An answer may be a few seconds old where much had to be counted.",
        )
    )  # fmt: skip
    async def get(self) -> None:
        query = Query(self)
        since, until = query.span(SINCE, UNTIL)
        compared = query.span(_COMPARED_SINCE, _COMPARED_UNTIL)
        compare, zone = query.value(_COMPARE), query.value(_TIMEZONE)
        filters = query.values((CUSTOMER_ID, *_FILTERS))
        query.finish()
        found = await self.services.calls.read_insights(
            since,
            until,
            None if compare == "none" else compared,
            zone or "UTC",
            **filters,
            only=self.operator.customers,
        )
        self.finish(await asyncio.get_running_loop().run_in_executor(None, _encoded, found))


def _encoded(found: Insights) -> bytes:
    return msgspec.json.encode(insights_reply(found))
