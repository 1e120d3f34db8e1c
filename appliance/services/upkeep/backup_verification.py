"""Whether a backup can be relied on: read whole, its database opened, while the appliance goes on working."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.clock import Clock
from appliance.errors import ApplianceError, Unavailable
from appliance.services.upkeep.long_work import in_thread_of_its_own
from appliance.storage.database import Database, opened_as_it_is
from appliance.storage.file_format.damage import DatabaseDamaged
from appliance.storage.folder.backup_file import DATABASE, BackupUnusable, Manifest, open_backup
from appliance.storage.tables import audit, calls

logger = logging.getLogger(__name__)


class VerificationState(StrEnum):
    """`failed`: it could not be looked at."""

    RUNNING = "running"
    WHOLE = "whole"
    DAMAGED = "damaged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verification:
    """What is known of a backup: the share that was read, how many calls are in it, what is wrong with it."""

    at: datetime
    state: VerificationState = VerificationState.RUNNING
    progress: float = 0.0
    calls: int | None = None
    problem: str | None = None


class NoRoom(ApplianceError):
    """The disk has no room to unpack the backup's database."""


class BackupVerifications:
    """The use case; what was found is known in memory only.

    `path_of` finds a finished backup, or raises NotFound or Conflict.
    """

    def __init__(self, database: Database, path_of: Callable[[str], Path], floor_bytes: int, now: Clock) -> None:
        self._database = database
        self._path_of = path_of
        self._floor_bytes = floor_bytes
        self._now = now
        self._known: dict[str, Verification] = {}
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def of(self, name: str) -> Verification | None:
        """What the last look at this backup found, or None when nobody has looked since the api started."""
        return self._known.get(name)

    async def start(self, actor: Actor, name: str) -> Verification:
        """Begin to read a backup; one that is being read is not begun again. Raises NotFound, Conflict."""
        path = self._path_of(name)
        known = self.of(name)
        if known is not None and known.state is VerificationState.RUNNING:
            return known
        begun = self._known[name] = Verification(self._now())
        try:
            await self._note(actor, Action.BACKUP_VERIFIED, name)
        except BaseException:
            del self._known[name]
            raise
        task = asyncio.create_task(self._look(actor, path))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return begun

    async def _look(self, actor: Actor, path: Path) -> None:
        found = self._known[path.name]
        try:
            async with self._one_at_a_time:
                manifest = await in_thread_of_its_own("backup verification", partial(self._read, path))
            found = replace(found, state=VerificationState.WHOLE, progress=1.0, calls=manifest.calls)
        except BackupUnusable as error:
            logger.warning("%s", error)
            found = replace(found, state=VerificationState.DAMAGED, problem=str(error).replace(str(path), path.name))
        except ApplianceError as error:
            logger.warning("backup %s could not be verified: %s", path.name, error)
            found = replace(found, state=VerificationState.FAILED, problem=str(error))
        except Exception:
            logger.exception("backup %s could not be verified", path.name)
            found = replace(found, state=VerificationState.FAILED, problem="see the log of the api")
        if found.state is VerificationState.DAMAGED:
            try:
                await self._note(actor, Action.BACKUP_DAMAGED, path.name)
            except Unavailable as error:
                logger.warning("that backup %s is damaged was not written down: %s", path.name, error)
        # Last: whoever sees the event finds it written down.
        self._known[path.name] = replace(found, at=self._now())

    def _read(self, path: Path) -> Manifest:
        def progress(share: float) -> None:
            self._known[path.name] = replace(self._known[path.name], progress=share)

        return verify(path, progress, unpack_in=path.parent, floor_bytes=self._floor_bytes)

    async def _note(self, actor: Actor, action: Action, name: str) -> None:
        line = AuditLine(self._now(), actor, action, Subject(SubjectKind.BACKUP, name))
        await self._database.write(lambda tx: audit.add(tx, line))


def verify(
    path: Path,
    progress: Callable[[float], None] = lambda _share: None,
    *,
    unpack_in: Path | None = None,
    floor_bytes: int = 0,
) -> Manifest:
    """Read a backup whole and check that its database opens; raises BackupUnusable, and NoRoom to unpack it."""
    with open_backup(path) as reader, tempfile.TemporaryDirectory(prefix=".verify-", dir=unpack_in) as folder:
        unpacked = reader.manifest.files[DATABASE].bytes
        if shutil.disk_usage(folder).free < unpacked + floor_bytes:
            raise NoRoom(f"the disk has no room to unpack its database of {unpacked} bytes")
        read = _Share(sum(file.bytes for file in reader.manifest.files.values()) + unpacked, progress)
        reader.verify(read)
        copy = Path(folder) / DATABASE
        reader.extract(DATABASE, copy, read)
        try:
            with opened_as_it_is(copy) as database:
                found = database.write_blocking(calls.count)
        except DatabaseDamaged as error:
            raise BackupUnusable(f"{path} is damaged: its {DATABASE} does not open") from error
        if found != reader.manifest.calls:
            raise BackupUnusable(f"{path} holds {found} calls instead of {reader.manifest.calls}")
        return reader.manifest


class _Share:
    """Turns bytes that were read into a share of all that are to be read."""

    def __init__(self, total: int, progress: Callable[[float], None]) -> None:
        self._total = total
        self._progress = progress
        self._done = 0

    def __call__(self, count: int) -> None:
        self._done += count
        self._progress(self._done / self._total)
