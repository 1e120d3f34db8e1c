"""A database of an older program: a backup of it comes before all, and a step that fails changes nothing."""

from __future__ import annotations

import contextlib
import gzip
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from appliance.domain.actor import VBOT
from appliance.domain.audit import Action
from appliance.domain.customer import customer_cell
from appliance.errors import NO_RESTART_EXIT_CODE, ApplianceError, PermanentFailure
from appliance.services.access.certificate import create_certificate
from appliance.services.upkeep.backup_verification import verify
from appliance.services.upkeep.backups import Backups, BackupSchedule, existing_backups, make_backup
from appliance.services.upkeep.first_boot import initialise
from appliance.services.upkeep.own_database import open_own_database, opened_own_database
from appliance.services.upkeep.restore import restore
from appliance.storage import schema
from appliance.storage.database import Connection, opened_database
from appliance.storage.folder.backup_file import open_backup
from appliance.storage.folder.backup_manifest import DATABASE
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, recovery_key_of, seal_recovery_key
from appliance.storage.migrations import Migration, all_migrations
from appliance.storage.schema import MigrationFailed
from appliance.storage.tables import customers
from tests.appliance.audited import lines
from tests.appliance.builders import NOON, FakeClock, a_customer
from tests.support.cases import long_but
from tests.support.file_faults import flip
from tests.support.own_records import own_messages

# Each makes and migrates a whole data folder.
pytestmark = pytest.mark.slow

RECOVERY_KEY = "AAAA-BBBB-CCCC-DDDD"
SCHEMAS = Path(__file__).parents[3] / "data" / "schemas"
KNOWN = all_migrations()
NEW = Migration(KNOWN[-1].number + 1, "colour", "ALTER TABLE fact ADD COLUMN colour VARCHAR")
BROKEN = Migration(
    KNOWN[-1].number + 2, "broken", "ALTER TABLE fact ADD COLUMN size INTEGER; SELECT * FROM no_such_table"
)
BACKUP = f"vbot-before-{NEW.number:04d}-20261124T120000Z.tar"


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Migration]:
    """The steps that this program knows; what a test adds, the old program does not know."""
    steps = list(KNOWN)
    monkeypatch.setattr(schema, "all_migrations", lambda: steps)
    return steps


@pytest.fixture
def old(folder: DataFolder, keys: Keys) -> DataFolder:
    """A data folder that today's program, which is the old one here, has worked on."""
    folder.master_key.write_text(bytes(range(32)).hex())
    folder.recovery_key.write_bytes(seal_recovery_key(RECOVERY_KEY, keys))
    create_certificate(folder.certificate, folder.certificate_key, NOON)
    folder.database.write_bytes(gzip.decompress((SCHEMAS / f"{KNOWN[-1].number:04d}.duckdb.gz").read_bytes()))
    return folder


def old_program_works(folder: DataFolder, steps: list[Migration]) -> None:
    """Without the new steps it opens the database and writes into it."""
    added, steps[:] = steps[len(KNOWN) :], KNOWN
    with opened_database(folder.database, existing=True) as database:
        database.write_blocking(lambda tx: tx.execute("INSERT INTO fact VALUES ('from', 'the old program')"))
        assert database.write_blocking(lambda tx: tx.execute("SELECT count(*) FROM call").fetchone()) == (2,)
        database.write_blocking(lambda tx: tx.execute("DELETE FROM fact WHERE name = 'from'"))
    steps += added


def columns(folder: DataFolder) -> list[str]:
    with duckdb.connect(str(folder.database)) as connection:
        found = connection.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = 'fact'").fetchall()
    return [name for (name,) in found]


def test_a_backup_is_made_before_the_first_new_step_and_the_old_program_restores_it(
    old: DataFolder, keys: Keys, steps: list[Migration], tmp_path: Path
) -> None:
    steps.append(NEW)

    with contextlib.closing(open_own_database(old, keys, FakeClock())) as database:
        told = database.write_blocking(lines)
        assert (told[-1].action, told[-1].subject.id, told[-1].actor) == (Action.BACKUP_CREATED, BACKUP, VBOT)

    assert columns(old) == ["name", "value", "colour"]
    assert [backup.name for backup in existing_backups(old)] == [BACKUP]
    assert verify(old.backups / BACKUP, RECOVERY_KEY).manifest.calls == 2
    steps[:] = KNOWN
    other = DataFolder(tmp_path / "other")
    assert restore(other, old.backups / BACKUP, RECOVERY_KEY).calls == 2
    assert columns(other) == ["name", "value"]


