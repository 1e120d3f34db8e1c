"""How the calls of the last hour ended, looked at every few seconds, so that whoever asks gets an answer at once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime

from appliance.domain.clock import Clock
from appliance.domain.failures import LOOKED_AT, USUAL_OF, Failures, failures_of
from appliance.errors import Unavailable
from appliance.storage.database import Connection, Database
from appliance.storage.figures import failures

logger = logging.getLogger(__name__)

# With a million calls a look takes 6 ms of processor time.
LOOK_EVERY_SECONDS = 5.0


class ReadFailures:
    """The use case; those who ask within a few seconds share one answer."""

    def __init__(
        self, database: Database, started_at: datetime, now: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`started_at`: when the api did. What failed before, a restart may have mended."""
        self._database = database
        self._started_at = started_at
        self._now = now
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._holds_until = float("-inf")
        self.last = Failures(started_at, started_at)

    async def __call__(self) -> Failures:
        """How they ended, as of a few seconds ago at most; older while the database cannot be read."""
        async with self._lock:
            if self._monotonic() >= self._holds_until:
                # Whole seconds, as moments are written: who lists these calls by them finds exactly those.
                until = self._now().replace(microsecond=0)
                try:
                    self.last = await self._database.read(lambda tx: self._look(tx, until))
                except Unavailable as error:
                    logger.warning("how calls ended is not known: %s", error)
                self._holds_until = self._monotonic() + LOOK_EVERY_SECONDS
            return self.last

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self()
            except Exception:
                logger.exception("the look at failed calls stumbled; it goes on in a few seconds")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def _look(self, tx: Connection, until: datetime) -> Failures:
        since = until - LOOKED_AT
        counted = failures.counted(tx, since, until, self._started_at)
        return failures_of(since, until, counted, failures.ended_by_customer(tx, since - USUAL_OF, since))
