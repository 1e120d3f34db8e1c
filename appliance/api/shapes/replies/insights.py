"""Insights: figures of a time beside those of another, and what they are made of."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT
from appliance.domain.clock import contract_timestamp
from appliance.domain.insights import Compared, Insights, Moods, Tally


class MoodCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Calls by how the outside party left them; internal calls, and those of which no mood is computed, in none."""

    satisfied: Annotated[int, Meta(description="Calls whose `sentiment` is `positive`.", examples=[12])]
    neutral: Annotated[int, Meta(description="Calls whose `sentiment` is `neutral`.", examples=[23])]
    dissatisfied: Annotated[int, Meta(description="Calls whose `sentiment` is `negative`.", examples=[5])]


class TallyReply(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted of calls. Talk and silence are known as long as the texts are kept."""

    calls: Annotated[int, Meta(description="Calls accepted.", examples=[42])]
    completed: Annotated[
        int, Meta(description="Those of them that were analysed and in which something was recorded.", examples=[40])
    ]
    audio_seconds: Annotated[float, Meta(description="Length of the recordings analysed, in seconds.", examples=[5480])]
    speech_seconds: Annotated[float, Meta(description="How long somebody spoke in them, in seconds.", examples=[4210])]
    mood: Annotated[MoodCounts, Meta(description="How the outside party left, where it is computed.")]
    outside_talk_share: Annotated[
        float | None,
        Meta(
            description="How much of what both parties said the outside party said, from 0 to 1; null where nobody "
            "knows who spoke. Of internal calls nothing is counted.",
            examples=[0.46],
        ),
    ]
    silence_share: Annotated[
        float | None,
        Meta(
            description="For how much of the calls nobody spoke, from 0 to 1; null where it is not known.",
            examples=[0.18],
        ),
    ]


_Now = Annotated[TallyReply, Meta(description="Those of the time itself.")]
_Before = Annotated[TallyReply | None, Meta(description="Those of the time that it is compared with; null: of none.")]


class ComparedReply(msgspec.Struct, frozen=True, kw_only=True):
    """All calls together."""

    now: _Now
    before: _Before


class CustomerInsights(msgspec.Struct, frozen=True, kw_only=True):
    """One customer's calls."""

    customer_id: Annotated[int, Meta(description="Whose calls these are.", examples=[1])]
    now: _Now
    before: _Before


class QueueInsights(msgspec.Struct, frozen=True, kw_only=True):
    """The calls of one queue."""

    queue: Annotated[str, Meta(description="The queue.", examples=["support"])]
    now: _Now
    before: _Before


class DayInsights(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the office, as far as it lies in the time."""

    day: Annotated[str, Meta(description="The date there.", examples=["2024-03-14"])]
    since: Annotated[str, Meta(description="Where it begins, UTC.", examples=[EXAMPLE_MOMENT])]
    until: Annotated[str, Meta(description="Where it ends, UTC; not itself in it.", examples=["2024-03-15T12:00:00Z"])]
    calls: Annotated[int, Meta(description="Calls accepted.", examples=[42])]
    completed: Annotated[int, Meta(description="Those of them that were analysed.", examples=[40])]
    speech_seconds: Annotated[float, Meta(description="How long somebody spoke in them, in seconds.", examples=[4210])]
    mood: Annotated[MoodCounts, Meta(description="How the outside party left, where it is computed.")]


class KeywordInsights(msgspec.Struct, frozen=True, kw_only=True):
    """How often something is what a call is about."""

    keyword: Annotated[str, Meta(description="The keyword, spelt as it mostly is.", examples=["invoice"])]
    calls: Annotated[int, Meta(description="In how many calls it is one.", examples=[17])]
    before: Annotated[
        int | None,
        Meta(description="In how many calls of the time that it is compared with; null: with none.", examples=[9]),
    ]


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A time."""

    since: Annotated[str, Meta(description="Where it begins, UTC.", examples=[EXAMPLE_MOMENT])]
    until: Annotated[str, Meta(description="Where it ends, UTC; not itself in it.", examples=["2024-03-15T12:00:00Z"])]


class InsightsReply(msgspec.Struct, frozen=True, kw_only=True):
    """What the calls of a time say."""

    since: Annotated[
        str,
        Meta(
            description="Where the time begins: yours, rounded down to a quarter of an hour.", examples=[EXAMPLE_MOMENT]
        ),
    ]
    until: Annotated[
        str,
        Meta(
            description="Where it ends: yours (or now), rounded up to a quarter of an hour; not itself in it.",
            examples=["2024-04-13T12:00:00Z"],
        ),
    ]
    compared: Annotated[Span | None, Meta(description="The time that it is compared with; null: with none.")]
    timezone: Annotated[str, Meta(description="The zone in which days and hours are.", examples=["Europe/Berlin"])]
    totals: Annotated[ComparedReply, Meta(description="All calls together.")]
    days: Annotated[list[DayInsights], Meta(description="Each day of the time, also without a call; the oldest first.")]
    hours: Annotated[
        list[list[int]],
        Meta(
            description="Calls accepted by weekday, Monday first, and in each by hour, from midnight on.",
            examples=[[[0] * 24] * 7],
        ),
    ]
    keywords: Annotated[
        list[KeywordInsights],
        Meta(
            description="What most calls of either time are about, at most 40, the most frequent first. A keyword of "
            "one call alone is not among them."
        ),
    ]
    customers: Annotated[
        list[CustomerInsights], Meta(description="The customers with the most calls, at most 500, the busiest first.")
    ]
    queues: Annotated[
        list[QueueInsights], Meta(description="The queues with the most calls, at most 500, the busiest first.")
    ]


def insights_reply(found: Insights) -> InsightsReply:
    """Insights as they are shown."""
    wanted, counted = found.wanted, found.counted
    compared = wanted.compared
    return InsightsReply(
        since=contract_timestamp(wanted.since),
        until=contract_timestamp(wanted.until),
        compared=None
        if compared is None
        else Span(since=contract_timestamp(compared[0]), until=contract_timestamp(compared[1])),
        timezone=wanted.zone,
        totals=ComparedReply(**_compared(counted.totals)),
        days=[
            DayInsights(
                day=day.day.isoformat(),
                since=contract_timestamp(day.start),
                until=contract_timestamp(day.end),
                calls=day.calls,
                completed=day.completed,
                speech_seconds=round(day.speech_seconds, 1),
                mood=_mood(day.moods),
            )
            for day in found.days
        ],
        hours=[list(hours) for hours in found.hours],
        keywords=[KeywordInsights(keyword=one.keyword, calls=one.calls, before=one.before) for one in counted.keywords],
        customers=[CustomerInsights(customer_id=number, **_compared(theirs)) for number, theirs in counted.customers],
        queues=[QueueInsights(queue=queue, **_compared(theirs)) for queue, theirs in counted.queues],
    )


def _compared(found: Compared) -> dict[str, Any]:
    return {"now": _tally(found.now), "before": None if found.before is None else _tally(found.before)}


def _tally(found: Tally) -> TallyReply:
    return TallyReply(
        calls=found.calls,
        completed=found.completed,
        audio_seconds=round(found.audio_seconds, 1),
        speech_seconds=round(found.speech_seconds, 1),
        mood=_mood(found.moods),
        outside_talk_share=_rounded(found.outside_talk_share),
        silence_share=_rounded(found.silence_share),
    )


def _mood(moods: Moods) -> MoodCounts:
    return MoodCounts(satisfied=moods.satisfied, neutral=moods.neutral, dissatisfied=moods.dissatisfied)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