def test_nothing_is_backed_up_where_nothing_is_to_be_migrated(old: DataFolder, keys: Keys) -> None:
    with opened_own_database(old, keys):
        pass
    assert existing_backups(old) == []


def test_a_step_that_fails_leaves_everything_to_the_old_program_and_says_where_the_backup_is(
    old: DataFolder, keys: Keys, steps: list[Migration]
) -> None:
    steps += [NEW, BROKEN]  # the first one alone would succeed

    for _ in range(2):
        with pytest.raises(MigrationFailed) as told:
            open_own_database(old, keys, FakeClock())

        assert told.value.exit_code == NO_RESTART_EXIT_CODE
        assert str(told.value).startswith(
            f"migrating the database to step {BROKEN.number:04d} (broken) failed: Catalog Error: "
            "Table with name no_such_table"
        )
        assert "; nothing was changed, the old program still runs on it; a backup from before is " in str(told.value)
        assert "\n" not in str(told.value)
        assert columns(old) == ["name", "value"]
        old_program_works(old, steps)
    assert verify(old.backups / BACKUP, RECOVERY_KEY).manifest.calls == 2


@pytest.mark.parametrize("number", long_but([4], [1, 4, 7]))
def test_a_database_of_any_schema_is_backed_up_as_it_is(
    old: DataFolder, keys: Keys, number: int, tmp_path: Path
) -> None:
    old.database.write_bytes(gzip.decompress((SCHEMAS / f"{number:04d}.duckdb.gz").read_bytes()))

    with opened_own_database(old, keys):
        pass

    (made,) = existing_backups(old)
    assert made.name.startswith(f"vbot-before-{number + 1:04d}-")
    assert verify(old.backups / made.name, RECOVERY_KEY).manifest.calls == 2
    with open_backup(old.backups / made.name, RECOVERY_KEY) as reader:
        reader.extract(DATABASE, tmp_path / DATABASE)
    with duckdb.connect(str(tmp_path / DATABASE)) as connection:
        assert connection.execute("SELECT max(number) FROM schema_migration").fetchone() == (number,)


@contextlib.contextmanager
def _without_room(folder: DataFolder) -> Iterator[str]:
    """A file lies where backups are to lie."""
    folder.backups.write_bytes(b"")
    yield "File exists"
    folder.backups.unlink()


@contextlib.contextmanager
def _without_recovery_key(folder: DataFolder) -> Iterator[str]:
    kept = folder.recovery_key.read_bytes()
    folder.recovery_key.unlink()
    yield "No such file or directory"
    folder.recovery_key.write_bytes(kept)


@pytest.mark.parametrize("obstacle", [_without_room, _without_recovery_key])
def test_without_a_backup_nothing_is_migrated(
    old: DataFolder,
    keys: Keys,
    steps: list[Migration],
    obstacle: contextlib._GeneratorContextManager[str],
) -> None:
    steps.append(NEW)

    with obstacle(old) as why, pytest.raises(ApplianceError) as told:  # type: ignore[operator]
        open_own_database(old, keys, FakeClock())

    assert told.value.exit_code == NO_RESTART_EXIT_CODE
    assert str(told.value).startswith(
        f"the database is not migrated to step {NEW.number:04d} (colour), because the backup before "
    )
    assert why in str(told.value)
    assert columns(old) == ["name", "value"]
    old_program_works(old, steps)


def test_a_kill_in_the_middle_of_a_migration_leaves_the_old_schema(
    old: DataFolder, keys: Keys, steps: list[Migration]
) -> None:
    steps += [NEW, Migration(NEW.number + 1, "killed", "SELECT getvariable('kill')")]
    if (child := os.fork()) == 0:
        connect = schema.apply_steps

        def killed(connection: duckdb.DuckDBPyConnection, *rest: object) -> None:
            # As the last thing that happens before the commit.
            class Dying:
                def execute(self, sql: str, *values: object) -> object:
                    if sql == "COMMIT":
                        os.kill(os.getpid(), 9)
                    return connection.execute(sql, *values)

            connect(Dying(), *rest)  # type: ignore[arg-type]

        from appliance.storage import database as module

        module.apply_steps = killed  # type: ignore[assignment]
        with contextlib.suppress(BaseException):
            open_own_database(old, keys, FakeClock())
        os._exit(1)
    _, status = os.waitpid(child, 0)

    assert os.WTERMSIG(status) == 9
    assert columns(old) == ["name", "value"]
    old_program_works(old, steps)


