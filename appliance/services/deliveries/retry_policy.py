"""How often a webhook is tried, and when an endpoint is given up."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from appliance.webhooks.schedule import JITTER_SHARE, RETRY_AFTER_LIMIT_SECONDS

# After so long without any attempt the time after which an endpoint is disabled begins anew: this share of it, of the 5
# days that are the default 3, and never less than those. An office's night and its weekend are shorter; where one is
# disabled after a day, a share of that would begin it anew each morning, and a dead endpoint would be tried for ever.
SILENCE_SHARE = 0.6
LEAST_SILENCE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The delays before the retries, in seconds, where jitter (0–1) comes from, and when an endpoint is given up."""

    delays: tuple[float, ...]
    disable_after: timedelta | None = None
    jitter: Callable[[], float] = random.random

    @property
    def longest_wait(self) -> timedelta:
        """No attempt is planned further ahead than this."""
        return timedelta(seconds=max(*self.delays, RETRY_AFTER_LIMIT_SECONDS) * (1 + JITTER_SHARE))

    @property
    def longest_silence(self) -> timedelta:
        """An endpoint to which nothing was sent for longer has not failed throughout."""
        return max(LEAST_SILENCE, (self.disable_after or timedelta.max) * SILENCE_SHARE)

    def is_too_long(self, failing: timedelta) -> bool:
        """Whether an endpoint that has failed throughout that time is disabled."""
        return self.disable_after is not None and failing >= self.disable_after
