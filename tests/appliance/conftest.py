"""What the appliance's tests share: a data folder, its database and keys, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.keys import Keys
from appliance.storage.recordings import RecordingStore
from tests.appliance.builders import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """An empty data folder."""
    folder = DataFolder(tmp_path / "data")
    folder.create()
    return folder


@pytest.fixture
def database(folder: DataFolder) -> Iterator[Database]:
    """A real database file, migrated."""
    database = Database.open(folder.database)
    yield database
    database.close()


@pytest.fixture
def keys() -> Keys:
    return Keys(bytes(range(32)))


@pytest.fixture
def recordings(folder: DataFolder) -> RecordingStore:
    return RecordingStore(folder.recordings, folder.incoming)