async def test_the_backup_from_before_outlives_the_daily_ones_and_goes_after_a_month(
    old: DataFolder, keys: Keys, steps: list[Migration]
) -> None:
    steps.append(NEW)
    clock = FakeClock()
    database = open_own_database(old, keys, clock)
    try:
        backups = Backups(database, old, keys, BackupSchedule(None, 2), clock)
        for _ in range(4):
            clock.advance(days=1)
            backups._prune()
            (old.backups / f"vbot-{clock.now:%Y%m%dT%H%M%SZ}.tar").write_bytes(b"")
        backups._prune()
        assert [backup.name for backup in existing_backups(old)] == [
            "vbot-20261128T120000Z.tar",
            "vbot-20261127T120000Z.tar",
            BACKUP,
        ]
        assert (await backups.path(BACKUP)).is_file()
        clock.now = datetime(2026, 11, 24, 13, tzinfo=UTC) + timedelta(days=30)
        backups._prune()
        assert BACKUP not in [backup.name for backup in existing_backups(old)]
    finally:
        database.close()


# -- the keys that belong to it ------------------------------------------------------------------------------


@pytest.fixture
def box(tmp_path: Path) -> DataFolder:
    """A data folder after its first boot, with a customer."""
    folder = DataFolder(tmp_path / "box")
    initialise(folder, None, note=False)
    keys = Keys.of(folder)
    sealed = keys.seal("secret", customer_cell(1, "sealed_webhook_secret"))
    customer = a_customer(id=1, sealed_webhook_secret=sealed)
    with opened_own_database(folder, keys) as database:
        database.write_blocking(lambda tx: customers.insert(tx, customer))
    return folder


def flip_a_digit(folder: DataFolder) -> None:
    """One bit that leaves a key like any other: 1 becomes 3, say."""
    for at, digit in enumerate(folder.master_key.read_bytes()):
        if chr(digit ^ 2) in "0123456789abcdef":
            flip(folder.master_key, at, 1)
            return


def test_a_flipped_bit_in_the_master_key_is_told_and_not_lived_with(box: DataFolder) -> None:
    flip_a_digit(box)
    with pytest.raises(PermanentFailure, match=r"master\.key is damaged, .*`vbot restore BACKUP .* --secrets-only`"):
        open_own_database(box, Keys.of(box))


def test_a_damaged_recovery_key_stops_nobody_and_is_told(box: DataFolder, caplog: pytest.LogCaptureFixture) -> None:
    flip(box.recovery_key, 20)
    with opened_own_database(box, Keys.of(box)):
        pass
    assert re.search(r"^no backup can be made: .*recovery\.key is damaged, .* --secrets-only`", own_messages(caplog)[0])


def test_a_missing_recovery_key_stops_nobody_and_is_told(box: DataFolder, caplog: pytest.LogCaptureFixture) -> None:
    box.recovery_key.unlink()
    with opened_own_database(box, Keys.of(box)):
        pass
    assert own_messages(caplog) == [f"no backup can be made: cannot read {box.recovery_key}: No such file or directory"]


# -- and what it may be written into -------------------------------------------------------------------------


def test_it_is_written_anew_and_backed_up_and_stays_shut_to_all_else(box: DataFolder, tmp_path: Path) -> None:
    keys = Keys.of(box)
    elsewhere = tmp_path / "elsewhere.duckdb"

    def attach(tx: Connection) -> None:
        tx.execute(f"ATTACH '{elsewhere}'")

    with opened_own_database(box, keys) as database:
        for number in range(2):
            inode = database.path.stat().st_ino
            database.rewrite_blocking()
            assert database.path.stat().st_ino != inode
            backup = box.backups / f"vbot-2026112{number}T120000Z.tar"
            make_backup(database, box, keys, backup, NOON)
            assert verify(backup, recovery_key_of(box, keys)).authenticated
            with pytest.raises(duckdb.PermissionException):
                database.write_blocking(attach)
        assert [one.id for one in database.write_blocking(customers.page)] == [1]
    assert not elsewhere.exists()
    # The catalogue of what comes out of such a backup is ours still.
    assert restore(DataFolder(tmp_path / "other"), backup, recovery_key_of(box, keys)).calls == 0
