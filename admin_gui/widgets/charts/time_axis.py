"""Which moments are named below a chart: round ones of the local clock, few, and none over another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from admin_gui.text import formats

DAY_SECONDS = 86400
MOST_TICKS = 8
MOST_LOOKED_AT = 1000
AIR = 10  # between two names
# Whose beginnings are named where buckets are shorter than a day.
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_MONDAY, _WEDNESDAY, _FRIDAY = 0, 2, 4
# Of days, from those that come often to those that come seldom.
_DAYS: tuple[Callable[[date], bool], ...] = (
    lambda _day: True,
    lambda day: day.weekday() in (_MONDAY, _WEDNESDAY, _FRIDAY),
    lambda day: day.weekday() == _MONDAY,
    lambda day: day.day in (1, 15),
    lambda day: day.day == 1,
    lambda day: day.day == 1 and day.month in (1, 4, 7, 10),
    lambda day: day.day == 1 and day.month in (1, 7),
    lambda day: day.day == 1 and day.month == 1,
)
Tick = tuple[float, str]  # where, in seconds since 1970, and what stands there


def round_ticks(
    starts: Sequence[datetime], bucket_seconds: int, room: float, width_of: Callable[[str], float]
) -> list[Tick]:
    """As many as there is room for: in `room`, as wide as all buckets, and each as wide as `width_of` says.

    A moment stands where it is, a day below the middle of its bucket.
    """
    if not starts:
        return []
    first, last = starts[0].timestamp(), starts[-1].timestamp() + bucket_seconds
    scale = room / (last - first)
    found: list[Tick] = []
    for ticks in _candidates(starts, bucket_seconds):
        # At the right edge half of a name would be cut; at the left there is the room below the values.
        whole = [(at, text) for at, text in ticks if (last - at) * scale >= width_of(text) / 2]
        found = whole or found
        if whole and _fit(whole, scale, width_of):
            return whole
    return found[:1]


def _candidates(starts: Sequence[datetime], bucket_seconds: int) -> Iterator[list[Tick]]:
    """From the closest together to the farthest apart."""
    if bucket_seconds >= DAY_SECONDS:
        for is_round in _DAYS:
            yield [
                (start.timestamp() + bucket_seconds / 2, formats.tick(start, DAY_SECONDS))
                for start in starts
                if is_round(start.astimezone().date())
            ]
        return
    begin, end = starts[0], starts[-1] + timedelta(seconds=bucket_seconds)
    for minutes in _MINUTES:
        if minutes * 60 >= bucket_seconds:
            yield [(at.timestamp(), formats.tick(at, 0)) for at in _every(minutes, begin, end)]
    midnights = list(_every(DAY_SECONDS // 60, begin, end))
    for is_round in _DAYS:
        days = [at for at in midnights if is_round(at.astimezone().date())]
        yield [(at.timestamp(), formats.tick(at, DAY_SECONDS)) for at in days]


def _every(minutes: int, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The moments from `begin` to before `end` at which so many minutes of the local clock begin, from its midnight on.

    An hour that clocks leave out is not there; of one that they have twice the first is.
    """
    if (end - begin) / timedelta(minutes=minutes) > MOST_LOOKED_AT:
        return  # far too many to be named
    day = begin.astimezone().date()
    before = begin - timedelta(seconds=1)
    while datetime.combine(day, time()).astimezone() < end:
        for number in range(24 * 60 // minutes):
            wall = datetime.combine(day, time()) + timedelta(minutes=number * minutes)
            moment = wall.astimezone()
            is_there = moment.replace(tzinfo=None) == wall
            if is_there and before < moment < end:
                yield moment
        day += timedelta(days=1)


def _fit(ticks: Sequence[Tick], scale: float, width_of: Callable[[str], float]) -> bool:
    """Whether there is air between each two."""
    if len(ticks) > MOST_TICKS:
        return False
    return all(
        (later - at) * scale >= (width_of(text) + width_of(next_text)) / 2 + AIR
        for (at, text), (later, next_text) in pairwise(ticks)
    )
