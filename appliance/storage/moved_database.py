"""A database that a restore moves aside: at every moment it is found with its log and its keys, or is brought to them.

Without its log its last commits would be lost without a word, and without its keys all of it.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.file_format.damage import log_of
from appliance.storage.folder.data_folder import DataFolder, sync_file, sync_folder


def move_database(folder: DataFolder, aside: Path, keys: DatabaseKeys) -> None:
    """Move it and its log; its keys are in both places then."""
    moved = aside / folder.database.name
    keys.keep_beside(folder.database, moved)
    log = log_of(folder.database)
    if log.exists():
        link_or_copy(log, log_of(moved))
        sync_file(log_of(moved))
    sync_folder(aside)
    if folder.database.exists():
        folder.database.rename(moved)
        sync_folder(aside)
    log.unlink(missing_ok=True)


def reunite(folder: DataFolder, asides: Sequence[Path], keys: DatabaseKeys) -> None:
    """Bring together what a restore that was killed while it moved the database has left in two places."""
    for aside in asides[-1:]:
        places = [folder.database, aside / folder.database.name]
        there = [path for path in places if path.is_file()]
        if len(there) == 1:
            (database,) = there
            (other,) = (path for path in places if path != database)
            keys.keep_beside(other, database)
            _bring_log(log_of(other), log_of(database))


def _bring_log(found: Path, wanted: Path) -> None:
    if not found.exists():
        return
    if not wanted.exists():
        found.rename(wanted)
    elif filecmp.cmp(found, wanted, shallow=False):
        found.unlink()  # the same, linked before the database was moved


def link_or_copy(source: Path, target: Path) -> None:
    """Have a file in another place, too."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
