"""Bring a data folder back from a backup. The old content is moved aside inside the folder, never deleted.

Everything happens below the data folder, because its owner may write nowhere else. A mark tells of a restore that was
interrupted: nothing else starts on the folder until it is run again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from appliance.domain.actor import OWNER
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind
from appliance.domain.clock import utc_now
from appliance.errors import ConfigurationError
from appliance.services.upkeep.backup_verification import extract_database
from appliance.storage import audit_chain, erasure
from appliance.storage.database import Connection, opened_as_it_is, opened_database
from appliance.storage.database_keys import DatabaseKeys, KeyUnreadable
from appliance.storage.erasure import erase_call
from appliance.storage.file_format.damage import DatabaseDamaged
from appliance.storage.folder.backup_file import open_backup
from appliance.storage.folder.backup_manifest import DATABASE, RECORDINGS, BackupReader, Secrets
from appliance.storage.folder.data_folder import DataFolder, write_private
from appliance.storage.folder.keys import Keys, read_master_key, seal_recovery_key
from appliance.storage.opening import is_in_use
from appliance.storage.repair.mending import NothingToSave, mend
from appliance.storage.tables import audit, calls, stored_recordings

ASIDE = "before-restore-"
# What is not moved aside: it belongs to the folder, not to a state of it.
_STAYS = ("backups", "lost+found", "run")
SCRATCH = "restoring-"
_STAYING = (ASIDE, SCRATCH, "before-repair-")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did; `authenticated`: it is proven that nobody had changed the backup."""

    calls: int
    created_at: datetime
    erased_again: int
    unknown_recordings: int
    missing_recordings: int
    aside: Path | None
    authenticated: bool
    unreadable: tuple[Path, ...] = ()


def restore(folder: DataFolder, backup: Path, recovery_key: str) -> Restored:
    """Restore; raises before it touches anything when the backup, the key or the folder's state forbids it."""
    with open_backup(backup, recovery_key) as reader:
        secrets = reader.secrets()
        reader.verify()
        is_new = not folder.root.exists()
        try:
            folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder.root) as scratch:
                database = Path(scratch) / DATABASE
                key = extract_database(backup, reader, database)
                keys = DatabaseKeys(_restored_keys(secrets), *_old_keys(folder))
                if key is not None:
                    keys.keep(database, key)
                old = _old_states(folder, Path(scratch), keys)
                return _replace(folder, reader, backup, secrets, database, old, keys)
        except OSError as error:
            raise ConfigurationError(f"cannot restore {folder.root}: {error.strerror or error}") from error
        finally:
            with contextlib.suppress(OSError):
                if is_new:
                    folder.root.rmdir()  # nothing is in it where nothing was restored


def _restored_keys(secrets: Secrets) -> Keys:
    return Keys(bytes.fromhex(secrets.master_key.strip()))


def _old_keys(folder: DataFolder) -> list[Keys]:
    """Of the states that are there: they open their databases, if the backup is not one of theirs."""
    places = [DataFolder(place).master_key for place in (folder.root, *_asides(folder))]
    found = []
    for place in filter(None, (folder.given_master_key, *places)):
        with contextlib.suppress(ConfigurationError):
            found.append(Keys(read_master_key(place)))
    return found


def _replace(
    folder: DataFolder,
    reader: BackupReader,
    backup: Path,
    secrets: Secrets,
    database: Path,
    old: _OldStates,
    database_keys: DatabaseKeys,
) -> Restored:
    write_private(folder.restore_mark, b"a restore is under way; run `vbot restore` again if it was interrupted\n")
    aside = _move_aside(folder)
    folder.create(restoring=True)
    database_keys.keep_beside(database, folder.database)
    database.rename(folder.database)
    erased_again, needed = _bring_up_to_date(folder, old, backup, database_keys)
    unknown, missing = _bring_recordings(folder, reader, needed)
    write_private(folder.certificate_key, secrets.certificate_key.encode())
    write_private(folder.certificate, secrets.certificate.encode())
    write_private(folder.recovery_key, seal_recovery_key(secrets.recovery_key, _restored_keys(secrets)))
    write_private(folder.master_key, secrets.master_key.encode())
    folder.restore_mark.unlink()
    manifest, unreadable = reader.manifest, tuple(old.unreadable)
    return Restored(
        manifest.calls,
        manifest.created_at,
        erased_again,
        unknown,
        missing,
        aside,
        reader.authenticated,
        unreadable,
    )


@dataclass(slots=True)
class _OldStates:
    """What must outlive a restore, of the state that is there now and of those that interrupted ones moved aside."""

    erased: dict[str, datetime] = field(default_factory=dict)
    mended: list[Path] = field(default_factory=list)
    damaged: set[int] = field(default_factory=set)  # files by their number: they are moved meanwhile
    unreadable: list[Path] = field(default_factory=list)


