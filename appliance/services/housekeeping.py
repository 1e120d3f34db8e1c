"""What has to be tidied: orphan files, recordings past their time, and whether the disk and database still write."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from datetime import datetime
from functools import partial

from appliance.domain.clock import Clock
from appliance.storage import calls, facts
from appliance.storage.calls import StoredRecording
from appliance.storage.database import Connection, Database
from appliance.storage.recordings import ORPHAN_AGE_SECONDS, RecordingStore

logger = logging.getLogger(__name__)

SWEEP_EVERY_SECONDS = 300.0
ERASE_BATCH = 500
PROBE_EVERY_SECONDS = 10.0
PROBE_TIMEOUT_SECONDS = 5.0
# Below this nothing is accepted any more, so that the results of what was accepted can still be stored.
DISK_FLOOR_BYTES = 200 * 1024 * 1024


class Housekeeping:
    """Sweeps orphans and erases expired recordings until cancelled."""

    def __init__(self, database: Database, recordings: RecordingStore, retention_days: int, now: Clock) -> None:
        self._database = database
        self._recordings = recordings
        self._retention_days = retention_days
        self._now = now
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """A call became final: with a retention of 0 days its recording goes at once."""
        self._wake.set()

    async def run(self) -> None:
        """Tidy for ever."""
        loop = asyncio.get_running_loop()
        began_at = sweep_at = loop.time()
        while True:
            self._wake.clear()
            try:
                await self.erase_expired()
                if loop.time() >= sweep_at:
                    sweep_at = loop.time() + SWEEP_EVERY_SECONDS
                    # Before we began nothing was being uploaded: a file from then that no call knows was cut off.
                    await self._sweep(min(ORPHAN_AGE_SECONDS, loop.time() - began_at))
            except Exception:
                logger.exception("housekeeping stumbled; it goes on later")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), SWEEP_EVERY_SECONDS)

    async def erase_expired(self) -> None:
        """Erase recordings past their time; the row is marked first, the sweep catches what a kill leaves."""
        loop = asyncio.get_running_loop()
        now = self._now()

        def expired(tx: Connection) -> list[StoredRecording]:
            return calls.expired_recordings(tx, now, self._retention_days, ERASE_BATCH)

        while found := await self._database.read(expired):
            await self._database.write(partial(_mark_erased, found=found, now=now))
            for recording in found:
                await loop.run_in_executor(None, self._recordings.remove, recording.file)

    async def _sweep(self, older_than_seconds: float) -> None:
        loop = asyncio.get_running_loop()

        def known() -> set[str]:
            return asyncio.run_coroutine_threadsafe(self._database.read(calls.recording_files), loop).result()

        removed = await loop.run_in_executor(
            None, lambda: self._recordings.sweep(known, older_than_seconds=older_than_seconds)
        )
        if removed:
            logger.warning("removed %d files that belong to no call", len(removed))


class WriteProbe:
    """Whether the database can be written and the disk has room; looked at now and then, not for every request."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now
        self._probed_at = float("-inf")
        self._writable = False
        self._lock = asyncio.Lock()

    async def writable(self) -> bool:
        """Whether a call could be accepted now."""
        loop = asyncio.get_running_loop()
        async with self._lock:
            if loop.time() - self._probed_at >= PROBE_EVERY_SECONDS or not self._writable:
                self._writable = await self._probe()
                self._probed_at = loop.time()
        return self._writable

    async def _probe(self) -> bool:
        stamp = self._now().isoformat()
        try:
            usage = await asyncio.get_running_loop().run_in_executor(
                None, shutil.disk_usage, self._database.path.parent
            )
            if usage.free < DISK_FLOOR_BYTES:
                return False
            async with asyncio.timeout(PROBE_TIMEOUT_SECONDS):
                await self._database.write(lambda tx: facts.put(tx, "last_write_probe", stamp))
        except Exception:
            logger.exception("the database cannot be written")
            return False
        return True


def _mark_erased(tx: Connection, found: list[StoredRecording], now: datetime) -> None:
    for recording in found:
        calls.mark_recording_erased(tx, recording.call_id, recording.revision, now)
