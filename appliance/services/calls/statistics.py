"""Statistics on demand, and the rolling up of days that are over for long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from appliance.domain.clock import Clock
from appliance.domain.statistics import (
    HOURS_KNOWN_DAYS,
    Bucket,
    Figures,
    Row,
    Statistics,
    Wanted,
    hours_known_since,
    midnight,
    rounded_down,
    rounded_up,
)
from appliance.services.calls.shared_answers import SharedAnswers
from appliance.storage.database import Connection, Database
from appliance.storage.figures import by_field, statistics

# With a million calls, to compare daily rows with what they were made of takes 0.1 s of processor time.
COMPARE_EVERY = timedelta(hours=1)
_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


class ReadStatistics:
    """The use case. Those who ask the same share one answer."""

    def __init__(self, answers: SharedAnswers, now: Clock) -> None:
        self._answers = answers
        self._now = now

    async def __call__(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        bucket: Bucket = Bucket.HOUR,
        customer_id: int | None = None,
        *,
        by_customer: bool = False,
        field: str | None = None,
        only: frozenset[int] | None = None,
    ) -> Statistics:
        """The figures of a time, by default of the last 30 days, in rows of a bucket each (and customer).

        The ends are rounded to where buckets begin, so that each row is whole. Of days for which no hours are known
        any more rows are of a day. With `field` a row is of one agent, queue or dialled number, and of the whole time.
        A time in which nothing happened has its row too, but for rows by customer or `field`.
        Raises Unavailable where too many others ask something else.
        """
        now = self._now()
        until = min(max(until or now, _FIRST_MOMENT), now)
        since = min(max(since or until - timedelta(days=HOURS_KNOWN_DAYS), _FIRST_MOMENT), until)
        whose = None if only is None else tuple(sorted(only))
        ends = rounded_down(since, bucket), rounded_up(until, bucket)
        wanted = Wanted(*ends, bucket, customer_id, by_customer, field, whose)
        today = now.date()

        def find(tx: Connection) -> Statistics:
            if wanted.field is not None:
                return by_field.read(tx, wanted)
            return _without_gaps(statistics.read(tx, wanted, today), today)

        return await self._answers.answer(wanted, find)


class RollUp:
    """Makes daily rows of the days that are over for long, one commit each, and anew where these days have changed.

    A call may be reprocessed and a webhook redelivered as long as they are kept. To find out costs as much as to count
    everything, so it is done now and then: until then, statistics are of the days as they were.
    """

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now
        self._compared_at: datetime | None = None

    async def __call__(self) -> None:
        now = self._now()
        today = now.date()
        while await self._database.write(lambda tx: statistics.roll_up_next_day(tx, today)):
            pass
        if self._compared_at is None or not timedelta() <= now - self._compared_at < COMPARE_EVERY:
            self._compared_at = now
            for day in await self._database.read(lambda tx: statistics.changed_days(tx, today)):
                await self._database.write(lambda tx, day=day: statistics.make_day(tx, day, today))  # type: ignore[misc]


def _without_gaps(found: Statistics, today: date) -> Statistics:
    """The same with a row for each bucket; of old days, from the first on of which anything is known."""
    wanted = found.wanted
    if wanted.by_customer:
        return found
    by_start = {row.start: row for row in found.rows}
    hours_since = midnight(hours_known_since(today))
    in_range = wanted.bucket is Bucket.RANGE
    first = wanted.since if in_range else max(wanted.since, min([hours_since, *by_start]))
    rows = tuple(
        by_start.get(start) or Row(start, bucket, wanted.customer_id, Figures())
        for start, bucket in _buckets(first, wanted.until, wanted.bucket, hours_since)
    )
    return replace(found, rows=rows)


def _buckets(
    first: datetime, until: datetime, bucket: Bucket, hours_since: datetime
) -> Iterator[tuple[datetime, Bucket]]:
    if bucket is Bucket.RANGE:
        yield first, bucket
        return
    start = first
    while start < until:
        present = bucket if start >= hours_since else Bucket.DAY
        yield start, present
        start += present.length
