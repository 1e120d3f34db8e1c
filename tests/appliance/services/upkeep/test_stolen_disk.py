"""What a data folder shows whoever took the disk, and how its database comes to be encrypted; it opens elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from appliance.domain.actor import OWNER
from appliance.errors import ConfigurationError, PermanentFailure, Unavailable
from appliance.services.upkeep import backups
from appliance.services.upkeep import restore as restoring
from appliance.services.upkeep.backup_verification import verify
from appliance.services.upkeep.backups import Backups, BackupSchedule, existing_backups, make_backup
from appliance.services.upkeep.first_boot import initialise
from appliance.services.upkeep.own_database import open_own_database, opened_own_database
from appliance.services.upkeep.restore import restore
from appliance.services.upkeep.restore_secrets import restore_secrets
from appliance.services.upkeep.rewrite_database import RewriteDatabase
from appliance.services.upkeep.unpack_backup import unpack
from appliance.storage import erasure
from appliance.storage.database import Connection, Database, opened_database
from appliance.storage.database_keys import is_encrypted, key_files
from appliance.storage.folder.backup_file import open_backup
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, recovery_key_of
from appliance.storage.tables import calls, deliveries, results
from appliance.storage.tables.results import StoredResult
from tests.appliance.builders import NOON, FakeClock, a_call, a_delivery, every_field_set
from tests.support.cases import long_but
from tests.support.database_file import keys_beside
from tests.support.own_records import own_messages
from tests.support.parts import Clocks, Parts

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("looked_at_here")]

WORDS, NUMBER, NAME = "zzzz-said-in-confidence-42", "+999998877665", "Confidential Clinic"
HOOK = "https://hooks.confidential.example/zzzz-path"
MARKS = [text[:12].encode() for text in (WORDS, NUMBER, NAME, HOOK, "hooks.confidential")]


def fill(tx: Connection) -> None:
    for number in range(20):
        call = replace(a_call(f"c-{number}"), caller_number=NUMBER, metadata=f'"{WORDS}"')
        calls.insert(tx, call)
        body = every_field_set(StoredResult, call_id=call.call_id, revision=1, search_text=WORDS, body=WORDS)
        results.insert(tx, body)
        deliveries.insert(tx, a_delivery(call_id=call.call_id, id=f"d-{number}", body=WORDS.encode()))


async def add_customer(folder: DataFolder, database: Database) -> None:
    parts = Parts(folder, database, Clocks(), Keys.of(folder))
    customer = await parts.customer(name=NAME)
    await parts.customers.update(OWNER, customer.id, webhook_secret=None, webhook_url=HOOK)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[DataFolder]:
    """At work: its log is not in the file yet."""
    folder = DataFolder(tmp_path / "box")
    initialise(folder, None, note=False)
    with opened_own_database(folder, Keys.of(folder)) as database:
        asyncio.run(add_customer(folder, database))
        database.write_blocking(fill)
        yield folder


def shows(folder: DataFolder) -> list[str]:
    """The files of a disk that hold anything of a call or a customer."""
    files = [path for path in folder.root.rglob("*") if path.is_file()]
    return [path.name for path in files if any(mark in path.read_bytes() for mark in MARKS)]


def back_up(folder: DataFolder, to: Path) -> str:
    """Make one; returns the recovery key."""
    keys = Keys.of(folder)
    with opened_own_database(folder, keys) as database:
        make_backup(database, folder, keys, to, NOON)

    return recovery_key_of(folder, keys)


def test_a_stolen_disk_shows_nothing_of_calls_and_customers(box: DataFolder) -> None:
    assert box.database.with_name("vbot.duckdb.wal").stat().st_size > 20 * len(WORDS)
    assert shows(box) == []


def stopped(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "stopped")
    initialise(folder, None, note=False)
    with opened_own_database(folder, Keys.of(folder)) as database:
        asyncio.run(add_customer(folder, database))
        database.write_blocking(fill)
    return folder


def test_a_backup_that_is_killed_leaves_nothing_that_shows_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, left = stopped(tmp_path), DataFolder(tmp_path / "left")

    def killed(*_: object, **__: object) -> None:
        shutil.copytree(box.backups, left.root)
        raise KeyboardInterrupt

    monkeypatch.setattr(backups, "write_backup", killed)
    with pytest.raises(KeyboardInterrupt):
        back_up(box, tmp_path / "carried.tar")
    assert [path.name for path in left.root.rglob("vbot.duckdb")] == ["vbot.duckdb"]
    assert shows(left) == []


def test_the_recovery_key_opens_it_on_another_box_and_there_it_shows_nothing(tmp_path: Path) -> None:
    box = stopped(tmp_path)
    recovery_key = back_up(box, tmp_path / "carried.tar")
    assert verify(tmp_path / "carried.tar", recovery_key).manifest.calls == 20
    shutil.rmtree(box.root)

    other = DataFolder(tmp_path / "other")
    assert restore(other, tmp_path / "carried.tar", recovery_key).calls == 20

    assert is_encrypted(other.database)
    assert shows(other) == []
    with opened_own_database(other, Keys.of(other)) as database:
        assert database.write_blocking(lambda tx: tx.execute("SELECT body FROM result").fetchall()) == [(WORDS,)] * 20


def test_a_restore_over_it_reads_what_was_there_and_what_was_moved_aside_opens(tmp_path: Path) -> None:
    box = stopped(tmp_path)
    recovery_key = back_up(box, tmp_path / "carried.tar")
    with opened_own_database(box, Keys.of(box)) as database:
        database.write_blocking(lambda tx: calls.erase(tx, "c-1", NOON))
        database.rewrite_blocking()  # with another key than that in the backup

    done = restore(box, tmp_path / "carried.tar", recovery_key)

    assert done.aside is not None
    assert done.unreadable == ()
    assert done.erased_again == 1
    assert shows(box) == []
    aside = done.aside / box.database.name
    with opened_database(aside, existing=True, keys=keys_beside(aside)) as database:
        assert database.write_blocking(calls.count) == 19


def test_a_database_whose_key_is_gone_is_no_obstacle_for_a_restore_and_is_told(tmp_path: Path) -> None:
    box = stopped(tmp_path)
    recovery_key = back_up(box, tmp_path / "carried.tar")
    for file in key_files(box.database):
        file.unlink()
    with pytest.raises(PermanentFailure, match=r"the key of .*vbot\.duckdb.* is missing or damaged, .*`vbot restore"):
        open_own_database(box, Keys.of(box))

    done = restore(box, tmp_path / "carried.tar", recovery_key)

    assert done.unreadable == (box.database,)
    with opened_own_database(box, Keys.of(box)) as database:
        assert database.write_blocking(calls.count) == 20


@pytest.mark.long
def test_a_refused_restore_of_another_folders_backup_leaves_the_database_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, other = stopped(tmp_path), DataFolder(tmp_path / "other")
    initialise(other, None, note=False)
    recovery_key = back_up(other, tmp_path / "other.tar")
    key_files(box.database)[1].unlink()
    monkeypatch.setattr(restoring, "_replace", stop)

    with pytest.raises(ConfigurationError, match="disk full"):
        restore(box, tmp_path / "other.tar", recovery_key)

    with opened_own_database(box, Keys.of(box)) as database:
        assert database.write_blocking(calls.count) == 20


def stop(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "disk full")


@pytest.mark.parametrize("renames", long_but([3], range(6)))
def test_a_restore_that_was_cut_off_while_it_moves_what_was_there_forgets_no_erasure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames: int
) -> None:
    box = stopped(tmp_path)
    recovery_key = back_up(box, tmp_path / "carried.tar")
    with opened_own_database(box, Keys.of(box)) as database:
        database.write_blocking(lambda tx: calls.erase(tx, "c-1", NOON))
    real, left = Path.rename, [renames]

    def rename(self: Path, target: Path) -> Path:
        if "before-restore-" in str(target.parent) and not self.name.endswith(".new"):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as context, contextlib.suppress(KeyboardInterrupt):
        context.setattr(Path, "rename", rename)
        restore(box, tmp_path / "carried.tar", recovery_key)

    done = restore(box, tmp_path / "carried.tar", recovery_key)

    assert done.unreadable == ()
    assert done.erased_again == 1


@pytest.mark.parametrize("moved", [(".key", ".key.copy"), pytest.param(("",), marks=pytest.mark.long)])
def test_a_database_that_an_interrupted_restore_left_without_its_keys_is_brought_to_them(
    tmp_path: Path, moved: tuple[str, ...]
) -> None:
    box = stopped(tmp_path)
    recovery_key = back_up(box, tmp_path / "carried.tar")
    with opened_own_database(box, Keys.of(box)) as database:
        database.write_blocking(lambda tx: calls.erase(tx, "c-1", NOON))
    (aside := box.root / "before-restore-20260101T000000000000Z").mkdir()
    for suffix in moved:
        (box.root / f"vbot.duckdb{suffix}").rename(aside / f"vbot.duckdb{suffix}")
    box.restore_mark.touch()

    done = restore(box, tmp_path / "carried.tar", recovery_key)

    assert done.unreadable == ()
    assert done.erased_again == 1


def test_with_both_files_of_the_databases_key_gone_the_master_key_comes_back(tmp_path: Path) -> None:
    box = stopped(tmp_path)
    recovery_key = back_up(box, tmp_path / "carried.tar")
    master = box.master_key.read_bytes()
    for file in (*key_files(box.database), box.master_key):
        file.unlink()

    restore_secrets(box, tmp_path / "carried.tar", recovery_key)

    assert box.master_key.read_bytes().strip() == master.strip()


def test_an_encrypted_backup_is_unpacked_as_a_plain_database_with_what_was_erased_since_erased(tmp_path: Path) -> None:
    box, target = stopped(tmp_path), DataFolder(tmp_path / "unpacked")
    recovery_key = back_up(box, tmp_path / "carried.tar")
    with opened_own_database(box, Keys.of(box)) as database:
        database.write_blocking(lambda tx: erasure.erase_call(tx, "c-1", NOON))

    done = unpack(box, tmp_path / "carried.tar", recovery_key, target)

    assert (done.erased_again, done.erasures_unknown) == (1, False)
    with duckdb.connect(str(target.database), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM result").fetchall() == [(19,)]


@pytest.mark.long
def test_a_database_that_does_not_open_is_no_obstacle_for_unpacking_and_is_told(tmp_path: Path) -> None:
    box = stopped(tmp_path)
    recovery_key = back_up(box, tmp_path / "carried.tar")
    for file in key_files(box.database):
        file.unlink()
    done = unpack(box, tmp_path / "carried.tar", recovery_key, DataFolder(tmp_path / "unpacked"))
    assert (done.calls, done.erasures_unknown) == (20, True)


# -- of an earlier version -----------------------------------------------------------------------------------


@pytest.fixture
def old(folder: DataFolder, migrated_file: Path, tmp_path: Path) -> DataFolder:
    """A data folder whose database an earlier version left plain."""
    initialise(folder, None, note=False)
    for file in (*key_files(folder.database), folder.database):
        file.unlink()
    shutil.copyfile(migrated_file, folder.database)
    with opened_database(folder.database) as database:
        database.write_blocking(fill)
    return folder


async def no_backup(_: timedelta) -> None:
    """For a test that is not about it."""


async def test_it_is_encrypted_at_once_while_the_api_runs(old: DataFolder) -> None:
    assert shows(old) == ["vbot.duckdb"]
    with contextlib.closing(open_own_database(old, Keys.of(old))) as database:
        assert database.is_to_be_encrypted
        await RewriteDatabase(database, 0, FakeClock(), no_backup).if_due()
        assert not database.is_to_be_encrypted
        assert await database.read(calls.count) == 20
    assert shows(old) == []
    assert is_encrypted(old.database)


async def test_there_is_a_backup_of_a_day_before_it_is_encrypted_and_without_one_it_stays_plain(
    old: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, keys, real = FakeClock(), Keys.of(old), backups.make_backup
    with contextlib.closing(open_own_database(old, keys)) as database:
        made = Backups(database, old, keys, BackupSchedule(None, 7), clock)
        use_case = RewriteDatabase(database, 0, clock, made.ensure_recent)

        def fails(*_: object) -> None:
            raise Unavailable("the disk is full")

        monkeypatch.setattr(backups, "make_backup", fails)
        await use_case.if_due()
        monkeypatch.setattr(backups, "make_backup", real)
        clock.now += timedelta(minutes=5)
        await use_case.if_due()  # what failed a moment ago is not tried again
        assert use_case.postponed is not None
        assert use_case.postponed.reason == "a backup is to be made before, and that failed: the disk is full"
        assert (database.is_to_be_encrypted, existing_backups(old)) == (True, [])

        clock.now += timedelta(hours=1)
        await use_case.if_due()
        assert (database.is_to_be_encrypted, use_case.postponed) == (False, None)
    (backup,) = existing_backups(old)
    assert verify(old.backups / backup.name, recovery_key_of(old, keys)).manifest.calls == 20


async def test_a_backup_that_is_a_day_old_does_for_that(old: DataFolder) -> None:
    clock, keys = FakeClock(), Keys.of(old)
    with contextlib.closing(open_own_database(old, keys)) as database:
        made = Backups(database, old, keys, BackupSchedule(None, 7), clock)
        await made.ensure_recent(timedelta(days=1))
        clock.now += timedelta(hours=23)
        await made.ensure_recent(timedelta(days=1))
        assert len(existing_backups(old)) == 1
        clock.now += timedelta(hours=2)
        await made.ensure_recent(timedelta(days=1))
        assert len(existing_backups(old)) == 2


async def test_without_room_for_it_it_stays_plain_and_that_is_told(
    old: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    with contextlib.closing(open_own_database(old, Keys.of(old))) as database:
        await RewriteDatabase(database, 1 << 60, FakeClock(), no_backup).if_due()
        assert database.is_to_be_encrypted
    assert own_messages(caplog)[-1].startswith("the database is not encrypted for now: that takes ")


async def test_once_it_is_encrypted_it_is_not_written_anew_without_need(old: DataFolder) -> None:
    clock = FakeClock()
    with contextlib.closing(open_own_database(old, Keys.of(old))) as database:
        rewriting = RewriteDatabase(database, 0, clock, no_backup)
        await rewriting.if_due()
        inode = old.database.stat().st_ino
        clock.now += timedelta(days=30)
        await rewriting.if_due()
    assert old.database.stat().st_ino == inode


def test_a_backup_of_one_that_is_still_plain_is_of_the_form_that_its_program_reads(
    old: DataFolder, tmp_path: Path
) -> None:
    recovery_key = back_up(old, tmp_path / "one.tar")
    with open_backup(tmp_path / "one.tar", recovery_key) as reader:
        assert (reader.manifest.format, reader.secrets().database_key) == (2, None)
    assert existing_backups(old) == []
    other = DataFolder(tmp_path / "other")
    assert restore(other, tmp_path / "one.tar", recovery_key).calls == 20
    with contextlib.closing(open_own_database(other, Keys.of(other))) as database:
        assert database.is_to_be_encrypted
