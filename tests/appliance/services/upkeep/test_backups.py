"""Backups while the appliance works: consistent, kept by number, and failures told."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import re
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.actor import OWNER, VBOT, Actor
from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.backup import Backup
from appliance.domain.call import CallState
from appliance.domain.system import BackupsSeen
from appliance.errors import Conflict, NotFound, Unavailable
from appliance.services.access.certificate import create_certificate
from appliance.services.clock_jumps import ClockJumps
from appliance.services.upkeep import backups as module
from appliance.services.upkeep.backup_verification import verify
from appliance.services.upkeep.backups import (
    AGAIN_AFTER,
    Backups,
    BackupSchedule,
    backup_name,
    existing_backups,
    note_backup,
    sweep,
)
from appliance.storage.database import Connection, Database, opened_database
from appliance.storage.folder.backup_file import open_backup
from appliance.storage.folder.backup_manifest import DATABASE, BackupUnusable
from appliance.storage.folder.data_folder import MASTER_KEY_CREDENTIAL, DataFolder
from appliance.storage.folder.keys import Keys, seal_recovery_key
from appliance.storage.tables import calls, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.audited import lines, written
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock, a_call
from tests.support.own_records import own_records

# Each makes a whole backup.
pytestmark = pytest.mark.slow

RECOVERY_KEY = "AAAA-BBBB-CCCC-DDDD"
MASTER = bytes(range(32))


class Vault:
    """Backups of a data folder."""

    def __init__(self, database: Database, folder: DataFolder, keys: Keys, clock: FakeClock) -> None:
        self.database = database
        self.folder = folder
        self.keys = keys
        self.clock = clock
        self.backups = self.with_schedule(None, 7)
        self.numbers = 0

    def with_schedule(self, every: timedelta | None, keep: int) -> Backups:
        return Backups(self.database, self.folder, self.keys, BackupSchedule(every, keep), self.clock)

    async def call(self, state: CallState = CallState.COMPLETED) -> str:
        """A call with its recording, stored in one transaction."""
        self.numbers += 1
        call = a_call(f"call-{self.numbers}", state=state)
        recording = StoredRecording(call.call_id, 1, f"day/{call.call_id}", 4, "sha", NOON)
        path = self.folder.recordings / recording.file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(call.call_id.encode())

        def store(tx: Connection) -> None:
            calls.insert(tx, call)
            stored_recordings.insert(tx, recording)

        await self.database.write(store)
        return call.call_id

    async def until_done(self, name: str, backups: Backups | None = None) -> Backup:
        async with asyncio.timeout(60):
            while True:
                found = [item for item in await (backups or self.backups).listing() if item.name == name]
                if found and found[0].state != "running":
                    return found[0]
                await asyncio.sleep(0.005)

    async def make(self) -> Path:
        name = (await self.backups.start(AN_ADMIN)).name
        assert (await self.until_done(name)).state == "done"
        return await self.backups.path(name)

    async def pruned(self) -> None:
        """A backup is made, and what is too old removed."""
        await self.backups.start(AN_ADMIN)
        async with asyncio.timeout(60):
            await asyncio.wait([*self.backups._tasks])

    @contextlib.asynccontextmanager
    async def scheduled(self, every: timedelta, keep: int = 7) -> AsyncIterator[Backups]:
        backups = self.with_schedule(every, keep)
        task = asyncio.create_task(backups.run())
        try:
            yield backups
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def vault(database: Database, folder: DataFolder, keys: Keys, clock: FakeClock) -> Vault:
    folder.master_key.write_text(MASTER.hex())
    folder.recovery_key.write_bytes(seal_recovery_key(RECOVERY_KEY, keys))
    create_certificate(folder.certificate, folder.certificate_key, NOON)
    return Vault(database, folder, keys, clock)


async def test_a_backup_is_running_and_then_done(vault: Vault) -> None:
    await vault.call()
    begun = await vault.backups.start(AN_ADMIN)
    assert (begun.name, begun.created_at, begun.state, begun.bytes) == (
        "vbot-20261124T120000Z.tar",
        NOON,
        "running",
        None,
    )
    assert await vault.backups.listing() == [begun]
    done = await vault.until_done(begun.name)
    path = await vault.backups.path(begun.name)
    assert (done.state, done.bytes, done.error) == ("done", path.stat().st_size, None)
    assert [item.name for item in vault.folder.backups.iterdir()] == [begun.name]


async def test_a_backup_holds_the_calls_and_what_the_recovery_key_opens(vault: Vault) -> None:
    for _ in range(3):
        await vault.call()
    path = await vault.make()
    manifest = verify(path, RECOVERY_KEY).manifest
    assert (manifest.calls, manifest.created_at) == (3, NOON)
    with open_backup(path, RECOVERY_KEY) as reader:
        secrets = reader.secrets()
    assert (secrets.master_key, secrets.recovery_key) == (MASTER.hex(), RECOVERY_KEY)
    assert secrets.certificate == vault.folder.certificate.read_text()
    assert secrets.certificate_key == vault.folder.certificate_key.read_text()
    content = path.read_bytes()
    for secret in (MASTER.hex().encode(), RECOVERY_KEY.encode(), b"PRIVATE KEY"):
        assert secret not in content


async def test_a_master_key_that_systemd_gives_is_inside_as_well(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / MASTER_KEY_CREDENTIAL).write_text(MASTER.hex())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    vault.folder.master_key.write_bytes(b"")
    with open_backup(await vault.make(), RECOVERY_KEY) as reader:
        assert reader.secrets().master_key == MASTER.hex()


async def test_of_the_recordings_those_that_are_still_needed_are_inside(vault: Vault) -> None:
    await vault.call(CallState.COMPLETED)
    await vault.call(CallState.FAILED)
    unfinished = [await vault.call(state) for state in CallState if not state.final]
    gone = await vault.call(CallState.RECEIVED)
    (vault.folder.recordings / f"day/{gone}").unlink()
    with open_backup(await vault.make(), RECOVERY_KEY) as reader:
        assert sorted(path.as_posix() for path in reader.recordings()) == [f"day/{name}" for name in unfinished]


async def test_a_backup_that_is_made_while_writes_go_on_is_consistent(vault: Vault, tmp_path: Path) -> None:
    stop = asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            await vault.call()

    for _ in range(20):
        await vault.call()
    writing = asyncio.create_task(write())
    paths = []
    for _ in range(3):
        paths.append(await vault.make())
        vault.clock.advance(seconds=1)
    stop.set()
    await writing

    counts = []
    for number, path in enumerate(paths):
        manifest = verify(path, RECOVERY_KEY).manifest
        counts.append(manifest.calls)
        copy = tmp_path / f"copy-{number}"
        with open_backup(path, RECOVERY_KEY) as reader:
            reader.extract(DATABASE, copy)
        with opened_database(copy) as database:
            # Each call came with its recording in one transaction, and each transaction after the one before it.
            found = database.write_blocking(lambda tx: tx.execute("SELECT call_id FROM call ORDER BY seq").fetchall())
            files = database.write_blocking(stored_recordings.files)
        assert [call_id for (call_id,) in found] == [f"call-{n}" for n in range(1, manifest.calls + 1)]
        assert files == {f"day/call-{n}" for n in range(1, manifest.calls + 1)}
    assert 20 <= counts[0] < counts[2] <= vault.numbers


async def test_a_backup_whose_copy_lacks_calls_is_found_out(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    await vault.call()
    monkeypatch.setattr(calls, "count", lambda _tx: 2)
    path = await vault.make()
    monkeypatch.undo()
    with pytest.raises(BackupUnusable, match="holds 1 call instead of 2"):
        verify(path, RECOVERY_KEY)


async def test_the_newest_are_kept_and_the_others_removed(vault: Vault) -> None:
    vault.backups = vault.with_schedule(None, 2)
    (vault.folder.root / "backups").mkdir()
    letter = vault.folder.backups / "letter.tar"
    letter.write_text("not ours to remove")
    made = []
    for _ in range(4):
        made.append((await vault.make()).name)
        vault.clock.advance(hours=1)
    async with asyncio.timeout(60):
        while len(existing_backups(vault.folder)) > 2:
            await asyncio.sleep(0.005)
    assert [backup.name for backup in existing_backups(vault.folder)] == made[:1:-1]
    assert letter.exists()


async def test_under_a_clock_that_has_jumped_the_way_back_to_the_old_program_is_kept(vault: Vault) -> None:
    is_set = False
    jumps = ClockJumps(vault.database, vault.clock, lambda: is_set)
    vault.backups = Backups(
        vault.database, vault.folder, vault.keys, BackupSchedule(None, 7), vault.clock, clock_jumps=jumps
    )
    await vault.pruned()
    before = vault.folder.backups / backup_name(vault.folder, vault.clock.now, taken=(), before_step=1)
    before.touch()
    vault.clock.advance(days=400)
    await vault.pruned()
    assert before.exists()
    is_set = True
    vault.clock.advance(hours=1)
    await vault.pruned()
    assert not before.exists()


async def test_backups_of_one_second_are_made_one_after_the_other_and_are_in_order(vault: Vault) -> None:
    begun = [await vault.backups.start(AN_ADMIN) for _ in range(3)]
    names = [f"vbot-20261124T120000Z{number}.tar" for number in ("", "-2", "-3")]
    assert [backup.name for backup in begun] == names
    for name in names:
        assert (await vault.until_done(name)).state == "done"
    assert [backup.name for backup in existing_backups(vault.folder)] == names[::-1]
    assert [backup.name for backup in await vault.backups.listing()] == names[::-1]


async def test_a_backup_that_failed_says_so_and_the_next_one_is_made(
    vault: Vault, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = vault.folder.recovery_key.read_bytes()
    vault.folder.recovery_key.write_bytes(seal_recovery_key(RECOVERY_KEY, Keys(bytes(32))))
    failed = await vault.until_done((await vault.backups.start(AN_ADMIN)).name)
    assert (failed.state, failed.bytes) == ("failed", None)
    assert failed.error is not None
    assert re.fullmatch(
        rf"{vault.folder.recovery_key} is damaged, or was sealed under another master key: `vbot restore .* brings .*",
        failed.error,
    )
    with pytest.raises(Conflict, match=f"^backup {failed.name} failed: there is no file$"):
        await vault.backups.path(failed.name)
    vault.folder.recovery_key.unlink()
    vault.clock.advance(seconds=1)
    missing = await vault.until_done((await vault.backups.start(AN_ADMIN)).name)
    assert missing.error == f"cannot read {vault.folder.recovery_key}: No such file or directory"
    assert [record.exc_info for record in own_records(caplog)] == [None, None]
    vault.folder.recovery_key.write_bytes(sealed)
    vault.clock.advance(seconds=1)
    monkeypatch.setattr(module, "make_backup", lambda *_: 1 / 0)
    unforeseen = await vault.until_done((await vault.backups.start(AN_ADMIN)).name)
    assert unforeseen.error == "see the log of the api"
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    vault.clock.advance(seconds=1)
    path = await vault.make()
    assert list(vault.folder.backups.iterdir()) == [path]
    assert [backup.state for backup in await vault.backups.listing()] == ["done", *["failed"] * 3]


async def test_recordings_that_are_encrypted_or_erased_meanwhile_spoil_no_backup(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypted, erased = [await vault.call(CallState.RECEIVED) for _ in range(2)]
    folder = vault.folder.recordings / "day"
    write = module.write_backup

    def write_late(*arguments: Any, **named: Any) -> None:
        (folder / "new").write_bytes(b"another content, and longer")
        (folder / "new").rename(folder / encrypted)
        (folder / erased).unlink()
        write(*arguments, **named)

    monkeypatch.setattr(module, "write_backup", write_late)
    with open_backup(await vault.make(), RECOVERY_KEY) as backup:
        backup.verify()
        for name in (encrypted, erased):
            backup.extract(f"recordings/day/{name}", vault.folder.root / "extracted")
            assert (vault.folder.root / "extracted").read_bytes() == name.encode()
            (vault.folder.root / "extracted").unlink()


async def test_a_backup_that_failed_is_tried_again_within_the_hour(vault: Vault) -> None:
    vault.folder.recovery_key.unlink()
    vault.backups = vault.with_schedule(timedelta(hours=24), 7)
    failed = await vault.until_done((await vault.backups.start(OWNER)).name)
    assert failed.state == "failed"
    assert (await vault.backups.overview()).next_due_at == failed.created_at + timedelta(hours=1)


async def test_one_that_is_being_made_is_known_and_cannot_be_read_yet(vault: Vault) -> None:
    begun = await vault.backups.start(AN_ADMIN)
    assert begun.state == "running"
    with pytest.raises(Conflict, match=f"^backup {begun.name} is still being made$"):
        await vault.backups.path(begun.name)
    done = await vault.until_done(begun.name)
    assert (await vault.backups.path(done.name)).stat().st_size == done.bytes


async def test_what_a_killed_backup_or_verification_left_behind_goes_at_the_next_start(vault: Vault) -> None:
    kept = await vault.make()
    for name in (".copy-killed", ".verify-killed"):
        (vault.folder.backups / name).mkdir()
        (vault.folder.backups / name / DATABASE).write_bytes(b"half")
    (vault.folder.backups / ".vbot-20261124T130000Z.tar.part").write_bytes(b"half")
    sweep(vault.folder)
    assert list(vault.folder.backups.iterdir()) == [kept]


async def test_how_they_fare_is_told_in_short(vault: Vault) -> None:
    day = timedelta(days=1)
    vault.backups = vault.with_schedule(day, 7)
    assert await vault.backups.overview() == BackupsSeen(None, None, NOON, 0)
    await vault.make()
    second = NOON.replace(microsecond=0)
    assert await vault.backups.overview() == BackupsSeen(second, None, second + day, 1)

    sealed = vault.folder.recovery_key.read_bytes()
    vault.folder.recovery_key.write_bytes(seal_recovery_key(RECOVERY_KEY, Keys(bytes(32))))
    failed_at = vault.clock.advance(hours=1)
    await vault.until_done((await vault.backups.start(OWNER)).name)
    told = await vault.backups.overview()
    assert told.last_error is not None
    assert "recovery.key is damaged" in told.last_error
    assert (told.last_done_at, told.next_due_at, told.kept) == (second, failed_at + AGAIN_AFTER, 1)

    vault.folder.recovery_key.write_bytes(sealed)
    vault.clock.advance(hours=1)
    await vault.make()
    assert (await vault.backups.overview()).last_error is None


async def test_without_a_schedule_none_is_due(vault: Vault) -> None:
    await vault.make()

    assert (await vault.backups.overview()).next_due_at is None


@pytest.mark.parametrize(
    "name", ["../vbot.duckdb", "", ".", "vbot-20261124T120000Z.tar", "vbot-20261124T120000Z.tar/../x"]
)
async def test_what_is_no_backup_of_ours_is_not_found(vault: Vault, name: str) -> None:
    with pytest.raises(NotFound):
        await vault.backups.path(name)


@pytest.mark.parametrize("gone", [True, False], ids=["a disk that has gone", "one that answers"])
async def test_a_backup_is_looked_for_beside_the_loop(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    made = await vault.make()
    look, looked_in = module.existing_backups, list[threading.Thread]()

    def looked(folder: DataFolder) -> list[Backup]:
        looked_in.append(threading.current_thread())
        if gone:
            raise OSError(errno.EIO, "Input/output error")
        return look(folder)

    monkeypatch.setattr(module, "existing_backups", looked)
    if gone:
        with pytest.raises(Unavailable, match="the folder of the backups cannot be read: Input/output error"):
            await vault.backups.path(made.name)
    else:
        assert await vault.backups.path(made.name) == made
    assert looked_in != [threading.main_thread()]
    assert len(looked_in) == 1


async def test_one_that_is_made_is_no_failed_one_where_those_too_many_cannot_be_removed(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.backups.follow(BackupSchedule(None, 1))
    with monkeypatch.context() as patched:
        patched.setattr(vault.backups, "_prune", refuse_to_prune)
        await vault.pruned()
        vault.clock.advance(hours=1)
        await vault.pruned()
    assert [(one.state, one.error) for one in await vault.backups.listing()] == [("done", None)] * 2
    vault.clock.advance(hours=1)
    await vault.pruned()
    assert len(await vault.backups.listing()) == 1


def refuse_to_prune() -> None:
    raise OSError(errno.EROFS, "Read-only file system")


def test_a_name_tells_the_moment_and_is_free(folder: DataFolder) -> None:
    folder.backups.mkdir()
    first = backup_name(folder, NOON, taken=())
    assert first == "vbot-20261124T120000Z.tar"
    (folder.backups / first).touch()
    assert backup_name(folder, NOON, taken=()) == "vbot-20261124T120000Z-2.tar"
    assert backup_name(folder, NOON, taken={"vbot-20261124T120000Z-2.tar"}) == "vbot-20261124T120000Z-3.tar"


def test_a_folder_without_backups_has_none(folder: DataFolder) -> None:
    assert existing_backups(folder) == []


# -- the schedule --------------------------------------------------------------------------------------------


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_SECONDS", 0.01)


async def moments(vault: Vault, count: int) -> list[datetime]:
    async with asyncio.timeout(60):
        while len(existing_backups(vault.folder)) < count:
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)
    return [backup.created_at for backup in existing_backups(vault.folder)]


@pytest.mark.usefixtures("quickly")
async def test_a_backup_is_made_whenever_its_time_has_come(vault: Vault) -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    async with vault.scheduled(timedelta(hours=24)):
        assert await moments(vault, 1) == [noon]
        vault.clock.advance(hours=23)
        assert await moments(vault, 1) == [noon]
        vault.clock.advance(hours=1)
        assert await moments(vault, 2) == [noon + timedelta(hours=24), noon]
    async with vault.scheduled(timedelta(hours=24)):
        assert len(await moments(vault, 2)) == 2


@pytest.mark.usefixtures("quickly")
async def test_a_clock_that_was_ahead_once_ends_no_schedule_and_takes_no_place_of_a_newer_one(vault: Vault) -> None:
    """A battery that was empty: the clock showed 2036, until a time server set it."""
    vault.clock.advance(days=3650)
    await vault.make()
    vault.clock.advance(days=-3650)
    day, now = timedelta(days=1), NOON.replace(microsecond=0)
    async with vault.scheduled(day, keep=1) as backups:
        async with asyncio.timeout(60):
            while [one.created_at for one in existing_backups(vault.folder)] != [now]:
                await asyncio.sleep(0.005)
        assert await backups.overview() == BackupsSeen(now, None, now + day, 1)
        vault.clock.advance(hours=24)
        async with asyncio.timeout(60):
            while [one.created_at for one in existing_backups(vault.folder)] != [now + day]:
                await asyncio.sleep(0.005)


async def test_one_that_is_ahead_of_the_clock_is_not_recent_and_hides_no_failure(vault: Vault) -> None:
    vault.clock.advance(days=3650)
    ahead = await vault.make()
    vault.clock.advance(days=-3650)
    vault.folder.recovery_key.unlink()
    vault.backups = vault.with_schedule(timedelta(days=1), 7)
    with pytest.raises(Unavailable, match="a backup is to be made before, and that failed"):
        await vault.backups.ensure_recent(timedelta(days=1))
    told = await vault.backups.overview()
    assert (told.last_error or "").startswith("cannot read ")
    assert told.next_due_at == NOON + AGAIN_AFTER
    assert [backup.name for backup in await vault.backups.listing()][1:] == [ahead.name]


@pytest.mark.usefixtures("quickly")
async def test_without_a_schedule_none_is_made(vault: Vault) -> None:
    task = asyncio.create_task(vault.backups.run())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert existing_backups(vault.folder) == []


# -- the audit -----------------------------------------------------------------------------------------------


async def test_a_backup_is_written_down_with_who_asked_for_it_and_holds_that_line(vault: Vault, tmp_path: Path) -> None:
    path = await vault.make()
    (line,) = await written(vault.database)
    assert (line.at, line.actor, line.action, line.subject) == (
        NOON,
        AN_ADMIN,
        Action.BACKUP_CREATED,
        Subject(SubjectKind.BACKUP, path.name),
    )
    with open_backup(path, RECOVERY_KEY) as reader:
        reader.extract(DATABASE, tmp_path / "copy.duckdb")
    with opened_database(tmp_path / "copy.duckdb") as copy:
        assert copy.write_blocking(lines) == [line]


async def test_a_scheduled_backup_and_the_removal_of_an_old_one_are_our_own_doing(vault: Vault, quickly: None) -> None:
    async with vault.scheduled(timedelta(hours=1), keep=1):
        first = (await moments(vault, 1))[0]
        vault.clock.advance(hours=1)
        async with asyncio.timeout(60):
            while first in [backup.created_at for backup in existing_backups(vault.folder)]:
                await asyncio.sleep(0.005)
    told = await written(vault.database)
    assert {line.actor for line in told} == {VBOT}
    assert [(line.action, line.subject.id) for line in told] == [
        (Action.BACKUP_CREATED, "vbot-20261124T120000Z.tar"),
        (Action.BACKUP_CREATED, "vbot-20261124T130000Z.tar"),
        (Action.BACKUP_REMOVED, "vbot-20261124T120000Z.tar"),
    ]


async def test_a_backup_that_failed_is_written_down_too(vault: Vault) -> None:
    vault.folder.recovery_key.write_bytes(seal_recovery_key(RECOVERY_KEY, Keys(bytes(32))))
    await vault.until_done((await vault.backups.start(AN_ADMIN)).name)
    async with asyncio.timeout(60):
        while len(told := await written(vault.database)) < 2:
            await asyncio.sleep(0.005)
    assert [(line.actor, line.action) for line in told] == [
        (AN_ADMIN, Action.BACKUP_CREATED),
        (AN_ADMIN, Action.BACKUP_FAILED),
    ]


async def test_a_backup_that_cannot_be_written_down_is_not_begun(vault: Vault) -> None:
    vault.database.close()
    with pytest.raises(Unavailable):
        await vault.backups.start(AN_ADMIN)
    assert await vault.backups.listing() == []


async def test_a_schedule_that_could_not_write_goes_on_later(
    vault: Vault, quickly: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begin, refused = Backups.start, list[str]()

    async def start(backups: Backups, actor: Actor) -> Backup:
        if len(refused) < 3:
            refused.append("no room")
            raise Unavailable("no room")
        return await begin(backups, actor)

    monkeypatch.setattr(Backups, "start", start)
    async with vault.scheduled(timedelta(hours=1)):
        assert await moments(vault, 1)
    assert caplog.text.count("the scheduled backup was not begun: no room") == 1, "told once, however long it lasts"


async def test_a_folder_that_is_away_for_a_while_ends_no_schedule(
    vault: Vault, quickly: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks = list[str]()

    def look(folder: DataFolder) -> list[Backup]:
        if len(looks) < 3:
            looks.append("in vain")
            raise OSError(errno.ESTALE, "Stale file handle")
        return existing_backups(folder)

    monkeypatch.setattr(module, "existing_backups", look)
    async with vault.scheduled(timedelta(hours=1)) as backups:
        assert await moments(vault, 1)
        assert (await backups.overview()).kept == 1
    told = "the folder of the backups cannot be read: Stale file handle"
    assert caplog.text.count(told) == 1, "told once, however long it lasts"
    looks.clear()  # away again
    assert await vault.backups.overview() == BackupsSeen(None, told, None, 0)


async def test_a_folder_that_does_not_answer_takes_one_thread_and_nobody_waits_for_long(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()

    def look(folder: DataFolder) -> list[Backup]:
        assert answers.wait(60)
        return existing_backups(folder)

    monkeypatch.setattr(module, "existing_backups", look)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    for _ in range(3):
        with pytest.raises(Unavailable, match="the folder of the backups did not answer within"):
            await vault.backups.listing()
    assert [one.name for one in threading.enumerate()].count("look at the backups") == 1
    monkeypatch.setattr(module, "LOOK_SECONDS", 60.0)
    answers.set()
    assert await vault.backups.listing() == []


async def test_a_backup_made_by_hand_while_no_api_runs_is_the_owners(vault: Vault) -> None:
    await asyncio.to_thread(note_backup, vault.database, "vbot-20261124T120000Z.tar", NOON)
    (line,) = await written(vault.database)
    assert (line.actor, line.action) == (OWNER, Action.BACKUP_CREATED)
