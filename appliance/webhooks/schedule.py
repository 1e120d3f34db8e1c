"""When a failed delivery is tried again, and what the receiver asked for.

The published three delays are the default of the setting `webhook_retry_seconds` (`appliance/settings/schema.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RETRY_AFTER_LIMIT_SECONDS = 3600.0  # a receiver may ask for this much patience and no more
JITTER_SHARE = 0.1  # spreads what failed together; published as "at most +10 %"


def next_attempt_at(
    attempt_number: int,
    finished_at: datetime,
    delays: tuple[float, ...],
    retry_after_seconds: float | None,
    jitter: Callable[[], float],
) -> datetime | None:
    """Return when to try again after attempt number 1, 2, … has failed, or None when all retries are used up.

    `jitter` gives a number from 0 to 1 (`random.random`). What the receiver's Retry-After asks for can
    lengthen the schedule, never shorten it.
    """
    if attempt_number < 1:
        raise ValueError("attempts are counted from 1")
    if attempt_number > len(delays):
        return None
    asked = min(max(retry_after_seconds or 0.0, 0.0), RETRY_AFTER_LIMIT_SECONDS)
    delay = max(delays[attempt_number - 1], asked)
    return finished_at + timedelta(seconds=delay * (1 + JITTER_SHARE * min(max(jitter(), 0.0), 1.0)))


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, or None when it says nothing that we understand.

    Both forms of RFC 9110: a number of seconds, or a date. A date that has passed is 0.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) <= 12 else RETRY_AFTER_LIMIT_SECONDS
    moment = parse_date(text)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def parse_date(value: str | None) -> datetime | None:
    """Return the moment that a header such as Date names, in UTC, or None when it says nothing that we understand."""
    try:
        moment = parsedate_to_datetime(value or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
