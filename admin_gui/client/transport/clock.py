"""The appliance's clock: ages are counted by it, so that a computer whose clock is wrong shows the right ones.

And how long it has been silent, for it says something every few seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# The Date header counts whole seconds, and an answer takes a moment.
TOLERANCE = timedelta(seconds=2)


class ApplianceClock:
    """Set by each answer's Date header, running with this machine's monotonic clock in between."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._anchor: tuple[datetime, float] | None = None
        self._contact_at = monotonic()

    def note(self, date_header: str | None) -> None:
        """Take the moment of an answer; nonsense is passed over."""
        if not date_header:
            return
        try:
            moment = parsedate_to_datetime(date_header)
        except ValueError:
            return
        if moment.tzinfo is None:
            return
        with self._lock:
            if self._anchor is None or abs(self._running() - moment) > TOLERANCE:
                self._anchor = (moment.astimezone(UTC), self._monotonic())

    def note_contact(self) -> None:
        """It has said something, from any thread."""
        self._contact_at = self._monotonic()

    @property
    def silent_seconds(self) -> float:
        """How long nothing has come from it."""
        return self._monotonic() - self._contact_at

    def now(self) -> datetime:
        """The moment by the appliance's clock, UTC; by ours until it has answered."""
        with self._lock:
            return datetime.now(UTC) if self._anchor is None else self._running()

    def offset(self) -> timedelta:
        """How far the appliance's clock is ahead of this machine's."""
        return self.now() - datetime.now(UTC)

    def _running(self) -> datetime:
        assert self._anchor is not None  # noqa: S101 - both callers have looked
        moment, at = self._anchor
        return moment + timedelta(seconds=self._monotonic() - at)
