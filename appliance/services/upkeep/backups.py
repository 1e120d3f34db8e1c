"""Backups while the appliance runs: on demand, on a schedule, a number of them kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import tempfile
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from appliance import __version__
from appliance.domain.actor import OWNER, VBOT, Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.backup import NAME, SET_BACK, STAMP, Backup, is_before_migration, newest_first, order_of
from appliance.domain.clock import Clock
from appliance.domain.live_event import BackupChanged, Publish, publish_to_nobody
from appliance.domain.system import BackupsSeen
from appliance.errors import ApplianceError, Conflict, NotFound, Unavailable
from appliance.services.clock_jumps import ClockJumps
from appliance.services.upkeep.backup_verification import SCRATCH
from appliance.services.upkeep.long_work import bounded_look, in_thread_of_its_own
from appliance.storage.database import Database, opened_as_it_is
from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.folder.backup_file import write_backup
from appliance.storage.folder.backup_manifest import DATABASE, RECORDINGS, Secrets
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, master_key_of, recovery_key_of
from appliance.storage.folder.scratch_folder import remove_abandoned
from appliance.storage.moved_database import link_or_copy
from appliance.storage.tables import audit, calls, stored_recordings

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 60.0
LOOK_SECONDS = 5.0
AGAIN_AFTER = timedelta(hours=1)  # a backup that failed
# One that was made before a migration is the way back to the old program: it is kept beside those that are counted.
KEPT_BEFORE_MIGRATION = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class BackupSchedule:
    """How often a backup is made by itself (None = never) and how many are kept."""

    every: timedelta | None
    keep: int


class Backups:
    """The use cases. One backup is made at a time; those in progress or failed are known in memory only."""

    def __init__(
        self,
        database: Database,
        folder: DataFolder,
        keys: Keys,
        schedule: BackupSchedule,
        now: Clock,
        publish: Publish = publish_to_nobody,
        clock_jumps: ClockJumps | None = None,
    ) -> None:
        self._clock_jumps = clock_jumps
        self._database = database
        self._folder = folder
        self._keys = keys
        self._schedule = schedule
        self._now = now
        self._publish = publish
        self._unfinished: dict[str, Backup] = {}
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[list[Backup]] | None = None

    async def start(self, actor: Actor) -> Backup:
        """Begin a backup and say under which name it will be found."""
        created_at = self._now()
        name = backup_name(self._folder, created_at, taken=self._unfinished)
        backup = self._unfinished[name] = Backup(name, created_at, "running")
        try:
            # First of all: there is no backup without its line, and it holds the line itself.
            await self._note(_line(created_at, actor, Action.BACKUP_CREATED, name))
        except BaseException:
            del self._unfinished[name]
            raise
        self._tell(backup)
        task = asyncio.create_task(self._make(actor, name, created_at))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return backup

    async def listing(self) -> list[Backup]:
        """All backups, newest first. Raises Unavailable where the folder cannot be looked at."""
        unfinished = dict(self._unfinished)  # before the look, or one that ends meanwhile would be in neither
        done = await self._look()
        return newest_first(({backup.name: backup for backup in done} | unfinished).values(), self._now())

    async def _look(self) -> list[Backup]:
        """What lies in the folder, which may be on a disk that has gone or a mount that hangs.

        One look at a time, in a thread of its own: each that hangs would else take one that everything else needs.
        """
        async with bounded_look("the folder of the backups", LOOK_SECONDS):
            while self._looking is not None and not self._looking.done():
                await asyncio.wait([self._looking])
            work = in_thread_of_its_own("look at the backups", partial(existing_backups, self._folder))
            self._looking = looking = asyncio.create_task(work)
            looking.add_done_callback(_heed)
            return await asyncio.shield(looking)

    async def overview(self) -> BackupsSeen:
        """How backups fare."""
        try:
            known = await self.listing()
        except Unavailable as error:
            return BackupsSeen(last_done_at=None, last_error=str(error), next_due_at=None, kept=0)
        done = [backup for backup in known if backup.state == "done"]
        ended = next((backup for backup in known if backup.state != "running"), None)
        return BackupsSeen(
            last_done_at=done[0].created_at if done else None,
            last_error=ended.error if ended is not None else None,
            next_due_at=self._due(known),
            kept=len(done),
        )

    async def ensure_recent(self, age: timedelta) -> None:
        """Wait for a finished backup that is younger than this; one is made if there is none.

        Raises Unavailable where it fails. Not tried again at once then.
        """
        known = await self.listing()
        if self._has_recent(known, age):
            return
        failed = known and known[0].state == "failed" and abs(self._now() - known[0].created_at) < AGAIN_AFTER
        if not failed:
            if not self._tasks:
                await self.start(VBOT)
            await asyncio.wait([*self._tasks])
            known = await self.listing()
        if not self._has_recent(known, age):
            raise Unavailable(f"a backup is to be made before, and that failed: {known[0].error or 'see the log'}")

    def _has_recent(self, known: list[Backup], age: timedelta) -> bool:
        return any(one.state == "done" and -SET_BACK <= self._now() - one.created_at < age for one in known)

    def _due(self, known: list[Backup]) -> datetime | None:
        """When the schedule wants the next one; `known` is newest first."""
        every = self._schedule.every
        if every is None:
            return None
        if not known or known[0].is_ahead(self._now()):
            return self._now()
        return known[0].created_at + (min(every, AGAIN_AFTER) if known[0].state == "failed" else every)

    async def path(self, name: str) -> Path:
        """The file of a finished backup; raises NotFound, and Conflict for one that is listed and has none.

        Raises Unavailable where the folder cannot be looked at.
        """
        unfinished = self._unfinished.get(name)
        if unfinished is not None:
            running = unfinished.state == "running"
            raise Conflict(
                "state", f"backup {name} is still being made" if running else f"backup {name} failed: there is no file"
            )
        if NAME.fullmatch(name) and any(one.name == name for one in await self._look()):
            return self._folder.backups / name
        raise NotFound(f"there is no backup {name}")

    def follow(self, schedule: BackupSchedule) -> None:
        """From now on by this schedule."""
        self._schedule = schedule

    async def run(self) -> None:
        """Make backups by the schedule until cancelled."""
        with contextlib.suppress(OSError):  # told below, if it lasts
            await in_thread_of_its_own("sweep of the backups", partial(sweep, self._folder))
        told = ""
        while True:
            try:
                due = self._due(await self.listing()) if self._schedule.every is not None else None
                if due is not None and self._now() >= due:
                    await self.start(VBOT)
                told = ""
            except Unavailable as error:
                if str(error) != told:
                    told = str(error)
                    logger.warning("the scheduled backup was not begun: %s", error)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _make(self, actor: Actor, name: str, created_at: datetime) -> None:
        try:
            async with self._one_at_a_time:
                target = self._folder.backups / name
                make = partial(make_backup, self._database, self._folder, self._keys, target, created_at)
                await in_thread_of_its_own("backup", make)
                del self._unfinished[name]
                logger.info("backup %s is made", name)
                await self._follow(name, created_at, target)
        except ApplianceError as error:
            logger.warning("backup %s failed: %s", name, error)
            await self._fail(actor, name, created_at, str(error))
        except Exception:
            logger.exception("backup %s failed", name)
            await self._fail(actor, name, created_at, "see the log of the api")

    async def _follow(self, name: str, created_at: datetime, target: Path) -> None:
        """Tell of one that is made, and remove those that are too many: whatever fails in here, it is there."""
        try:
            size = (await asyncio.to_thread(target.stat)).st_size
            self._tell(Backup(name, created_at, "done", size))
            if self._clock_jumps is not None:
                await self._clock_jumps.look()
            await asyncio.to_thread(self._prune)
        except Exception:
            logger.exception("backup %s is made; those that are too many stay until the next one", name)

    async def _fail(self, actor: Actor, name: str, created_at: datetime, reason: str) -> None:
        failed = self._unfinished[name] = Backup(name, created_at, "failed", error=reason)
        self._tell(failed)
        with contextlib.suppress(Unavailable):  # that may be why it failed
            await self._note(_line(self._now(), actor, Action.BACKUP_FAILED, name))

    def _tell(self, backup: Backup) -> None:
        self._publish(BackupChanged(backup.name, backup.created_at, backup.state, backup.bytes, backup.error))

    async def _note(self, line: AuditLine) -> None:
        await self._database.write(lambda tx: audit.add(tx, line))

    def _prune(self) -> None:
        made = newest_first(existing_backups(self._folder), self._now())
        counted = [backup for backup in made if not is_before_migration(backup)]
        is_doubted = self._clock_jumps is not None and self._clock_jumps.postponed is not None
        horizon = None if is_doubted else self._now() - KEPT_BEFORE_MIGRATION
        old = [one for one in made if is_before_migration(one) and horizon is not None and one.created_at < horizon]
        for backup in (*counted[self._schedule.keep :], *old):
            _note_blocking(self._database, _line(self._now(), VBOT, Action.BACKUP_REMOVED, backup.name))
            (self._folder.backups / backup.name).unlink(missing_ok=True)
            logger.info("backup %s was removed: newer ones are there", backup.name)


def _heed(looked: asyncio.Task[list[Backup]]) -> None:
    """Whoever waited may have gone: what it raises is heard all the same."""
    if not looked.cancelled():
        looked.exception()


def _note_blocking(database: Database, line: AuditLine) -> None:
    database.write_blocking(lambda tx: audit.add(tx, line))


def _line(at: datetime, actor: Actor, action: Action, name: str) -> AuditLine:
    return AuditLine(at, actor, action, Subject(SubjectKind.BACKUP, name))


def note_backup(database: Database, name: str, created_at: datetime, actor: Actor = OWNER) -> None:
    """Write down that the data folder's owner makes this backup while no api runs; blocks."""
    _note_blocking(database, _line(created_at, actor, Action.BACKUP_CREATED, name))


