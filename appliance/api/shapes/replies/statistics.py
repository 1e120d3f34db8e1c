"""Statistics: rows of figures, and all of them together."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT
from appliance.domain.clock import contract_timestamp
from appliance.domain.statistics import Bucket, Figures, Row, Statistics


class CallCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Calls by what became of them. Those that are in none of these still wait, are being worked on, or were erased
    before they were final.
    """

    accepted: Annotated[int, Meta(description="Calls accepted.", examples=[42])]
    completed: Annotated[int, Meta(description="Those of them that were analysed.", examples=[37])]
    empty: Annotated[
        int,
        Meta(
            description="Those in which nothing was recorded: their `state` is `completed`, and they are counted here "
            "alone.",
            examples=[3],
        ),
    ]
    failed: Annotated[int, Meta(description="Those of them that failed.", examples=[1])]


class SentimentCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Completed calls by their mood; those of which none is computed are in none of these."""

    positive: Annotated[int, Meta(description="Calls whose `sentiment` is `positive`.", examples=[12])]
    neutral: Annotated[int, Meta(description="Calls whose `sentiment` is `neutral`.", examples=[23])]
    negative: Annotated[int, Meta(description="Calls whose `sentiment` is `negative`.", examples=[5])]


class DeliveryCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Webhook deliveries by their state; test webhooks are not among them."""

    pending: Annotated[int, Meta(description="Not tried yet.", examples=[0])]
    retrying: Annotated[int, Meta(description="Tried, and tried again later.", examples=[1])]
    delivered: Annotated[int, Meta(description="Taken by the receiver.", examples=[39])]
    failed: Annotated[int, Meta(description="Given up after all retries.", examples=[1])]
    disabled: Annotated[int, Meta(description="Resting until the endpoint is enabled again.", examples=[0])]


class FiguresReply(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted: calls by when they were accepted, deliveries by when they were made. Erased ones count on."""

    calls: Annotated[CallCounts, Meta(description="Calls by what became of them.")]
    audio_seconds: Annotated[float, Meta(description="Length of the recordings analysed, in seconds.", examples=[5480])]
    speech_seconds: Annotated[float, Meta(description="How long somebody spoke in them, in seconds.", examples=[4210])]
    time_to_result_p50_seconds: Annotated[
        float | None,
        Meta(
            description="Half of the calls had their first result after so many seconds or less; null: none has one. "
            "Exact for an hour or a day; for a longer time that began more than 30 days ago, within 2 %.",
            examples=[14.2],
        ),
    ]
    time_to_result_p95_seconds: Annotated[
        float | None, Meta(description="The same of 95 of 100 calls.", examples=[41.8])
    ]
    sentiment: Annotated[SentimentCounts, Meta(description="Completed calls by their mood, where it is computed.")]
    deliveries: Annotated[DeliveryCounts, Meta(description="Webhook deliveries by their state.")]


class StatisticsRow(FiguresReply, frozen=True, kw_only=True):
    """The figures of one hour, day or range; of one customer, or of all."""

    start: Annotated[str, Meta(description="Where it begins, UTC.", examples=[EXAMPLE_MOMENT])]
    bucket: Annotated[
        Bucket,
        Meta(
            description="How long it is. Of times more than 30 days ago no hours are known: there, rows are of a day.",
            examples=[Bucket.HOUR],
        ),
    ]
    customer_id: Annotated[int | None, Meta(description="Whose calls these are; null: everybody's.", examples=[None])]
    agent: Annotated[str | msgspec.UnsetType, Meta(description="The agent; by agent only.", examples=["Ada"])] = (
        msgspec.UNSET
    )
    queue: Annotated[str | msgspec.UnsetType, Meta(description="The queue; by queue only.", examples=["support"])] = (
        msgspec.UNSET
    )
    did: Annotated[
        str | msgspec.UnsetType, Meta(description="The dialled number; by it only.", examples=["+0987654321"])
    ] = msgspec.UNSET


class StatisticsReply(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a time. All hours and days are those of UTC."""

    since: Annotated[
        str, Meta(description="Where the time begins: yours, rounded down to a bucket.", examples=[EXAMPLE_MOMENT])
    ]
    until: Annotated[
        str,
        Meta(
            description="Where it ends: yours (or now), rounded up to a bucket; not itself in it.",
            examples=["2024-03-14T13:00:00Z"],
        ),
    ]
    bucket: Annotated[
        Bucket,
        Meta(
            description="What the rows are of: what you asked for, or longer where that would be over 4,000 rows.",
            examples=[Bucket.HOUR],
        ),
    ]
    rows: Annotated[
        list[StatisticsRow],
        Meta(
            description="The rows, oldest first. One in which nothing happened is there with zeros; by customer, "
            "only those with something in them are there."
        ),
    ]
    totals: Annotated[FiguresReply, Meta(description="All rows together.")]


def statistics_reply(found: Statistics) -> StatisticsReply:
    """Statistics as they are shown. Takes milliseconds: not for the event loop."""
    return StatisticsReply(
        since=contract_timestamp(found.wanted.since),
        until=contract_timestamp(found.wanted.until),
        bucket=found.wanted.bucket,
        rows=[_row(row, found.wanted.field) for row in found.rows],
        totals=FiguresReply(**_figures(found.totals)),
    )


def _row(row: Row, field: str | None) -> StatisticsRow:
    of_whom: dict[str, Any] = {} if field is None else {field: row.value}
    return StatisticsRow(
        start=contract_timestamp(row.start),
        bucket=row.bucket,
        customer_id=row.customer_id,
        **of_whom,
        **_figures(row.figures),
    )


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "calls": CallCounts(accepted=found.accepted, completed=found.completed, empty=found.empty, failed=found.failed),
        "audio_seconds": round(found.audio_seconds, 1),
        "speech_seconds": round(found.speech_seconds, 1),
        "time_to_result_p50_seconds": _rounded(found.time_to_result_p50_seconds),
        "time_to_result_p95_seconds": _rounded(found.time_to_result_p95_seconds),
        "sentiment": SentimentCounts(positive=found.positive, neutral=found.neutral, negative=found.negative),
        "deliveries": DeliveryCounts(
            pending=found.deliveries_pending,
            retrying=found.deliveries_retrying,
            delivered=found.deliveries_delivered,
            failed=found.deliveries_failed,
            disabled=found.deliveries_disabled,
        ),
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
