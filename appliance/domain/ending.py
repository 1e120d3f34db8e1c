"""When somebody is told that what was made for a time ends: early enough to replace it, and not all its life."""

from __future__ import annotations

from datetime import datetime, timedelta

# Of a life: what was made for 30 days is no news in its first three weeks.
LAST_PART = 1 / 4


def ends_soon(begins: datetime, ends: datetime, now: datetime, at_most: timedelta) -> bool:
    """Whether it is in the last part of its life, and has no longer left than `at_most`."""
    return ends - now < min(at_most, (ends - begins) * LAST_PART)
