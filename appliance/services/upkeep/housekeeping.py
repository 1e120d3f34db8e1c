"""What has to be tidied: orphan files, what is past its time, old days' statistics; and whether calls can be stored."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from appliance.domain.actor import VBOT
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind
from appliance.domain.clock import Clock
from appliance.domain.live_event import Publish, publish_to_nobody
from appliance.domain.system import Postponed
from appliance.errors import Unavailable
from appliance.services.calls.result_columns import FillResultColumns
from appliance.services.calls.statistics import RollUp
from appliance.services.clock_jumps import ClockJumps
from appliance.services.events.changes import Changes, deliveries_changed
from appliance.services.upkeep.encrypt_recordings import EncryptRecordings
from appliance.storage.database import Connection, Database
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.memory import fit_memory
from appliance.storage.tables import audit, calls, deliveries, facts, stored_recordings, usage
from appliance.storage.tables.customers import NO_LIMIT_DAYS
from appliance.storage.tables.stored_recordings import StoredRecording

logger = logging.getLogger(__name__)

SWEEP_EVERY_SECONDS = 300.0
# What is to go at once goes so soon after an upgrade has ended.
LOOK_AT_TRIAL_EVERY_SECONDS = 2.0
# So many in one commit: nobody who wants to write, such as a PBX with a call, waits for long.
ERASE_BATCH = 100
# With a million calls a look for what is past its time takes 0.2 s, and each call that becomes final asks for one: it
# rests so many times longer than it took, and no longer than what is to go at once may wait.
RESTS_TIMES_ITS_COST = 20
LONGEST_REST_SECONDS = 2.0
# How long what was analysed is remembered for its customer's limit, which is a day's.
ANALYSED_COUNTS = timedelta(days=2)
EXPIRE_AUDIT_EVERY = timedelta(days=1)
PROBE_EVERY_SECONDS = 10.0
PROBE_TIMEOUT_SECONDS = 5.0
# In between, what comes is counted down. For each upload, and while it comes, the disk is measured anew.
MEASURE_DISK_EVERY_SECONDS = 0.5
USUAL_RECORDING_BYTES = 16 * 1024 * 1024  # a quarter of an hour of two channels
# So long a refusal for want of room counts, where neither room was made nor another upload was taken since.
REFUSAL_COUNTS_SECONDS = 60.0


class Housekeeping:
    """Sweeps orphans, erases what is past its time and rolls statistics up, until cancelled."""

    def __init__(
        self,
        database: Database,
        recordings: RecordingStore,
        retention_days: tuple[int, int],
        now: Clock,
        publish: Publish = publish_to_nobody,
        reingest: Callable[[], Awaitable[None]] | None = None,
        wake: asyncio.Event | None = None,
        expire_audit: Callable[[Connection, datetime], int] | None = None,
        is_on_trial: Callable[[], bool] = lambda: False,
        clock_jumps: ClockJumps | None = None,
    ) -> None:
        """`retention_days` of recordings and of texts, where a customer has none of its own.

        Before the first sweep removes what no call knows, `reingest` takes back what is known of otherwise. While this
        version `is_on_trial` nothing is erased: the one before may have to take in again what this one has accepted.
        Nor is anything by its age while `clock_jumps` doubts the clock.
        """
        self._encrypt = EncryptRecordings(database, recordings, now=now)
        self._database = database
        self._recordings = recordings
        self._recording_days, self._text_days = retention_days
        self._now = now
        self._roll_up = RollUp(database, now)
        self._fill_result_columns = FillResultColumns(database)
        self._publish = publish
        self._first_of_all = [*([reingest] if reingest is not None else []), self._forget_all_facts]
        self._wake = wake or asyncio.Event()
        self._audit_expired_at: datetime | None = None
        self._expire_audit = expire_audit or (lambda _tx, _now: 0)
        self._is_on_trial = is_on_trial
        self._clock_jumps = clock_jumps

    @property
    def encryption_postponed(self) -> Postponed | None:
        """Why recordings of an earlier version stay as they came."""
        return self._encrypt.postponed

    @property
    def erasing_postponed(self) -> Postponed | None:
        """Why nothing is erased by its age."""
        return None if self._clock_jumps is None else self._clock_jumps.postponed

    @property
    def _longest_days(self) -> int:
        """What is kept for longer is not erased now. What goes at once needs no clock."""
        return NO_LIMIT_DAYS if self.erasing_postponed is None else 0

    def wake(self) -> None:
        """A call became final: with a retention of 0 days its recording goes at once."""
        self._wake.set()

    async def run(self) -> None:
        """Tidy for ever."""
        loop = asyncio.get_running_loop()
        sweep_at = loop.time()
        on_trial = False
        while True:
            began = loop.time()
            more = False
            self._wake.clear()
            try:
                if on_trial := await asyncio.to_thread(self._is_on_trial):
                    await self.first_of_all()
                else:
                    if self._clock_jumps is not None:
                        await self._clock_jumps.look()
                    await self.erase_expired()
                    await self.erase_expired_texts()
                if not on_trial and loop.time() >= sweep_at:
                    sweep_at = loop.time() + SWEEP_EVERY_SECONDS
                    await self.first_of_all()
                    await self._sweep()
                    await self._roll_up()
                    await self.expire_audit()
                    await self._database.write(fit_memory)
                    await self._database.write(partial(usage.forget_analysed, before=self._now() - ANALYSED_COUNTS))
                    await self._encrypt()
                more = not on_trial and await self._fill_result_columns()
            except Unavailable as error:
                logger.warning("housekeeping goes on later: %s", error)
            except Exception:
                logger.exception("housekeeping stumbled; it goes on later")
            await asyncio.sleep(min((loop.time() - began) * RESTS_TIMES_ITS_COST, LONGEST_REST_SECONDS))
            # Not wait_for: Python 3.11's forgets a cancellation that comes together with the wake.
            with contextlib.suppress(TimeoutError):
                pause = LOOK_AT_TRIAL_EVERY_SECONDS if on_trial else SWEEP_EVERY_SECONDS
                async with asyncio.timeout(0 if more else pause):
                    await self._wake.wait()

    def keep_for(self, retention_days: tuple[int, int]) -> None:
        """For so many days from now on: recordings, and texts."""
        self._recording_days, self._text_days = retention_days
        self._wake.set()

    async def erase_expired(self) -> None:
        """Erase recordings past their time; the row is marked first, the sweep catches what a kill leaves."""
        loop = asyncio.get_running_loop()
        now = self._now()

        def expired(tx: Connection) -> list[StoredRecording]:
            return stored_recordings.expired(tx, now, self._recording_days, ERASE_BATCH, self._longest_days)

        def mark(tx: Connection) -> list[StoredRecording]:
            # Looked up again: one that was read may be wanted for a reprocessing by now.
            found = expired(tx)
            for recording in found:
                stored_recordings.mark_erased(tx, recording.call_id, recording.revision, now)
            if found:
                audit.add(tx, _expired(now, Action.RECORDINGS_EXPIRED, {"recordings": len(found)}))
            return found

        while await self._database.read(expired):
            for recording in await self._database.write(mark):
                await loop.run_in_executor(None, self._recordings.remove, recording.file)

    async def erase_expired_texts(self) -> None:
        """Erase results, metadata and webhook bodies past their time."""
        now = self._now()

        def erase(tx: Connection) -> tuple[list[StoredRecording], int, Changes]:
            found = calls.calls_with_expired_texts(tx, now, self._text_days, ERASE_BATCH, self._longest_days)
            failed: list[str] = []
            if found:
                calls.erase_texts(tx, found)
                failed = deliveries.erase_bodies_of_calls(tx, found)
                audit.add(tx, _expired(now, Action.TEXTS_EXPIRED, {"calls": len(found)}))
            return stored_recordings.without_texts(tx, found), len(found), deliveries_changed(tx, failed)

        count = ERASE_BATCH
        while count == ERASE_BATCH:
            kept, count, changes = await self._database.write(erase)
            await self._forget_facts(kept)
            for change in changes:
                self._publish(change)

    async def expire_audit(self) -> None:
        """Remove the audit's lines whose time is over. Once a day: each pass leaves a line of its own."""
        if self.erasing_postponed is not None:
            return
        now = self._now()
        if self._audit_expired_at is None or not timedelta(0) <= now - self._audit_expired_at < EXPIRE_AUDIT_EVERY:
            await self._database.write(lambda tx: self._expire_audit(tx, now))
            self._audit_expired_at = now

    async def first_of_all(self) -> None:
        """What is done once in a life, before anything is swept; what fails is tried again the next time."""
        while self._first_of_all:
            await self._first_of_all[0]()
            del self._first_of_all[0]

    async def _forget_all_facts(self) -> None:
        """What a kill, or a disk, has left of texts that are erased, behind their recordings."""
        await self._forget_facts(await self._database.read(stored_recordings.without_texts))

    async def _forget_facts(self, recordings: Sequence[StoredRecording]) -> None:
        def forget() -> None:
            for one in recordings:
                try:
                    self._recordings.forget_facts(one.file, one.bytes)
                except OSError as error:
                    logger.warning("cannot shorten %s: %s", self._recordings.path(one.file), error.strerror)

        await asyncio.get_running_loop().run_in_executor(None, forget)

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()

        def known() -> set[str]:
            return asyncio.run_coroutine_threadsafe(self._database.read(stored_recordings.files), loop).result()

        removed = await loop.run_in_executor(None, self._recordings.sweep, known)
        if removed:
            logger.warning("removed %d files that belong to no call", len(removed))


