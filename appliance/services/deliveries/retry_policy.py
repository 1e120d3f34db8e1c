"""How often a webhook is tried, and when an endpoint is given up."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from appliance.webhooks.schedule import JITTER_SHARE, RETRY_AFTER_LIMIT_SECONDS


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
