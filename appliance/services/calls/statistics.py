"""Statistics on demand, and the rolling up of days that are over for long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
from appliance.errors import Unavailable
from appliance.storage.database import Connection, Database
from appliance.storage.figures import statistics

# An answer holds so many times longer than it took: asking all the time costs no more than a twentieth of one core.
HOLDS_TIMES_ITS_COST = 20
# But no longer than this, for who looks once more after the last event is to see what that changed; unless it was so
# dear that asking all the time would cost more than a fifth.
LONG_HOLD_SECONDS = 10.0
LEAST_TIMES_ITS_COST = 5
MOST_REMEMBERED = 64
# Each counts all calls of a time and keeps a reader of the database busy: the other readers are for lists and calls.
MOST_AT_ONCE = 1
MOST_WAITING = 16
# With a million calls, to compare daily rows with what they were made of takes 0.1 s of processor time.
COMPARE_EVERY = timedelta(hours=1)
_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Answer:
    """An answer that is being made or was made, and until when it holds (monotonic)."""

    task: asyncio.Task[tuple[Statistics, float]]  # and what it cost, in seconds
    holds_until: float = float("inf")


class ReadStatistics:
    """The use case. Those who ask the same share one answer."""

    def __init__(self, database: Database, now: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self._monotonic = monotonic
        self._answers: dict[Wanted, _Answer] = {}
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)

    async def __call__(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        bucket: Bucket = Bucket.HOUR,
        customer_id: int | None = None,
        *,
        by_customer: bool = False,
        only: frozenset[int] | None = None,
    ) -> Statistics:
        """The figures of a time, by default of the last 30 days, in rows of a bucket each (and customer).

        The ends are rounded to where buckets begin, so that each row is whole. Of days for which no hours are known
        any more rows are of a day. A time in which nothing happened has its row too, but for rows by customer.
        Raises Unavailable where too many others ask something else.
        """
        now = self._now()
        until = min(max(until or now, _FIRST_MOMENT), now)
        since = min(max(since or until - timedelta(days=HOURS_KNOWN_DAYS), _FIRST_MOMENT), until)
        whose = None if only is None else tuple(sorted(only))
        wanted = Wanted(rounded_down(since, bucket), rounded_up(until, bucket), bucket, customer_id, by_customer, whose)
        found, _ = await asyncio.shield(self._answer(wanted, now.date()).task)
        return found

    def _answer(self, wanted: Wanted, today: date) -> _Answer:
        now = self._monotonic()
        self._answers = {key: answer for key, answer in self._answers.items() if answer.holds_until > now}
        if wanted not in self._answers:
            if sum(not answer.task.done() for answer in self._answers.values()) >= MOST_WAITING:
                raise Unavailable("too many statistics are asked for at once")
            while len(self._answers) >= MOST_REMEMBERED:
                del self._answers[next(iter(self._answers))]
            answer = self._answers[wanted] = _Answer(asyncio.create_task(self._read(wanted, today)))

            def made(task: asyncio.Task[tuple[Statistics, float]]) -> None:
                answer.holds_until = self._monotonic()
                if not task.cancelled() and task.exception() is None:
                    _, cost = task.result()
                    holds = min(cost * HOLDS_TIMES_ITS_COST, max(LONG_HOLD_SECONDS, cost * LEAST_TIMES_ITS_COST))
                    answer.holds_until += holds

            answer.task.add_done_callback(made)
        return self._answers[wanted]

    async def _read(self, wanted: Wanted, today: date) -> tuple[Statistics, float]:
        def find(tx: Connection) -> Statistics:
            return _without_gaps(statistics.read(tx, wanted, today), today)

        async with self._turn:
            began = self._monotonic()
            found = await self._database.read(find)
            return found, self._monotonic() - began


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
