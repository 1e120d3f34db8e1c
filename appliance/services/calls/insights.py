"""Insights on demand: what is counted of a time, put into the days and hours of the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from appliance.domain.clock import Clock
from appliance.domain.insights import (
    DAYS_BY_DEFAULT,
    MOST_DAYS,
    QUARTER,
    Day,
    Insights,
    Moods,
    Quarter,
    WantedInsights,
)
from appliance.services.calls.shared_answers import SharedAnswers
from appliance.services.calls.time_zones import midnight_in, zone_of
from appliance.storage.database import Connection
from appliance.storage.figures import insights

_FIRST_MOMENT = datetime(1970, 1, 2, tzinfo=UTC)  # whose day has begun everywhere


class ReadInsights:
    """The use case. Those who ask the same share one answer, as with statistics, and stand in the same queue."""

    def __init__(self, answers: SharedAnswers, now: Clock) -> None:
        self._answers = answers
        self._now = now

    async def __call__(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        compared: tuple[datetime | None, datetime | None] | None = (None, None),
        zone: str = "UTC",
        *,
        customer_id: int | None = None,
        queue: str | None = None,
        did: str | None = None,
        direction: str | None = None,
        only: frozenset[int] | None = None,
    ) -> Insights:
        """Those of a time, by default of the last 30 days, and what was before.

        It is compared with the one before it unless an end of `compared` says otherwise, and with nothing where that is
        None. All ends are rounded outwards to quarters of an hour; no time is longer than 366 days.
        Raises ValueError for a `zone` that is none, and Unavailable where too many others ask something else.
        """
        zone_of(zone)
        since, until = self._time(since, until, timedelta(days=DAYS_BY_DEFAULT))
        before = None
        if compared is not None:
            first, end = compared
            if end is None:
                # Nothing has come after now, and the calendar itself has an end.
                end = since if first is None else min(first, self._now()) + (until - since)
            before = self._time(first, end, until - since)
        whose = None if only is None else tuple(sorted(only))
        wanted = WantedInsights(since, until, before, zone, customer_id, queue, did, direction, whose)
        return await self._answers.answer(wanted, lambda tx: _insights(tx, wanted))

    def _time(self, since: datetime | None, until: datetime | None, length: timedelta) -> tuple[datetime, datetime]:
        now = self._now()
        until = min(max(until or now, _FIRST_MOMENT), now)
        earliest = max(until - timedelta(days=MOST_DAYS), _FIRST_MOMENT)
        since = min(max(since or until - length, earliest), until)
        return _rounded_down(since), _rounded_up(until)


def _insights(tx: Connection, wanted: WantedInsights) -> Insights:
    counted = insights.read(tx, wanted)
    return Insights(wanted, counted, _days(wanted, counted.quarters), _hours(wanted, counted.quarters))


def _days(wanted: WantedInsights, quarters: Sequence[Quarter]) -> tuple[Day, ...]:
    """Each day that the time touches, also those without a call."""
    zone = zone_of(wanted.zone)
    by_day: dict[date, list[Quarter]] = {}
    for quarter in quarters:
        by_day.setdefault(_moment(quarter).astimezone(zone).date(), []).append(quarter)
    days = []
    day = wanted.since.astimezone(zone).date()
    while (start := midnight_in(zone, day)) < wanted.until:
        end = midnight_in(zone, day + timedelta(days=1))
        theirs = by_day.get(day, [])
        days.append(
            Day(
                day,
                max(start, wanted.since),
                min(end, wanted.until),
                calls=sum(one.calls for one in theirs),
                completed=sum(one.completed for one in theirs),
                speech_seconds=sum(one.speech_seconds for one in theirs),
                moods=Moods(
                    sum(one.moods.satisfied for one in theirs),
                    sum(one.moods.neutral for one in theirs),
                    sum(one.moods.dissatisfied for one in theirs),
                ),
            )
        )
        day += timedelta(days=1)
    return tuple(days)


def _hours(wanted: WantedInsights, quarters: Sequence[Quarter]) -> tuple[tuple[int, ...], ...]:
    zone = zone_of(wanted.zone)
    found = [[0] * 24 for _ in range(7)]
    for quarter in quarters:
        there = _moment(quarter).astimezone(zone)
        found[there.weekday()][there.hour] += quarter.calls
    return tuple(map(tuple, found))


def _moment(quarter: Quarter) -> datetime:
    return datetime.fromtimestamp(quarter.number * QUARTER.total_seconds(), UTC)


def _rounded_down(moment: datetime) -> datetime:
    seconds = QUARTER.total_seconds()
    return datetime.fromtimestamp(moment.timestamp() // seconds * seconds, UTC)


def _rounded_up(moment: datetime) -> datetime:
    down = _rounded_down(moment)
    return down if down == moment else down + QUARTER
