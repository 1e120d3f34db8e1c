"""A backup as a data folder that the version which wrote its database opens: the way back before a migration.

An older program reads no sealed backup, no encrypted recording and no encrypted database. So everything is written as
every version reads it.
Nothing of the data folder is changed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.errors import ConfigurationError
from appliance.services.upkeep.backup_verification import extract_database
from appliance.storage import erasure
from appliance.storage.attached_database import copy_into
from appliance.storage.database import Connection, opened_as_it_is
from appliance.storage.database_keys import DatabaseKeys, KeyUnreadable
from appliance.storage.file_format.damage import DatabaseDamaged
from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.folder.backup_file import open_backup
from appliance.storage.folder.backup_manifest import DATABASE, RECORDINGS, BackupReader
from appliance.storage.folder.data_folder import DataFolder, write_private
from appliance.storage.folder.keys import Keys, seal_recovery_key_for_all_versions
from appliance.storage.folder.recording_file import open_recording
from appliance.storage.opening import locked

_COPY_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was written; `version` is that of the program that made the backup, which need not be the older one."""

    calls: int
    created_at: datetime
    version: str
    erased_again: int
    missing_recordings: int
    authenticated: bool
    erasures_unknown: bool  # what was erased since: the present database does not open


def unpack(current: DataFolder, backup: Path, recovery_key: str, target: DataFolder) -> Unpacked:
    """Write the backup into a folder that is new or empty, with the recordings that the present data folder still has.

    Calls that were erased since are erased in it, too. Raises ConfigurationError, BackupUnusable, WrongRecoveryKey.
    """
    with open_backup(backup, recovery_key) as reader:
        secrets = reader.secrets()
        reader.verify()
        keys = Keys(bytes.fromhex(secrets.master_key.strip()))
        erased = _erasures(current, keys)
        try:
            _need_empty(target)
            target.create()
            work = target.root / f"unpacking-{DATABASE}"
            _write_plain(work, extract_database(backup, reader, work), target.database)
            recordings, erased_again = _bring_up_to_date(target, erased or {})
            missing = _write_recordings(reader, current, target, keys, recordings)
            write_private(target.certificate_key, secrets.certificate_key.encode())
            write_private(target.certificate, secrets.certificate.encode())
            write_private(target.recovery_key, seal_recovery_key_for_all_versions(secrets.recovery_key, keys))
            write_private(target.master_key, secrets.master_key.encode())  # last: it says that the folder is whole
        except OSError as error:
            raise ConfigurationError(f"cannot unpack to {target.root}: {error.strerror or error}") from error
        manifest = reader.manifest
        return Unpacked(
            manifest.calls,
            manifest.created_at,
            manifest.version,
            erased_again,
            missing,
            reader.authenticated,
            erased is None,
        )


def _need_empty(target: DataFolder) -> None:
    if target.root.exists() and any(target.root.iterdir()):
        raise ConfigurationError(f"{target.root} is not empty")


def _write_plain(extracted: Path, key: DatabaseKey | None, target: Path) -> None:
    if key is None:
        extracted.rename(target)
        return
    with contextlib.closing(locked(extracted, beside=[target], key=key)) as connection:
        copy_into(connection, target)
    extracted.unlink()


def _erasures(current: DataFolder, keys: Keys) -> dict[str, datetime] | None:
    """What was erased on demand, as the present database knows it; it is to be in nobody's hands.

    None where it does not open: then a backup is needed most.
    """
    if not current.database.is_file():
        return {}
    try:
        with opened_as_it_is(current.database, keys=DatabaseKeys(keys)) as database:
            return database.write_blocking(erasure.erasures)
    except (DatabaseDamaged, KeyUnreadable):
        return None


def _bring_up_to_date(target: DataFolder, erased: Mapping[str, datetime]) -> tuple[dict[str, int], int]:
    """Repeat the erasures made since, in a database of whatever schema; the recordings by their names, and how many."""

    def work(tx: Connection) -> tuple[dict[str, int], int]:
        known = {call_id for (call_id,) in tx.execute("SELECT call_id FROM call").fetchall()}
        again = sorted(known & set(erased))
        for call_id in again:
            erasure.erase_call(tx, call_id, erased[call_id])
        rows = tx.execute("SELECT file, bytes FROM recording WHERE erased_at IS NULL").fetchall()
        return dict(rows), len(again)

    with opened_as_it_is(target.database) as database:
        found = database.write_blocking(work)
    target.database.chmod(0o600)
    return found


def _write_recordings(
    reader: BackupReader, current: DataFolder, target: DataFolder, keys: Keys, recordings: Mapping[str, int]
) -> int:
    """Each as it came; how many were nowhere to be found."""
    inside = {path.as_posix() for path in reader.recordings()}
    missing = 0
    for name, size in recordings.items():
        source, extracted = current.recordings / name, target.incoming / "recording"
        if not source.is_file() and name in inside:
            reader.extract(f"{RECORDINGS}/{name}", extracted)
            source = extracted
        if source.is_file():
            _write_as_it_came(source, keys, size, target.recordings / name)
        else:
            missing += 1
        extracted.unlink(missing_ok=True)
    return missing


def _write_as_it_came(source: Path, keys: Keys, size: int, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, open_recording(source, keys, size) as recording:
        shutil.copyfileobj(recording, file, _COPY_BYTES)
