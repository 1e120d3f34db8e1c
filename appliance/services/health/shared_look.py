"""A look at the database that whoever asks within a few seconds shares, and that is taken every few seconds anyway."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from appliance.errors import Unavailable

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 5.0


class SharedLook:
    """`take` keeps what it sees; while it raises Unavailable what it saw last holds. `subject` is for the log."""

    def __init__(
        self, subject: str, take: Callable[[], Awaitable[None]], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._subject = subject
        self._take = take
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._holds_until = float("-inf")

    async def __call__(self) -> None:
        """Look, unless somebody did a few seconds ago."""
        async with self._lock:
            if self._monotonic() < self._holds_until:
                return
            try:
                await self._take()
            except Unavailable as error:
                logger.warning("%s cannot be looked at: %s", self._subject, error)
            self._holds_until = self._monotonic() + LOOK_EVERY_SECONDS

    async def run(self) -> None:
        """Look for ever, so that whoever asks has an answer at once."""
        while True:
            try:
                await self()
            except Exception:
                logger.exception("the look at %s stumbled; it goes on in a few seconds", self._subject)
            await asyncio.sleep(LOOK_EVERY_SECONDS)
