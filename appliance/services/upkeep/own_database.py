"""The database of a data folder, opened by who owns it: it belongs to the keys, and before a migration is backed up."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from datetime import datetime

from appliance.domain.actor import VBOT
from appliance.domain.clock import Clock, utc_now
from appliance.errors import ApplianceError, ConfigurationError, PermanentFailure
from appliance.services.upkeep.backups import backup_name, make_backup, note_backup
from appliance.services.upkeep.bound_seals import bind_seals
from appliance.storage.database import Database
from appliance.storage.database_keys import DatabaseKeys, KeyUnreadable
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import RESTORE_SECRETS, Keys, recovery_key_of
from appliance.storage.migrations import Migration
from appliance.storage.opening import written_anew
from appliance.storage.tables import customers

logger = logging.getLogger(__name__)


def open_own_database(folder: DataFolder, keys: Keys, now: Clock = utc_now) -> Database:
    """As `Database.open`; a file of an older program is not touched before a backup of it is made."""
    before = _BackupBefore(folder, keys, now())
    beside = [folder.backups, written_anew(folder.database)]
    try:
        database = Database.open(folder.database, before, existing=True, beside=beside, keys=DatabaseKeys(keys))
    except KeyUnreadable as error:
        raise _whose_key(folder, keys, error) from error
    try:
        _check_keys(database, folder, keys)
        bind_seals(database, folder, keys)
        if before.made is not None:
            note_backup(database, before.made, before.at, VBOT)
    except BaseException:
        database.close()
        raise
    return database


@contextlib.contextmanager
def opened_own_database(folder: DataFolder, keys: Keys) -> Iterator[Database]:
    """The same, for as long as a command needs it."""
    database = open_own_database(folder, keys)
    try:
        yield database
    finally:
        database.close()


def _whose_key(folder: DataFolder, keys: Keys, error: KeyUnreadable) -> PermanentFailure:
    """The database's key is damaged; or the master key, if it does not open its other secret either."""
    try:
        recovery_key_of(folder, keys)
    except ConfigurationError:
        return _damaged_master_key(folder)
    return error


def _damaged_master_key(folder: DataFolder) -> PermanentFailure:
    key = folder.given_master_key or folder.master_key
    return PermanentFailure(f"{key} is damaged, or of another data folder: {RESTORE_SECRETS}")


def _check_keys(database: Database, folder: DataFolder, keys: Keys) -> None:
    """A master key with a flipped bit is a key like any other: every credential would be unknown, without a word."""
    try:
        recovery_key_of(folder, keys)
    except PermanentFailure as error:
        sealed = database.write_blocking(customers.a_sealed_secret)
        if sealed is None:
            raise
        if not keys.has_sealed(sealed):
            raise _damaged_master_key(folder) from error
        logger.error("no backup can be made: %s", error)  # noqa: TRY400 - the operator's, not ours
    except ConfigurationError as error:
        logger.error("no backup can be made: %s", error)  # noqa: TRY400


class _BackupBefore:
    """Makes the backup; `made` is its name then."""

    def __init__(self, folder: DataFolder, keys: Keys, at: datetime) -> None:
        self._folder = folder
        self._keys = keys
        self.at = at
        self.made: str | None = None

    def __call__(self, database: Database, first: Migration) -> str:
        name = backup_name(self._folder, self.at, taken=(), before_step=first.number)
        target = self._folder.backups / name
        try:
            make_backup(database, self._folder, self._keys, target, self.at)
        except ApplianceError as error:
            raise PermanentFailure(
                f"the database is not migrated to step {first.number:04d} ({first.name}), because the backup before "
                f"that cannot be made: {error}; nothing was changed, the old program still runs on it"
            ) from error
        self.made = name
        return f"a backup from before is {target}"