def backup_name(folder: DataFolder, created_at: datetime, taken: Container[str], before_step: int | None = None) -> str:
    """A name that tells the moment, and before which migration it is made, and is free."""
    stamp = created_at.astimezone(UTC).strftime(STAMP)
    if before_step is not None:
        stamp = f"before-{before_step:04d}-{stamp}"
    names = [f"vbot-{stamp}.tar", *(f"vbot-{stamp}-{number}.tar" for number in range(2, 100))]
    return next(name for name in names if name not in taken and not (folder.backups / name).exists())


def sweep(folder: DataFolder) -> None:
    """Remove what backups and verifications that were killed have left behind."""
    for leftover in folder.backups.glob(".copy-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    remove_abandoned(SCRATCH, folder.backups)
    for leftover in folder.backups.glob(".vbot-*.tar.part"):
        leftover.unlink(missing_ok=True)


def existing_backups(folder: DataFolder) -> list[Backup]:
    """The finished backups of a data folder, by the moments that their names tell; the latest first."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for path in folder.backups.iterdir():
            match = NAME.fullmatch(path.name)
            if match:
                created_at = datetime.strptime(match["stamp"], STAMP).replace(tzinfo=UTC)
                seen = path.stat()
                written_at = max(created_at, datetime.fromtimestamp(seen.st_mtime, UTC))
                found.append(Backup(path.name, created_at, "done", seen.st_size, written_at=written_at))
    return sorted(found, key=order_of, reverse=True)


def make_backup(database: Database, folder: DataFolder, keys: Keys, target: Path, created_at: datetime) -> None:
    """Write a backup of what is committed now, of any schema; blocks, and delays writers for a moment only.

    Raises Unavailable, or ConfigurationError, when the disk does not allow it or what belongs in it is damaged.
    """
    try:
        _make_backup(database, folder, keys, target, created_at)
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        raise Unavailable(f"{about}{error.strerror or error}") from error


def _make_backup(database: Database, folder: DataFolder, keys: Keys, target: Path, created_at: datetime) -> None:
    folder.backups.mkdir(mode=0o700, exist_ok=True)
    recovery_key = recovery_key_of(folder, keys)
    master_key = master_key_of(folder).hex()
    with tempfile.TemporaryDirectory(prefix=".copy-", dir=folder.backups) as temporary:
        copy = Path(temporary) / DATABASE
        key = database.copy_blocking(copy)
        if key is not None:
            DatabaseKeys(keys).keep(copy, key)
        secrets = Secrets(
            master_key=master_key,
            recovery_key=recovery_key,
            certificate=folder.certificate.read_text(),
            certificate_key=folder.certificate_key.read_text(),
            database_key=None if key is None else key.text,
            own_settings=folder.own_settings_text,
        )
        # Asked of the copy: what it holds is what a restore will need.
        with opened_as_it_is(copy, keys=DatabaseKeys(keys)) as copied:
            count, files = copied.write_blocking(lambda tx: (calls.count(tx), stored_recordings.unfinished_files(tx)))
        members = {DATABASE: copy}
        for number, file in enumerate(files):
            kept = Path(temporary) / f"recording-{number}"
            # Encrypted under its name meanwhile, it is as good; one that became final and was erased is not needed.
            with contextlib.suppress(FileNotFoundError):
                link_or_copy(folder.recordings / file, kept)
                members[f"{RECORDINGS}/{file}"] = kept
        write_backup(
            target,
            version=__version__,
            created_at=created_at,
            calls=count,
            secrets=secrets,
            recovery_key=recovery_key,
            members=members,
        )
