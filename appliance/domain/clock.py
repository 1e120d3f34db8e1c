"""Time as the appliance uses it: aware, UTC, handed in so that tests can turn it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


# So far the clock of whoever asks may be ahead of ours: "today" comes before our midnight.
CLOCKS_DIFFER = timedelta(minutes=15)


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def contract_timestamp(moment: datetime) -> str:
    """The contract's form of a moment: whole seconds, UTC, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_time(moment: datetime) -> datetime:
    """A moment as this machine's clock on the wall shows it."""
    return moment.astimezone()
