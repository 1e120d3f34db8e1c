"""What the appliance's tests share: a data folder, its database and keys, and a clock that stands still."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recordings import RecordingStore
from tests.appliance.builders import KEYS, FakeClock
from tests.support.valkey import Valkey


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """An empty data folder."""
    folder = DataFolder(tmp_path / "data")
    folder.create()
    return folder


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with today's schema, made once: the steps cost more than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "vbot.duckdb"
    Database.open(path).close()
    return path


@pytest.fixture
def database(folder: DataFolder, migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A real database file of this test's own; copies of it may be written anywhere in the test's folder."""
    shutil.copyfile(migrated_file, folder.database)
    database = Database.open(folder.database, beside=[tmp_path])
    yield database
    database.close()


@pytest.fixture
def keys() -> Keys:
    return KEYS


@pytest.fixture
def recordings(folder: DataFolder) -> RecordingStore:
    return RecordingStore(folder.recordings, folder.incoming, KEYS)


@pytest.fixture
def valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """A real Valkey of this test's own: it may be killed.

    However busy the machine is, it is waited for: what our clients send again is done twice.
    """
    monkeypatch.setattr("appliance.queue.broker.SOCKET_TIMEOUT_SECONDS", 60.0)
    with Valkey(tmp_path / "queue") as running:
        yield running
