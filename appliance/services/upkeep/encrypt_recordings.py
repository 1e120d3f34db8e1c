"""Recordings that an earlier version, or a backup of it, left as they came: encrypted one by one, in the background.

Each file is replaced by a rename: whatever is killed in between, it holds its recording whole.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from appliance.storage.database import Database
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import stored_recordings

logger = logging.getLogger(__name__)

# At a time: in between housekeeping has other work, and the disk is the intake's.
WORK_SECONDS = 10.0


class EncryptRecordings:
    """The use case; called again and again until nothing is left to do in this life."""

    def __init__(
        self, database: Database, recordings: RecordingStore, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._monotonic = monotonic
        # By their names, how long they are. Not known yet; later only what is left: what comes in is encrypted.
        self._left: dict[str, int] | None = None
        self._done = 0

    async def __call__(self) -> None:
        """Encrypt for a while."""
        if self._left is None:
            self._left = await self._database.read(stored_recordings.sizes)
        if self._left:
            await asyncio.get_running_loop().run_in_executor(None, self._work, self._left)
            if not self._left and self._done:
                logger.info("%d recordings of an earlier version were encrypted", self._done)

    def _work(self, left: dict[str, int]) -> None:
        until = self._monotonic() + WORK_SECONDS
        while left and self._monotonic() < until:
            name, size = left.popitem()
            try:
                self._done += self._recordings.encrypt(name, size)
            except OSError as error:
                # The next life of the api tries it again.
                logger.warning("%s stays as it came: %s", self._recordings.path(name), error.strerror)
