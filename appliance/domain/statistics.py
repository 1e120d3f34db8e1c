"""Statistics: how many calls there were, how long, how quick, and what became of their webhooks. All days are UTC's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

# So long every hour is known. Of days before, which change seldom, one row a day and customer is left.
HOURS_KNOWN_DAYS = 30


class Bucket(StrEnum):
    """What one row of the statistics is about."""

    HOUR = "hour"
    DAY = "day"
    RANGE = "range"

    @property
    def length(self) -> timedelta:
        """How long it is; of a range, to what its ends are rounded."""
        return timedelta(days=1) if self is Bucket.DAY else timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of a span of time: calls by the moment at which they were accepted, deliveries by their own.

    Of those that are final, `empty` are the calls in which nothing was recorded; `completed` are the others that did
    not fail. A call that was erased counts on. Percentiles are of the time from acceptance to the first result, and
    None where there is none; over several days for which no hours are known any more they are right within 2 %.
    """

    accepted: int = 0
    completed: int = 0
    empty: int = 0
    failed: int = 0
    audio_seconds: float = 0.0
    speech_seconds: float = 0.0
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    deliveries_pending: int = 0
    deliveries_retrying: int = 0
    deliveries_delivered: int = 0
    deliveries_failed: int = 0
    deliveries_disabled: int = 0
    time_to_result_p50_seconds: float | None = None
    time_to_result_p95_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one bucket; of one customer, or (None) of all."""

    start: datetime
    bucket: Bucket
    customer_id: int | None
    figures: Figures
    value: str | None = None  # the agent, queue or dialled number, where rows are of those


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which statistics: from `since` to before `until`, both at the ends of buckets."""

    since: datetime
    until: datetime
    bucket: Bucket = Bucket.HOUR
    customer_id: int | None = None
    by_customer: bool = False
    field: str | None = None  # rows of each `agent`, `queue` or `did`
    only: tuple[int, ...] | None = None  # of these customers together, or of each of them


@dataclass(frozen=True, slots=True)
class Statistics:
    """The answer: `wanted` as it was answered, the rows from the oldest on, and all of them together."""

    wanted: Wanted
    rows: tuple[Row, ...]
    totals: Figures


def hours_known_since(today: date) -> date:
    """The first day of which every hour is known."""
    return today - timedelta(days=HOURS_KNOWN_DAYS)


def midnight(day: date) -> datetime:
    """The moment at which the day begins."""
    return datetime.combine(day, time(), UTC)


def rounded_down(moment: datetime, bucket: Bucket) -> datetime:
    """The beginning of the bucket that the moment lies in."""
    at = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return at.replace(hour=0) if bucket is Bucket.DAY else at


def rounded_up(moment: datetime, bucket: Bucket) -> datetime:
    """The end of the bucket that the moment lies in, or the moment itself where one begins there."""
    down = rounded_down(moment, bucket)
    return down if down == moment else down + bucket.length
