"""Recordings that were found damaged on the disk: looked for every few seconds, so that whoever asks knows at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from appliance.domain.clock import Clock
from appliance.domain.system import DamagedRecordings
from appliance.process.log.subject import about
from appliance.services.health.shared_look import SharedLook
from appliance.storage.database import Database
from appliance.storage.figures import failures

logger = logging.getLogger(__name__)

# A day: who looks once a day sees it. What was lost cannot be mended, so an alarm that never ends would be ignored;
# one that ends sooner would be over before the morning. A disk that goes on losing bits is found again.
TOLD_FOR = timedelta(days=1)
MOST_REMEMBERED = 10_000


class ReadDamagedRecordings:
    """The use case; a look at the failed calls is shared.

    What a download found is in memory alone; what an analysis found is known by how its call ended.
    """

    def __init__(self, database: Database, now: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self.look = SharedLook("which recordings are damaged", self._read, monotonic)
        # By the call, when that was found: by downloads in this life of the api, by analyses as of the last look.
        self._found: dict[str, datetime] = {}
        self._failed: dict[str, datetime] = {}

    def found(self, call_id: str) -> None:
        """Somebody could not read a recording of this call."""
        if call_id not in self._found and len(self._found) < MOST_REMEMBERED:
            logger.error("the recording of call %s is damaged on the disk", call_id, extra=about(call_id=call_id))
            self._found[call_id] = self._now()

    def read_whole(self, call_id: str) -> None:
        """Somebody could: a good copy has come since, say."""
        self._found.pop(call_id, None)

    @property
    def last(self) -> DamagedRecordings:
        """As of the last look."""
        horizon = self._now() - TOLD_FOR
        self._found = {call_id: at for call_id, at in self._found.items() if at >= horizon}
        lately = sorted(((at, call_id) for call_id, at in (self._failed | self._found).items()), reverse=True)
        if not lately:
            return DamagedRecordings()
        return DamagedRecordings(tuple(call_id for _, call_id in lately), lately[-1][0])

    async def __call__(self) -> DamagedRecordings:
        """As of a few seconds ago at most; older while the database cannot be read."""
        await self.look()
        return self.last

    async def _read(self) -> None:
        since = self._now() - TOLD_FOR
        self._failed = await self._database.read(lambda tx: failures.damaged_recordings(tx, since, MOST_REMEMBERED))
