"""The file of an appliance's database, opened as a test needs it: with its key, where it is encrypted."""

from __future__ import annotations

from pathlib import Path

import duckdb

from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.opening import locked


def keys_beside(database: Path) -> DatabaseKeys:
    """What opens the database of a data folder, and of one that was moved aside with its secrets."""
    return DatabaseKeys(Keys.of(DataFolder(database.parent)))


def open_file(database: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """The file of a stopped appliance."""
    return locked(database, key=keys_beside(database).of(database), read_only=read_only)