def _old_states(folder: DataFolder, scratch: Path, keys: DatabaseKeys) -> _OldStates:
    """Read them; of a damaged one what can be read, for which it is mended beside the data folder's files.

    Opening the database is also the proof that no appliance runs on the folder.
    """
    old = _OldStates()
    for number, path in enumerate((folder.database, *(aside / folder.database.name for aside in _asides(folder)))):
        if not path.is_file():
            continue
        try:
            old.erased |= _erasures_in(path, keys)
        except (DatabaseDamaged, KeyUnreadable):
            if is_in_use(path):
                raise ConfigurationError(f"{path} is in use by another process") from None
            old.damaged.add(path.stat().st_ino)
            (scratch / str(number)).mkdir()
            try:
                mended = mend(path, scratch / str(number), keys).file
                old.erased |= _erasures_in(mended, keys)
                old.mended.append(mended)
            except (NothingToSave, DatabaseDamaged, KeyUnreadable):
                old.unreadable.append(path)
    return old


def _erasures_in(path: Path, keys: DatabaseKeys) -> dict[str, datetime]:
    """What was erased on demand; the audit, which is read later, is seen to be readable."""

    def look(tx: Connection) -> dict[str, datetime]:
        audit.read_all(tx)
        return erasure.erasures(tx)

    with opened_as_it_is(path, keys=keys) as database:
        return database.write_blocking(look)


def _asides(folder: DataFolder) -> list[Path]:
    return sorted(path for path in folder.root.glob(f"{ASIDE}*") if path.is_dir()) if folder.root.is_dir() else []


def _move_aside(folder: DataFolder) -> Path | None:
    entries = [
        path
        for path in folder.root.iterdir()
        if path.name not in (*_STAYS, folder.restore_mark.name) and not path.name.startswith(_STAYING)
    ]
    if not entries:
        return None
    aside = folder.root / f"{ASIDE}{utc_now():%Y%m%dT%H%M%S%fZ}"
    aside.mkdir(mode=0o700)
    for path in entries:
        path.rename(aside / path.name)
    return aside


def _bring_up_to_date(folder: DataFolder, old: _OldStates, backup: Path, keys: DatabaseKeys) -> tuple[int, set[str]]:
    """Repeat the erasures made since the backup and keep the audit's lines; how many, and which recordings are needed.

    A line of the audit outlives every restore: those that the states moved aside hold are taken over.
    """

    states = [aside / folder.database.name for aside in _asides(folder)] + old.mended
    # Their keys are looked for before any is attached: looking lets go of locks that this process has on the file.
    readable = {path: keys.of(path) for path in states if path.is_file() and path.stat().st_ino not in old.damaged}

    def erase(tx: Connection) -> tuple[int, set[str]]:
        again = {call_id: at for call_id, at in old.erased.items() if calls.get(tx, call_id) is not None}
        for call_id, at in again.items():
            erase_call(tx, call_id, at)
        erasure.keep_erasures(tx, old.erased)
        taken = [audit.add_from(tx, path, key) for path, key in readable.items()]
        done: Fields = {"backup": backup.name, "erased_again": len(again), **_audit_facts(taken)}
        audit.add(tx, AuditLine(utc_now(), OWNER, Action.RESTORED, Subject(SubjectKind.APPLIANCE), after=done))
        return len(again), stored_recordings.files(tx)

    with opened_database(folder.database, beside=readable, keys=keys) as database:
        outcome = database.write_blocking(erase)
    folder.database.chmod(0o600)
    return outcome


def _audit_facts(taken: Sequence[audit.TakenOver]) -> Fields:
    """Where the audits that were there ended, and what of them was not as it was written: taking over mends nothing."""
    heads = [one.head for one in taken if one.head is not None]
    broken = [one.broken for one in taken if one.broken is not None]
    facts: dict[str, list[str]] = {}
    if heads:
        facts[audit_chain.HEADS] = heads
    if broken:
        facts["audit_broken_at"] = broken
    return facts


def _bring_recordings(folder: DataFolder, reader: BackupReader, needed: set[str]) -> tuple[int, int]:
    """Link or copy what the calls need from the old content or the backup; what nobody knows goes to lost+found."""
    old = {
        path.relative_to(recordings).as_posix(): path
        for recordings in (aside / folder.recordings.name for aside in _asides(folder))
        for path in recordings.rglob("*")
        if path.is_file()
    }
    for name in needed & set(old):
        _link_or_copy(old[name], folder.recordings / name)
    for path in reader.recordings():
        if path.as_posix() in needed - set(old):
            reader.extract(f"{RECORDINGS}/{path}", folder.recordings / path)
    unknown = set(old) - needed
    for name in unknown:
        target = folder.lost_and_found / name.replace("/", "-")
        if not target.exists():
            _link_or_copy(old[name], target)
    inside = {path.as_posix() for path in reader.recordings()}
    return len(unknown), len(needed - set(old) - inside)


def _link_or_copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
