"""A PBX's baseline: how many calls each hour of the week usually brings, and from when on a silence is no chance.

Only hours that bring calls week by week count: nights, weekends and a rare sender's whole week say nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

# The appliance's local time: people keep their hours by the clock on the wall, in summer and in winter.
LocalTime = Callable[[datetime], datetime]
HourOfWeek = tuple[int, int]

HOUR = timedelta(hours=1)
# Two months tell a usual week from an odd one, and follow the seasons.
WEEKS_LOOKED_AT = 8
# With fewer, one holiday is a quarter of all that is known.
WEEKS_NEEDED = 4
# A PBX that moved its hours is believed after so many days: what they did not bring is not usual any more.
DAYS_THAT_DECIDE = 3
# So many calls must be missing. Calls that come independently of each other leave such a gap once in 500 million;
# real ones come in bursts, and with twice the variance of chance it is 2^-20: of a busy office's gaps, one in decades.
MISSING_CALLS = 20
# And so much of the usual hours must have passed: an hour is what a clock that knows no summer time is wrong by, and
# half of one is how late a day's first call may be within its hour.
SHORTEST_SILENCE = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Unusual:
    """Since when a silence is longer than usual, how much of the usual hours that took, and what they bring."""

    since: datetime
    gap: timedelta
    calls_per_hour: float


@dataclass(frozen=True, slots=True)
class Silence:
    """A customer's PBX whose last call came at `last_call_at`; the gap is counted in usual hours only."""

    customer_id: int
    last_call_at: datetime
    silent_since: datetime
    usual_gap_seconds: float
    usual_calls_per_hour: float


@dataclass(frozen=True, slots=True)
class TrafficBaseline:
    """How many calls an hour of the week (weekday from Monday = 0, hour) brings at least, as a rule."""

    usual_calls: Mapping[HourOfWeek, int]

    def unusual_silence(self, began_at: datetime, until: datetime, local: LocalTime) -> Unusual | None:
        """When a silence that began at `began_at` became unusual, if it did before `until`."""
        moment, missing, usual_time = began_at.astimezone(UTC), 0.0, timedelta()
        while self.usual_calls and moment < until:
            hour = _hour_of(moment)
            rate = self.usual_calls.get(_hour_of_week(local(hour)), 0)
            if rate:
                needed = max((MISSING_CALLS - missing) / rate * HOUR, SHORTEST_SILENCE - usual_time)
                if moment + needed <= hour + HOUR:
                    if moment + needed > until:
                        return None
                    usual_time += needed
                    missing += needed / HOUR * rate
                    return Unusual(moment + needed, usual_time, round(missing / (usual_time / HOUR), 1))
                missing += (hour + HOUR - moment) / HOUR * rate
                usual_time += hour + HOUR - moment
            moment = hour + HOUR
        return None


def learn(calls_by_hour: Mapping[datetime, int], last_call_at: datetime, local: LocalTime) -> TrafficBaseline:
    """The baseline of the weeks before the day of the last call: a silence never becomes usual by going on.

    `calls_by_hour` has the calls by the beginning of the hour (UTC) in which they were accepted.
    """
    last_day = local(last_call_at).date()
    calls: Counter[tuple[date, int]] = Counter()
    for hour, count in calls_by_hour.items():
        at = local(hour)
        calls[at.date(), at.hour] += count
    days = sorted({day for day, _ in calls if day <= last_day})
    weeks = min(WEEKS_LOOKED_AT, (last_day - days[0]).days // 7) if days else 0
    if weeks < WEEKS_NEEDED:
        return TrafficBaseline({})
    usual: dict[HourOfWeek, int] = {}
    for back in range(1, 8):
        same_days = [last_day - timedelta(days=back + 7 * week) for week in range(weeks)]
        for hour_of_day in range(24):
            # The lowest quarter is left out: holidays and an outage take nothing away, and a busy week adds nothing.
            of_weeks = sorted(calls[day, hour_of_day] for day in same_days)
            lately = max(calls[day, hour_of_day] for day in days[-DAYS_THAT_DECIDE:])
            if rate := min(of_weeks[weeks // 4], lately):
                usual[same_days[0].weekday(), hour_of_day] = rate
    return TrafficBaseline(usual)


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _hour_of_week(at: datetime) -> HourOfWeek:
    return at.weekday(), at.hour
