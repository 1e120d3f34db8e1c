"""The way back to the version before: what a migration's backup becomes is a data folder that this version opens."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from appliance.domain.clock import utc_now
from appliance.errors import ConfigurationError
from appliance.services.upkeep.own_database import opened_own_database
from appliance.services.upkeep.unpack_backup import unpack
from appliance.storage import erasure
from appliance.storage.database import Connection
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, recovery_key_of
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.schema import applied_steps
from appliance.storage.tables import stored_recordings

# Each makes and migrates a whole data folder.
pytestmark = pytest.mark.slow

BACKUPS = Path(__file__).parents[3] / "data" / "backups"
RECOVERY_KEY = (BACKUPS / "unsealed-0010.key").read_text(encoding="ascii").strip()
OLD_STEPS = set(range(1, 11))


@pytest.fixture
def old(tmp_path: Path) -> DataFolder:
    """A data folder of the schema 0010, as the version of that time left it."""
    backup, folder = tmp_path / "old.tar", DataFolder(tmp_path / "data")
    backup.write_bytes(gzip.decompress((BACKUPS / "unsealed-0010.tar.gz").read_bytes()))
    none = DataFolder(tmp_path / "none")
    assert unpack(none, backup, RECOVERY_KEY, folder).authenticated is False
    folder.create()
    folder.backups.mkdir(exist_ok=True)
    return folder


def migrated(folder: DataFolder) -> Path:
    """What the new program does first; the backup from before."""
    with opened_own_database(folder, Keys.of(folder)):
        pass
    (backup,) = folder.backups.glob("vbot-before-0011-*.tar")
    return backup


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_older_program_finds_its_schema_its_keys_and_its_recordings(old: DataFolder, tmp_path: Path) -> None:
    tables = "customer", "call", "recording", "delivery", "token", "audit"
    before = {name: rows(old.database, f"SELECT * FROM {name} ORDER BY ALL") for name in tables}
    plain = {path.name: path.read_bytes() for path in old.recordings.rglob("*") if path.is_file()}
    backup = migrated(old)
    store = RecordingStore(old.recordings, old.incoming, Keys.of(old))
    with opened_own_database(old, Keys.of(old)) as database:
        sizes = database.write_blocking(stored_recordings.sizes)
    assert len([name for name, size in sizes.items() if store.encrypt(name, size)]) == len(plain)

    done = unpack(old, backup, RECOVERY_KEY, DataFolder(tmp_path / "back"))

    back = DataFolder(tmp_path / "back")
    with duckdb.connect(str(back.database), read_only=True) as connection:
        assert applied_steps(connection) == OLD_STEPS
    assert {name: rows(back.database, f"SELECT * FROM {name} ORDER BY ALL") for name in tables} == before
    keys = Keys.of(back)
    assert recovery_key_of(back, keys) == RECOVERY_KEY
    assert keys._open(back.recovery_key.read_bytes(), None) == RECOVERY_KEY  # as the older program does
    kept = {path.name: path.read_bytes() for path in back.recordings.rglob("*") if path.is_file()}
    assert plain
    assert {name: plain[name].startswith(content) for name, content in kept.items()} == dict.fromkeys(plain, True)
    assert (done.missing_recordings, done.authenticated) == (len(sizes) - len(plain), True)
    assert all(path.stat().st_mode & 0o077 == 0 for path in back.root.rglob("*"))
    # And forward again.
    assert migrated(back).is_file()


def test_what_was_erased_since_is_not_in_the_older_programs_folder_either(old: DataFolder, tmp_path: Path) -> None:
    backup = migrated(old)
    (victim,) = rows(old.database, "SELECT min(call_id) FROM call")[0]
    assert isinstance(victim, str)

    def erase(tx: Connection) -> set[str]:
        files = {one.file for one in stored_recordings.of_call(tx, victim)}
        erasure.erase_call(tx, victim, utc_now())
        return files

    with opened_own_database(old, Keys.of(old)) as database:
        files = database.write_blocking(erase)

    done = unpack(old, backup, RECOVERY_KEY, DataFolder(tmp_path / "back"))

    back = DataFolder(tmp_path / "back")
    assert done.erased_again == 1
    assert rows(back.database, f"SELECT count(*) FROM call WHERE call_id = '{victim}'") == [(0,)]
    assert not any((back.recordings / name).exists() for name in files)


def test_nothing_is_written_where_something_is(old: DataFolder) -> None:
    backup = migrated(old)
    with pytest.raises(ConfigurationError, match="is not empty"):
        unpack(old, backup, RECOVERY_KEY, old)
