"""Whether a backup can be relied on: read whole, its database opened, while the appliance goes on working."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.clock import Clock
from appliance.domain.plurals import counted
from appliance.errors import ApplianceError, Unavailable
from appliance.services.upkeep.long_work import in_thread_of_its_own
from appliance.storage.catalogue import ForeignCatalogue
from appliance.storage.database import Database
from appliance.storage.database_keys import of_file
from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.folder.backup_file import open_backup
from appliance.storage.folder.backup_manifest import (
    DATABASE,
    BackupReader,
    BackupUnusable,
    Manifest,
    Read,
    WrongRecoveryKey,
    read_nothing,
)
from appliance.storage.folder.scratch_folder import scratch_folder
from appliance.storage.foreign_database import DatabaseUnreadable, look_at
from appliance.storage.tables import audit

logger = logging.getLogger(__name__)

# What brings this schema along seals every backup: an unsealed one that has seen it was made of a sealed one's content.
FIRST_SEALED_STEP = 11
# A backup's database lies there while it is looked at. It is encrypted, unless the backup is unsealed, or is of a time
# at which the database itself was not encrypted yet.
SCRATCH = ".verify-"
NOT_SEALED = (
    "is of before backups were sealed: by its own checksums it is whole, but nobody can tell whether it was changed"
)


class VerificationState(StrEnum):
    """`unverified`: it is whole, but of before backups were sealed; `failed`: it could not be looked at."""

    RUNNING = "running"
    WHOLE = "whole"
    UNVERIFIED = "unverified"
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


@dataclass(frozen=True, slots=True)
class Verified:
    """What a backup holds, and whether it is proven that nobody has changed it."""

    manifest: Manifest
    authenticated: bool
    resumed: bool = False  # after one that was cut off


class NoRoom(ApplianceError):
    """The disk has no room to unpack the backup's database."""


class BackupVerifications:
    """The use case; what was found is known in memory only.

    `path_of` finds a finished backup, or raises NotFound, Conflict or Unavailable.
    `recovery_key` is asked for this appliance's own, with which its backups are sealed; it raises ConfigurationError.
    """

    def __init__(
        self,
        database: Database,
        path_of: Callable[[str], Awaitable[Path]],
        recovery_key: Callable[[], str],
        floor_bytes: int,
        now: Clock,
    ) -> None:
        self._database = database
        self._path_of = path_of
        self._recovery_key = recovery_key
        self._floor_bytes = floor_bytes
        self._now = now
        self._known: dict[str, Verification] = {}
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def of(self, name: str) -> Verification | None:
        """What the last look at this backup found, or None when nobody has looked since the api started."""
        return self._known.get(name)

    async def start(self, actor: Actor, name: str) -> Verification:
        """Begin to read a backup; one that is being read is not begun again. Raises as `path_of` does."""
        path = await self._path_of(name)
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
                seen = await in_thread_of_its_own("backup verification", partial(self._read, path))
            found = replace(found, state=VerificationState.WHOLE, progress=1.0, calls=seen.manifest.calls)
            if not seen.authenticated:
                found = replace(found, state=VerificationState.UNVERIFIED, problem=f"{path.name} {NOT_SEALED}")
        except WrongRecoveryKey:
            logger.warning("backup %s is sealed under another recovery key than this appliance's", path.name)
            problem = f"{path.name} is sealed under another recovery key than this appliance's"
            found = replace(found, state=VerificationState.DAMAGED, problem=problem)
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

    def _read(self, path: Path) -> Verified:
        def progress(share: float) -> None:
            self._known[path.name] = replace(self._known[path.name], progress=share)

        return verify(path, self._recovery_key(), progress, unpack_in=path.parent, floor_bytes=self._floor_bytes)

    async def _note(self, actor: Actor, action: Action, name: str) -> None:
        line = AuditLine(self._now(), actor, action, Subject(SubjectKind.BACKUP, name))
        await self._database.write(lambda tx: audit.add(tx, line))


def verify(
    path: Path,
    recovery_key: str,
    progress: Callable[[float], None] = lambda _share: None,
    *,
    unpack_in: Path | None = None,
    floor_bytes: int = 0,
    keep_place: bool = False,
    resume: bool = False,
) -> Verified:
    """Read a backup whole and check that its database opens.

    `unpack_in`: a folder that no other user can write to; else it is unpacked among the temporary files.
    `keep_place`: it is kept beside the file how far it is; with `resume` one that was cut off goes on from there.

    Raises WrongRecoveryKey, BackupUnusable, and NoRoom to unpack it.
    """
    with (
        open_backup(path, recovery_key) as reader,
        scratch_folder(SCRATCH, unpack_in) as folder,
    ):
        unpacked = _need_room(reader, folder, floor_bytes)
        read = _Share(sum(file.bytes for file in reader.manifest.files.values()) + unpacked, progress)
        resumed = reader.verify(read, keep_place=keep_place, resume=resume)
        copy = folder / DATABASE
        extract_database(path, reader, copy, read)
        return Verified(reader.manifest, reader.authenticated, resumed)


def _need_room(reader: BackupReader, folder: Path, floor_bytes: int = 0) -> int:
    """How many bytes its database takes; raises NoRoom."""
    unpacked = reader.manifest.files[DATABASE].bytes
    if shutil.disk_usage(folder).free < unpacked + floor_bytes:
        raise NoRoom(f"the disk has no room to unpack its database of {unpacked} bytes")
    return unpacked


def extract_database(path: Path, reader: BackupReader, target: Path, read: Read = read_nothing) -> DatabaseKey | None:
    """Write the database out of a backup, and see that it is one of ours before it is used; returns its key, if any.

    Raises BackupUnusable, and NoRoom to unpack it.
    """
    _need_room(reader, target.parent)
    reader.extract(DATABASE, target, read)
    given = reader.secrets().database_key if reader.authenticated else None
    key = None if given is None else of_file(DatabaseKey.of_text(given), target)
    try:
        looked = look_at(target, key)
    except DatabaseUnreadable as error:
        raise BackupUnusable(f"{path} is damaged: its {DATABASE} does not open") from error
    except ForeignCatalogue as error:
        raise BackupUnusable(str(error).replace(str(target), f"{path}: its {DATABASE}")) from error
    if not reader.authenticated and FIRST_SEALED_STEP in looked.steps:
        raise BackupUnusable(f"{path} was changed: no vBot that wrote this database left a backup unsealed")
    if looked.calls != reader.manifest.calls:
        raise BackupUnusable(
            f"{path} holds {counted(looked.calls, 'call', 'calls')} instead of {reader.manifest.calls}"
        )
    return key


class _Share:
    """Turns bytes that were read into a share of all that are to be read."""

    def __init__(self, total: int, progress: Callable[[float], None]) -> None:
        self._total = total
        self._progress = progress
        self._done = 0

    def __call__(self, count: int) -> None:
        self._done += count
        self._progress(self._done / self._total)