def _expired(at: datetime, action: Action, gone: Fields) -> AuditLine:
    """The audit's line for one pass."""
    return AuditLine(at, VBOT, action, Subject(SubjectKind.CALL), gone)


class WriteProbe:
    """Whether a call could be accepted: the disk has room, the database takes a commit (tried now and then).

    What uploads in progress `hold` and has not come yet counts as used.
    """

    def __init__(self, database: Database, disk_floor_bytes: int, now: Clock) -> None:
        self._database = database
        self._disk_floor_bytes = disk_floor_bytes
        self._now = now
        self._probed_at = float("-inf")
        self._commits = False
        self._measured_at = float("-inf")
        self._free_bytes = 0
        self._held_bytes = 0
        self._refused_bytes = 0
        self._refused_at = float("-inf")
        self._lock = asyncio.Lock()

    @property
    def obstacle(self) -> str | None:
        """Why nothing could be accepted at the last look, in words; None: something could."""
        if self._room_bytes < 0:
            return f"less than {self._disk_floor_bytes // 1024**2} MB are free on the disk"
        if not self._commits:
            return "the database cannot be written"
        if self.is_short_of_room():
            return f"the disk has room for {self._room_bytes // 1024**2} MB more, and a recording that needs more came"
        return None

    @property
    def _room_bytes(self) -> int:
        return self._free_bytes - self._held_bytes - self._disk_floor_bytes

    async def writable(self, more_bytes: int = 0) -> bool:
        """Whether `more_bytes` could be accepted now without going below the floor that results need."""
        loop = asyncio.get_running_loop()
        async with self._lock:
            await self._measure()
            if self._room_bytes < more_bytes:
                return False
            if loop.time() - self._probed_at >= PROBE_EVERY_SECONDS or not self._commits:
                self._commits = await self._commit_something()
                self._probed_at = loop.time()
            return self._commits and self._room_bytes >= more_bytes

    async def accepts(self, more_bytes: int = 0) -> bool:
        """Whether calls are accepted, and also one such as was just refused for want of room."""
        return await self.writable(more_bytes) and not self.is_short_of_room()

    def is_short_of_room(self) -> bool:
        """Whether what was refused of late would be refused again."""
        is_late = asyncio.get_running_loop().time() - self._refused_at < REFUSAL_COUNTS_SECONDS
        return is_late and self._room_bytes < self._refused_bytes

    def refused(self, needed_bytes: int) -> None:
        """An upload was turned away that needed so much room: who asks next is told how it is now.

        Whether calls are accepted is said of such as are usual: an hour's recording finds no room before others do.
        """
        self._measured_at = self._probed_at = float("-inf")
        if needed_bytes <= USUAL_RECORDING_BYTES:
            self._refused_bytes = max(needed_bytes, self._refused_bytes if self.is_short_of_room() else 0)
            self._refused_at = asyncio.get_running_loop().time()

    async def room_bytes(self) -> int:
        """What is free above the floor and not held by any upload, now: others fill the disk within a moment."""
        self._measured_at = float("-inf")
        await self._measure()  # not behind the lock: a database that hangs is waited for there
        return self._room_bytes

    async def hold(self, more_bytes: int) -> bool:
        """Keep room for an upload, if there is any: until it has `arrived`, or is `let_go`."""
        if not await self.writable(more_bytes) or self._room_bytes < more_bytes:
            self.refused(more_bytes)
            return False
        self._held_bytes += more_bytes
        self._refused_bytes = 0
        return True

    def arrived(self, count: int) -> None:
        """So much of what is held is on the disk now."""
        self._held_bytes -= count
        self._free_bytes -= count  # until we measure again

    def let_go(self, count: int) -> None:
        """So much of what is held will not come."""
        self._held_bytes -= count

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() - self._measured_at >= MEASURE_DISK_EVERY_SECONDS:
            disk = await loop.run_in_executor(None, shutil.disk_usage, self._database.path.parent)
            self._free_bytes = disk.free
            self._measured_at = loop.time()

    async def commits(self) -> bool:
        """Whether the database takes a commit now, however little room there is."""
        async with self._lock:
            return await self._commit_something()

    async def _commit_something(self) -> bool:
        if self._database.is_replaced:
            return True  # what is written waits for a moment: nobody is to be turned away for that
        stamp = self._now().isoformat()
        try:
            async with asyncio.timeout(PROBE_TIMEOUT_SECONDS):
                await self._database.write(lambda tx: facts.put(tx, facts.LAST_WRITE_PROBE, stamp))
        except (Unavailable, TimeoutError) as error:
            logger.warning("the database cannot be written: %s", error or f"no commit in {PROBE_TIMEOUT_SECONDS:g} s")
            return False
        return True
