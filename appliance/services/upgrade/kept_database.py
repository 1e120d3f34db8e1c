"""The database as the old version left it: kept before a new version makes of it what the old one cannot open.

It is kept until the upgrade has ended: whoever is cut off on the way back may find that the new version, which starts
with the machine, has migrated what was put back already.

All of it is for the data folder's owner to do while no api runs. Each part may be cut off anywhere and done again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from appliance.domain.clock import utc_now
from appliance.errors import ApplianceError, ConfigurationError
from appliance.storage import erasure
from appliance.storage.database import Connection, opened_as_it_is
from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.file_format.damage import log_of
from appliance.storage.folder.data_folder import DataFolder, sync_file, sync_folder, write_private
from appliance.storage.folder.keys import Keys
from appliance.storage.moved_database import move_database
from appliance.storage.opening import connect, opened_as_found
from appliance.storage.schema import ADDITIVE, newer_steps, seen_steps

logger = logging.getLogger(__name__)

KEPT = "before-upgrade-"
ASIDE = "before-back-"
# What of it is to be put back, while it is copied.
BACK = ".back"
# Beside the copy, from where that was moved: the numbers of the steps that it has seen.
SEEN = "seen-steps.json"
_STAMP = "%Y%m%dT%H%M%SZ"


def steps_unknown_here(database: Path, keys: Keys) -> list[str]:
    """The names of the steps that the file has seen and this version does not know. Raises as opening it does."""
    with opened_as_found(database, DatabaseKeys(keys)) as connection:
        return list(newer_steps(connection).values())


def opens_here(unknown: list[str]) -> bool:
    """Whether this version opens a database that has seen these steps: they only add what it does not miss."""
    return all(name.startswith(ADDITIVE) for name in unknown)


def kept_folder(folder: DataFolder, at: datetime) -> Path:
    """Where the database of this upgrade is kept."""
    return folder.root / f"{KEPT}{at.astimezone(UTC).strftime(_STAMP)}"


def keep(folder: DataFolder, keys: Keys, kept: Path) -> None:
    """Copy the database with its log and its keys. The copy has its name last: what has it is whole."""
    begun = kept.with_name(f"{kept.name}.begun")
    for leftover in (begun, kept):
        shutil.rmtree(leftover, ignore_errors=True)
    begun.mkdir(mode=0o700)
    copy = begun / folder.database.name
    DatabaseKeys(keys).keep_beside(folder.database, copy)
    _copy_with_log(folder.database, copy)
    begun.rename(kept)
    sync_folder(folder.root)


def forget_kept(folder: DataFolder) -> None:
    """Remove what was kept, also of an upgrade that was cut off."""
    for kept in folder.root.glob(f"{KEPT}*"):
        shutil.rmtree(kept, ignore_errors=True)
    _begun_back(folder).unlink(missing_ok=True)


def put_back(folder: DataFolder, keys: Keys, kept: Path) -> Path | None:
    """Have the kept database in its place, and the newer one aside; where that is, or None where none was newer.

    What was erased on demand since is erased in it, too. Raises ApplianceError before anything was moved where the
    newer one cannot be read, or nothing whole was kept.
    """
    copy = kept / folder.database.name
    if folder.database.exists() and opens_here(_steps_since(copy, folder.database, keys)):
        return None
    if not copy.exists():
        raise ConfigurationError(f"the database of before the upgrade is not in {kept}")
    aside = _aside(folder)
    newer = folder.database if folder.database.exists() else aside / folder.database.name
    _erase_again(copy, newer, keys)
    back = _copied_for_back(folder, copy, keys)
    move_database(folder, aside, DatabaseKeys(keys))
    DatabaseKeys(keys).keep_beside(copy, folder.database)
    back.rename(folder.database)
    sync_folder(kept)
    sync_folder(folder.root)
    return aside


def _copied_for_back(folder: DataFolder, copy: Path, keys: Keys) -> Path:
    """The file to be renamed: another copy, so that this one can be put back again; itself where the disk is full."""
    back = _begun_back(folder)
    try:
        _copy_with_log(copy, back)
    except OSError as error:
        back.unlink(missing_ok=True)
        logger.warning("the kept database is moved, not copied: %s", error.strerror)
        with contextlib.suppress(OSError):
            write_private(copy.with_name(SEEN), msgspec.json.encode(sorted(_seen(copy, keys))))
        return copy
    return back


def _begun_back(folder: DataFolder) -> Path:
    return folder.database.with_name(f"{folder.database.name}{BACK}")


def _steps_since(copy: Path, database: Path, keys: Keys) -> list[str]:
    """What was done to the database since. Who asks may be the newer version itself, to which no step is unknown."""
    seen = copy.with_name(SEEN)
    if copy.exists():
        before = set(_seen(copy, keys))
    elif seen.exists():  # moved into its place
        before = set(msgspec.json.decode(seen.read_bytes(), type=list[int]))
    else:  # never whole, or moved when there was room for nothing
        return steps_unknown_here(database, keys)
    return [name for number, name in _seen(database, keys).items() if number not in before]


def _seen(database: Path, keys: Keys) -> dict[int, str]:
    with opened_as_found(database, DatabaseKeys(keys)) as connection:
        return seen_steps(connection)


def _aside(folder: DataFolder) -> Path:
    """Of a way back that was cut off the same folder again, so that nothing lies in two."""
    begun = sorted(folder.root.glob(f"{ASIDE}*"))
    if begun and not folder.database.exists():
        return begun[-1]
    aside = folder.root / f"{ASIDE}{utc_now():%Y%m%dT%H%M%S%fZ}"  # of its own, however soon one follows the other
    aside.mkdir(mode=0o700)
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
    if not newer.exists():
        return {}
    try:
        with opened_as_found(newer, DatabaseKeys(keys)) as connection:
            return erasure.erasures(connection)
    except (ApplianceError, KeyError) as error:  # it may keep them otherwise than we do
        logger.warning("what was erased since the upgrade is not known: %s", error)
        return {}
