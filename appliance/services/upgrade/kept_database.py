"""The database as the old version left it: kept before a new version makes of it what the old one cannot open.

All of it is for the data folder's owner to do while no api runs. Each part may be cut off anywhere and done again.
"""

from __future__ import annotations

import logging
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from appliance.domain.clock import utc_now
from appliance.errors import ApplianceError
from appliance.storage import erasure
from appliance.storage.database import Connection, opened_as_it_is
from appliance.storage.database_keys import DatabaseKeys, key_files
from appliance.storage.file_format.damage import log_of
from appliance.storage.folder.data_folder import DataFolder, sync_file, sync_folder
from appliance.storage.folder.keys import Keys
from appliance.storage.moved_database import move_database
from appliance.storage.opening import connect
from appliance.storage.schema import ADDITIVE, newer_steps

logger = logging.getLogger(__name__)

KEPT = "before-upgrade-"
ASIDE = "before-back-"
_STAMP = "%Y%m%dT%H%M%SZ"


def steps_unknown_here(database: Path, keys: Keys) -> list[str]:
    """The names of the steps that the file has seen and this version does not know. Raises as opening it does."""
    opened = connect(database, existing=True, keys=DatabaseKeys(keys))
    try:
        return list(newer_steps(opened.connection).values())
    finally:
        opened.connection.close()


def opens_here(unknown: list[str]) -> bool:
    """Whether this version opens a database that has seen these steps: they only add what it does not miss."""
    return all(name.startswith(ADDITIVE) for name in unknown)


def kept_folder(folder: DataFolder, at: datetime) -> Path:
    """Where the database of this upgrade is kept."""
    return folder.root / f"{KEPT}{at.astimezone(UTC).strftime(_STAMP)}"


def keep(folder: DataFolder, keys: Keys, kept: Path) -> None:
    """Copy the database with its log and its keys; what a copy that was cut off has left is replaced."""
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(mode=0o700)
    copy = kept / folder.database.name
    DatabaseKeys(keys).keep_beside(folder.database, copy)
    _copy_with_log(folder.database, copy)


def put_back(folder: DataFolder, keys: Keys, kept: Path) -> Path | None:
    """Have the kept database in its place, and the newer one aside; where that is, or None where none was newer.

    What was erased on demand since is erased in it, too.
    """
    if _is_ours(folder.database, keys):
        return None
    copy = kept / folder.database.name
    aside = _aside(folder)
    move_database(folder, aside, DatabaseKeys(keys))
    DatabaseKeys(keys).keep_beside(copy, folder.database)
    staged = folder.database.with_name(f"{folder.database.name}.back")
    DatabaseKeys(keys).keep_beside(copy, staged)
    _copy_with_log(copy, staged)
    _erase_again(staged, aside / folder.database.name, keys)
    staged.rename(folder.database)
    sync_folder(folder.root)
    for leftover in key_files(staged):
        leftover.unlink(missing_ok=True)
    return aside


def _is_ours(database: Path, keys: Keys) -> bool:
    if not database.exists():
        return False
    try:
        return opens_here(steps_unknown_here(database, keys))
    except ApplianceError:
        return False


def _aside(folder: DataFolder) -> Path:
    """Of a way back that was cut off the same folder again, so that nothing lies in two."""
    begun = sorted(folder.root.glob(f"{ASIDE}*"))
    if begun and not folder.database.exists():
        return begun[-1]
    aside = folder.root / f"{ASIDE}{utc_now().strftime(_STAMP)}"
    aside.mkdir(mode=0o700, exist_ok=True)
    return aside


def _copy_with_log(source: Path, target: Path) -> None:
    log_of(target).unlink(missing_ok=True)
    for one, other in ((log_of(source), log_of(target)), (source, target)):
        if one.exists():
            shutil.copyfile(one, other)
            os.chmod(other, 0o600)  # noqa: PTH101 - as shutil's
            sync_file(other)
    sync_folder(target.parent)


def _erase_again(database: Path, newer: Path, keys: Keys) -> None:
    """What the newer database, as far as this version can read it, knows as erased. Leaves the file without a log."""
    erased = _erasures(newer, keys)

    def work(tx: Connection) -> None:
        known = set(erasure.erasures(tx))
        for call_id, at in erased.items():
            if call_id not in known:
                erasure.erase_call(tx, call_id, at)

    with opened_as_it_is(database, keys=DatabaseKeys(keys)) as opened:
        opened.write_blocking(work)
    connection = connect(database, existing=True, keys=DatabaseKeys(keys)).connection
    connection.execute("FORCE CHECKPOINT")
    connection.close()


def _erasures(newer: Path, keys: Keys) -> dict[str, datetime]:
    try:
        connection = connect(newer, existing=True, keys=DatabaseKeys(keys)).connection
    except ApplianceError as error:
        logger.warning("what was erased since the upgrade is not known: %s", error)
        return {}
    try:
        return erasure.erasures(connection)
    finally:
        connection.close()
