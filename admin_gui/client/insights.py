"""What the calls of a time say, beside those of another."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from admin_gui.client.transport.exchange import Requests

Span = tuple[datetime, datetime]


class Moods(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Calls by how the outside party left them, where its mood is computed."""

    satisfied: int = 0
    neutral: int = 0
    dissatisfied: int = 0

    @property
    def known(self) -> int:
        """In how many calls there is a mood."""
        return self.satisfied + self.neutral + self.dissatisfied

    @property
    def dissatisfied_share(self) -> float | None:
        """From 0 to 1; None where no mood is known."""
        return self.dissatisfied / self.known if self.known else None


class Tally(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is counted of calls. Shares are from 0 to 1, and None where nothing is known."""

    calls: int = 0
    completed: int = 0
    audio_seconds: float = 0.0
    speech_seconds: float = 0.0
    mood: Moods = msgspec.field(default_factory=Moods)
    outside_talk_share: float | None = None
    silence_share: float | None = None


class Compared(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The same of the time itself, and of the one that it is compared with."""

    now: Tally
    before: Tally | None = None


class CustomerInsights(Compared, frozen=True, kw_only=True, gc=False):
    customer_id: int


class QueueInsights(Compared, frozen=True, kw_only=True, gc=False):
    queue: str


class Day(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One day of the office, as far as it lies in the time."""

    day: date
    since: datetime
    until: datetime
    calls: int = 0
    completed: int = 0
    speech_seconds: float = 0.0
    mood: Moods = msgspec.field(default_factory=Moods)


class Keyword(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """In how many calls something is a keyword."""

    keyword: str
    calls: int = 0
    before: int | None = None


class TimeSpan(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    since: datetime
    until: datetime


class Insights(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All of it. `hours`: calls by weekday, Monday first, and in each by hour."""

    since: datetime
    until: datetime
    compared: TimeSpan | None = None
    timezone: str = "UTC"
    totals: Compared
    days: list[Day] = []
    hours: list[list[int]] = []
    keywords: list[Keyword] = []
    customers: list[CustomerInsights] = []
    queues: list[QueueInsights] = []


class InsightsSource:
    """/api/stats/insights."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def between(
        self,
        span: Span,
        compared: Span | None,
        timezone: str,
        *,
        customer_id: int | None = None,
        direction: str | None = None,
        queue: str | None = None,
    ) -> Insights:
        """Those of a time, with days and hours of this zone."""
        return self._requests.get(
            "/api/stats/insights",
            Insights,
            since=span[0].isoformat(),
            until=span[1].isoformat(),
            compare=None if compared else "none",
            compared_since=compared[0].isoformat() if compared else None,
            compared_until=compared[1].isoformat() if compared else None,
            timezone=timezone,
            customer_id=customer_id,
            direction=direction,
            queue=queue,
        )

    def with_queues(
        self,
        span: Span,
        compared: Span | None,
        timezone: str,
        *,
        customer_id: int | None,
        direction: str | None,
        queue: str | None,
    ) -> tuple[Insights, list[str]]:
        """The same with the queues that there are: of one queue's calls alone nothing tells which others came."""

        def of(queue: str | None, compared: Span | None) -> Insights:
            return self.between(span, compared, timezone, customer_id=customer_id, direction=direction, queue=queue)

        found = of(queue, compared)
        everything = found if queue is None else of(None, None)
        return found, [one.queue for one in everything.queues]
