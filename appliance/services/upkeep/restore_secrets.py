"""Bring back keys and certificate alone from a backup: they never change, so any backup of the folder has them.

The database stays, and with it everything that was accepted since the backup.
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path

from appliance.domain.actor import OWNER
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind
from appliance.domain.clock import utc_now
from appliance.errors import ConfigurationError
from appliance.services.upkeep.own_database import opened_own_database
from appliance.storage.database import opened_as_it_is
from appliance.storage.database_keys import DatabaseKeys, KeyUnreadable
from appliance.storage.file_format.damage import DatabaseDamaged
from appliance.storage.folder.backup_file import open_backup
from appliance.storage.folder.backup_manifest import Secrets
from appliance.storage.folder.data_folder import DataFolder, write_private
from appliance.storage.folder.keys import Keys, recovery_key_of, seal_recovery_key
from appliance.storage.tables import audit, customers

ASIDE = "before-restore-"


def restore_secrets(
    folder: DataFolder, backup: Path, recovery_key: str, *, key_is_credential: bool = False
) -> tuple[datetime, Path]:
    """Restore; returns of when the backup is, and where the old files are.

    A master key that is a credential of systemd's stays out of the folder, where an empty file says so.
    Raises before it touches anything when the backup, the key or the folder's state forbids it.
    """
    with open_backup(backup, recovery_key) as reader:
        secrets = reader.secrets()
        reader.verify()
        created_at = reader.manifest.created_at
    keys = Keys(bytes.fromhex(secrets.master_key.strip()))
    _check_that_they_belong_here(folder, backup, keys)
    try:
        aside = _replace(folder, secrets, keys, without_key=key_is_credential)
    except OSError as error:
        raise ConfigurationError(f"cannot restore {folder.root}: {error.strerror or error}") from error
    # A damage is reported when the database is needed, and the credential is given to the service alone.
    with contextlib.suppress(DatabaseDamaged, KeyUnreadable):
        _note(folder, backup, keys)
    return created_at, aside


def _check_that_they_belong_here(folder: DataFolder, backup: Path, keys: Keys) -> None:
    """What the database holds was sealed under the key that is to come; a damaged one tells nothing."""
    sealed, of_another = None, ConfigurationError(f"{backup} is a backup of another data folder")
    own = DatabaseKeys(keys)
    try:
        with contextlib.suppress(DatabaseDamaged), opened_as_it_is(folder.database, keys=own) as database:
            sealed = database.write_blocking(customers.a_sealed_secret)
    except KeyUnreadable as error:
        # The database's own key may be gone as well: then the recovery key tells whose the master key is.
        if not _is_sealed_with(folder, keys):
            raise of_another from error
    if sealed is not None and not keys.has_sealed(sealed):
        raise of_another


def _is_sealed_with(folder: DataFolder, keys: Keys) -> bool:
    try:
        recovery_key_of(folder, keys)
    except ConfigurationError:
        return False
    return True


def _note(folder: DataFolder, backup: Path, keys: Keys) -> None:
    done: Fields = {"backup": backup.name, "secrets_only": True}
    line = AuditLine(utc_now(), OWNER, Action.RESTORED, Subject(SubjectKind.APPLIANCE), after=done)
    with opened_own_database(folder, keys) as database:
        database.write_blocking(lambda tx: audit.add(tx, line))


def _replace(folder: DataFolder, secrets: Secrets, keys: Keys, *, without_key: bool) -> Path:
    """Each old file is moved aside before the new one is in its place."""
    aside = folder.root / f"{ASIDE}{utc_now():%Y%m%dT%H%M%S%fZ}"
    contents = {
        folder.certificate_key: secrets.certificate_key.encode(),
        folder.certificate: secrets.certificate.encode(),
        folder.recovery_key: seal_recovery_key(secrets.recovery_key, keys),
        folder.master_key: secrets.master_key.encode(),
    }
    if without_key:
        contents[folder.master_key] = b""
    for path, content in contents.items():
        for needed in (aside, aside / path.parent.name, path.parent):
            needed.mkdir(mode=0o700, exist_ok=True)
        if os.path.lexists(path):
            path.rename(aside / path.parent.name / path.name)
        write_private(path, content)
    return aside
