"""An office's time zone, by the name of a place or as an offset; the same on every machine."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import pytz  # brings the zones along: a bare Debian may have none

# A plus that was sent as it is arrives as a blank, which is cut off.
_OFFSET = re.compile("([+-]?)(0[0-9]|1[0-4]):(00|15|30|45)")


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """The zone of a place (`Europe/Berlin`) or of an offset (`+05:30`); raises ValueError for any other text."""
    if match := _OFFSET.fullmatch(name):
        sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-offset if sign == "-" else offset)
    if name not in pytz.all_timezones_set:
        raise ValueError(name)
    with resources.files(pytz).joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def midnight_in(zone: tzinfo, day: date) -> datetime:
    """The moment (UTC) at which a day begins there."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
