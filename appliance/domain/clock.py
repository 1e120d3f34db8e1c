"""Time as the appliance uses it: aware, UTC, handed in so that tests can turn it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def contract_timestamp(moment: datetime) -> str:
    """The contract's form of a moment: whole seconds, UTC, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_time(moment: datetime) -> datetime:
    """A moment as this machine's clock on the wall shows it."""
    return moment.astimezone()
