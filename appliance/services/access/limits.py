"""How much anybody may ask for: requests a minute, and failed logins a minute."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from appliance.errors import Allowance, RateLimitExceeded, TooManyFailedLogins

FAILED_LOGINS_PER_MINUTE = 60
# Clocks are corrected by less all the time.
SET_BACK_SECONDS = 1.0


class _MovingWindows:
    """The library's windows. It knows only the wall clock: one that is set back must not close them for as long."""

    def __init__(self) -> None:
        self._latest = 0.0
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    @property
    def limiter(self) -> MovingWindowRateLimiter:
        now = time.time()
        if now < self._latest - SET_BACK_SECONDS:
            self._limiter = MovingWindowRateLimiter(MemoryStorage())  # as after a restart
        self._latest = now
        return self._limiter


class RequestLimiter:
    """A moving window of 60 s for each API key. Kept in memory: a restart forgives."""

    def __init__(self) -> None:
        self._windows = _MovingWindows()

    def count(self, key: str, per_minute: int) -> Allowance:
        """Count one request; raises RateLimitExceeded (and counts nothing) when the window is full."""
        item = RateLimitItemPerMinute(per_minute)
        limiter = self._windows.limiter
        allowed = limiter.hit(item, key)
        window = limiter.get_window_stats(item, key)
        reset_seconds = max(1, math.ceil(window.reset_time - time.time()))
        allowance = Allowance(per_minute, max(0, window.remaining), reset_seconds)
        if not allowed:
            raise RateLimitExceeded(allowance)
        return allowance


class FailedLogins:
    """Slows down who guesses credentials, by address; a right credential is never asked about here."""

    def __init__(self) -> None:
        self._windows = _MovingWindows()
        self._item = RateLimitItemPerMinute(FAILED_LOGINS_PER_MINUTE)

    def count(self, address: str) -> None:
        """Count one failure; raises TooManyFailedLogins from the 61st within a minute on."""
        limiter = self._windows.limiter
        if not limiter.hit(self._item, address):
            window = limiter.get_window_stats(self._item, address)
            raise TooManyFailedLogins(max(1, math.ceil(window.reset_time - time.time())))
