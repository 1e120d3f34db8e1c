"""Restoring: whole or not begun, repeatable when it was cut off, and it forgets no erasure."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import msgspec
import pytest

from appliance.domain.actor import OWNER
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.call import CallState
from appliance.domain.clock import utc_now
from appliance.domain.customer import Customer, customer_cell
from appliance.domain.token import Role
from appliance.errors import ConfigurationError
from appliance.services.access.certificate import create_certificate
from appliance.services.clock_jumps import ClockJumps
from appliance.services.upkeep import restore as module
from appliance.services.upkeep.backups import make_backup
from appliance.services.upkeep.restore import Restored, restore
from appliance.storage import erasure
from appliance.storage.audit_chain import verify
from appliance.storage.database import Connection, Database, opened_database
from appliance.storage.folder import backup_manifest
from appliance.storage.folder.backup_file import write_backup
from appliance.storage.folder.backup_manifest import DATABASE, BackupUnusable, Secrets, WrongRecoveryKey
from appliance.storage.folder.call_facts import CallFacts, read_facts, seal_facts
from appliance.storage.folder.data_folder import OWN_NAMES, DataFolder, write_private
from appliance.storage.folder.keys import Keys, recovery_key_of, seal_recovery_key
from appliance.storage.folder.recording_file import open_recording
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import audit, calls, customers, deliveries, facts, stored_recordings, tokens
from appliance.storage.tables.stored_recordings import StoredRecording
from appliance.storage.tables.withdrawals import Withdrawn
from tests.appliance.audited import lines
from tests.appliance.builders import AN_ADMIN, KEYS, NOON, a_call, a_customer, a_delivery
from tests.support.cases import long_but
from tests.support.unsealed_backups import seal_secrets, write_unsealed

# Each test makes a backup and restores it.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("looked_at_here")]

T = TypeVar("T")

RECOVERY_KEY = "AAAA-BBBB-CCCC-DDDD"
MASTER = bytes(range(32))
LATER = NOON + timedelta(hours=1)


class Box:
    """An appliance that is stopped: its data folder, and a backup of it."""

    def __init__(self, folder: DataFolder, backup: Path) -> None:
        self.folder = folder
        self.backup = backup

    def on_database(self, work: Callable[[Connection], T]) -> T:
        with opened_database(self.folder.database) as database:
            return database.write_blocking(work)

    def add_call(self, name: str, state: CallState = CallState.COMPLETED) -> None:
        path = self.folder.recordings / "day" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())

        def store(tx: Connection) -> None:
            calls.insert(tx, a_call(name, state=state))
            stored_recordings.insert(tx, StoredRecording(name, 1, f"day/{name}", len(name), "sha", NOON))
            deliveries.insert(tx, a_delivery(call_id=name))

        self.on_database(store)

    def add_customer(self, name: str) -> Customer:
        made = a_customer(name=name, company_name=name, api_key_hash=f"the key of {name}", webhook_url=None)
        return self.on_database(lambda tx: customers.insert(tx, made))

    def erase_call(self, name: str) -> None:
        def erase(tx: Connection) -> None:
            deliveries.erase_of_call(tx, name)
            calls.erase(tx, name, LATER)

        self.on_database(erase)
        (self.folder.recordings / "day" / name).unlink()

    def write_down(self, name: str) -> None:
        line = AuditLine(
            NOON, AN_ADMIN, Action.CUSTOMER_UPDATED, Subject(SubjectKind.CUSTOMER, "1"), {}, {"name": name}
        )
        self.on_database(lambda tx: audit.add(tx, line))

    def told(self) -> list[str]:
        """The audit in short, the oldest first: the names that customers got, and actions of another kind."""
        return [str(line.after.get("name", line.action)) for line in self.on_database(lines)]

    def make_backup(self, at: datetime = NOON) -> None:
        keys = Keys.load(self.folder.master_key)
        self.backup.unlink(missing_ok=True)
        with opened_database(self.folder.database, beside=[self.folder.backups]) as database:
            make_backup(database, self.folder, keys, self.backup, at)

    def restore(self, folder: DataFolder | None = None, **options: bool) -> Restored:
        return restore(folder or self.folder, self.backup, RECOVERY_KEY, **options)

    @property
    def calls(self) -> set[str]:
        found = self.on_database(lambda tx: tx.execute("SELECT call_id FROM call").fetchall())
        return {call_id for (call_id,) in found}

    @property
    def files(self) -> dict[str, bytes]:
        """Everything in the folder but the database, which is rewritten whenever it is opened."""
        return {
            path.relative_to(self.folder.root).as_posix(): path.read_bytes()
            for path in self.folder.root.rglob("*")
            if path.is_file() and not path.name.startswith("vbot.duckdb")
        }

    @property
    def recordings(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.recordings.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Box:
    """`done` was final and `open` was not when the backup was made."""
    folder = DataFolder(tmp_path_factory.mktemp("made") / "data")
    folder.create()
    shutil.copyfile(migrated_file, folder.database)
    folder.master_key.write_text(MASTER.hex() + "\n")
    folder.recovery_key.write_bytes(seal_recovery_key(RECOVERY_KEY, KEYS))
    create_certificate(folder.certificate, folder.certificate_key, NOON)
    box = Box(folder, folder.backups / "vbot-20261124T120000Z.tar")
    box.add_call("done")
    box.add_call("open", CallState.PROCESSING)
    box.make_backup()
    return box


@pytest.fixture
def box(made: Box, tmp_path: Path) -> Box:
    """One with a copy of its folder."""
    shutil.copytree(made.folder.root, tmp_path / "data")
    return Box(DataFolder(tmp_path / "data"), tmp_path / "data" / made.backup.relative_to(made.folder.root))


# -- whole ---------------------------------------------------------------------------------------------------


def test_the_folder_is_as_it_was_when_the_backup_was_made(box: Box) -> None:
    certificate = box.folder.certificate.read_bytes()
    box.add_call("since")
    create_certificate(box.folder.certificate, box.folder.certificate_key, LATER)
    done = box.restore()
    assert (done.calls, done.created_at, done.erased_again) == (2, NOON, 0)
    assert (done.left_out_recordings, done.missing_recordings) == (0, 0)
    assert box.calls == {"done", "open"}
    assert box.folder.certificate.read_bytes() == certificate
    assert recovery_key_of(box.folder, Keys.load(box.folder.master_key)) == RECOVERY_KEY
    assert box.folder.is_initialised
    box.folder.create()


def test_what_was_changed_over_the_api_comes_back(box: Box) -> None:
    box.folder.own_settings.write_text("backup_keep = 3\n")
    box.make_backup()
    box.folder.own_settings.write_text("backup_keep = 9\n")
    box.restore()
    assert box.folder.own_settings.read_text() == "backup_keep = 3\n"
    assert box.folder.own_settings.stat().st_mode & 0o777 == 0o600


def test_a_damaged_byte_among_them_costs_no_other_setting(box: Box) -> None:
    box.folder.own_settings.write_bytes(b"backup_keep = 3\nrate_limit_per_minute = 1\xff\n")
    box.make_backup()
    box.restore()
    assert box.folder.own_settings.read_text() == "backup_keep = 3\nrate_limit_per_minute = 1\ufffd\n"


def test_settings_that_a_backup_does_not_hold_are_none(box: Box) -> None:
    box.folder.own_settings.write_text("backup_keep = 9\n")
    done = box.restore()
    assert not box.folder.own_settings.exists()
    assert done.aside is not None
    assert (done.aside / "settings.toml").read_text() == "backup_keep = 9\n"


def test_what_was_there_before_lies_aside_and_is_whole(box: Box) -> None:
    box.add_call("since")
    before = box.files
    done = box.restore()
    assert done.aside is not None
    assert done.aside.parent == box.folder.root
    for name, content in before.items():
        if not name.startswith("backups/"):
            assert (done.aside / name).read_bytes() == content
    assert box.backup.is_file()
    with opened_database(done.aside / "vbot.duckdb") as database:
        assert database.write_blocking(calls.count) == 3


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def of_somebody_else(names: set[str]) -> set[str]:
    return {name for name in names if not any(fnmatchcase(name, own) for own in OWN_NAMES)}


def test_what_somebody_else_keeps_in_that_folder_stays_where_it_is(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `data_dir = "/srv"` a web server's files went aside, and a purge erased them there."""
    others = {"www/index.html": b"hello", "before-restore-of-the-nas/a": b"a", ".vbotrc": b"", "recordings.zip": b"zip"}
    for name, content in others.items():
        (box.folder.root / name).parent.mkdir(exist_ok=True)
        (box.folder.root / name).write_bytes(content)
    with monkeypatch.context() as patched:
        patched.setattr(module, "_bring_recordings", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            box.restore()
    done = box.restore()
    assert {name: content for name, content in box.files.items() if name in others} == others
    assert of_somebody_else(names_in(box.folder.root)) == {name.partition("/")[0] for name in others}
    first, second = sorted(box.folder.root.glob("before-restore-2*"))
    assert second == done.aside
    assert {"vbot.duckdb", "secrets", "tls", "recordings"} <= names_in(first)
    assert of_somebody_else(names_in(first) | names_in(second)) == set()


def key_files(folder: DataFolder) -> list[Path]:
    """The files below the folder that hold the master key."""
    files = [path for path in folder.root.rglob("*") if path.is_file()]
    return [path for path in files if MASTER.hex().encode() in path.read_bytes() or MASTER in path.read_bytes()]


def test_where_systemd_keeps_the_master_key_no_restore_writes_it_beside_the_recordings(box: Box) -> None:
    write_private(box.folder.master_key, b"")  # what is left of it where it is a credential

    done = restore(box.folder, box.backup, RECOVERY_KEY, key_is_credential=True)

    assert done.key_stays_credential
    assert box.folder.is_initialised
    assert box.folder.master_key.read_bytes() == b""
    assert key_files(box.folder) == []


def test_a_restore_that_was_cut_off_still_knows_whose_credential_it_is(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_private(box.folder.master_key, b"")
    with monkeypatch.context() as context:
        context.setattr(module, "_bring_recordings", killed)
        with pytest.raises(RuntimeError):
            restore(box.folder, box.backup, RECOVERY_KEY, key_is_credential=True)

    assert restore(box.folder, box.backup, RECOVERY_KEY, key_is_credential=True).key_stays_credential
    assert key_files(box.folder) == []


def killed(*_: object) -> None:
    raise RuntimeError


def test_a_credential_that_is_of_another_folder_does_not_stand_for_the_restored_key(box: Box, tmp_path: Path) -> None:
    elsewhere = DataFolder(tmp_path / "elsewhere")

    done = restore(elsewhere, box.backup, RECOVERY_KEY, key_is_credential=True)

    assert not done.key_stays_credential
    assert Keys.load(elsewhere.master_key) is not None


def test_who_was_given_the_key_restores_without_writing_it_also_into_a_new_folder(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `vbot upgrade` does, to try a version on a copy."""
    given = tmp_path / "credentials"
    given.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    (given / "vbot.master-key").write_text(MASTER.hex())
    folder = DataFolder(tmp_path / "copy")

    assert restore(folder, box.backup, RECOVERY_KEY).key_stays_credential
    assert (folder.is_initialised, key_files(folder)) == (True, [])
    assert Keys.of(folder) is not None

    (given / "vbot.master-key").write_text("ab" * 32)
    another = DataFolder(tmp_path / "another")
    assert not restore(another, box.backup, RECOVERY_KEY).key_stays_credential
    assert key_files(another) == [another.master_key]


def test_everything_is_its_owners_alone(box: Box) -> None:
    box.restore()
    for path in box.folder.root.rglob("*"):
        if path.is_file() and not path.relative_to(box.folder.root).parts[0].startswith("before-restore"):
            assert path.stat().st_mode & 0o077 == 0 or "recordings" in path.parts, path


def test_recordings_are_linked_from_the_old_content_and_not_copied(box: Box) -> None:
    number = (box.folder.recordings / "day/done").stat().st_ino
    box.restore()
    assert box.recordings == {"done": b"done", "open": b"open"}
    assert (box.folder.recordings / "day/done").stat().st_ino == number


def test_where_files_cannot_be_linked_they_are_copied(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(_source: Path, _target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(module.os, "link", link)
    box.restore()
    assert box.recordings == {"done": b"done", "open": b"open"}


def test_recordings_that_the_backup_does_not_know_are_lost_and_found(box: Box) -> None:
    box.add_call("since")
    assert box.restore().unknown_recordings == 1
    assert (box.folder.root / "lost+found" / "day-since").read_bytes() == b"since"
    assert "since" not in box.recordings


def test_on_another_machine_what_is_needed_to_finish_comes_out_of_the_backup(box: Box, tmp_path: Path) -> None:
    other = Box(DataFolder(tmp_path / "other" / "data"), box.backup)
    done = other.restore()
    assert (done.aside, done.unknown_recordings) == (None, 0)
    assert (done.left_out_recordings, done.missing_recordings) == (1, 0)  # of a call that was final
    assert other.recordings == {"open": b"open"}
    assert other.calls == {"done", "open"}
    assert recovery_key_of(other.folder, Keys.load(other.folder.master_key)) == RECOVERY_KEY


def test_on_another_machine_an_encrypted_recording_plays_and_tells_of_its_call(box: Box, tmp_path: Path) -> None:
    audio = b"RIFF" + b"what was said, as sound" * 10_000
    facts = CallFacts(
        call_id="open",
        customer_id=1,
        customer_since=NOON,
        received_at=NOON,
        bytes=len(audio),
        sha256="sha",
        submission=msgspec.Raw(b"{}"),
    )
    keys = Keys.load(box.folder.master_key)
    path, writer = RecordingStore(box.folder.recordings, box.folder.incoming, keys).open_incoming()
    writer.write(audio)
    writer.finish(seal_facts(facts, keys))
    path.rename(box.folder.recordings / "day" / "open")
    box.make_backup()

    other = Box(DataFolder(tmp_path / "other" / "data"), box.backup)
    other.restore()
    found = other.folder.recordings / "day" / "open"
    assert b"what was said" not in found.read_bytes()
    keys_there = Keys.load(other.folder.master_key)
    with open_recording(found, keys_there, len(audio)) as file:
        assert file.read() == audio
    assert read_facts(found, keys_there) == facts


def test_an_erasure_that_was_made_since_is_repeated_and_remembered(box: Box) -> None:
    box.erase_call("done")
    done = box.restore()
    assert done.erased_again == 1
    assert box.calls == {"open"}
    assert box.recordings == {"open": b"open"}
    assert box.on_database(erasure.erasures) == {"done": LATER}
    assert box.on_database(lambda tx: tx.execute("SELECT count(*) FROM delivery").fetchone()) == (1,)
    assert box.restore().erased_again == 1
    assert box.calls == {"open"}


def test_it_is_told_where_no_database_of_this_box_says_what_was_erased_since(box: Box, tmp_path: Path) -> None:
    assert Box(DataFolder(tmp_path / "other" / "data"), box.backup).restore().erasures_unknown
    new = DataFolder(tmp_path / "new")  # a machine on which vBot was installed, and has started once
    new.create()
    shutil.copyfile(box.folder.database, new.database)
    new.master_key.write_text("ab" * 32 + "\n")
    new.recovery_key.write_bytes(seal_recovery_key("ZZZZ-BBBB-CCCC-DDDD", Keys.load(new.master_key)))
    assert Box(new, box.backup).restore().erasures_unknown
    assert Box(new, box.backup).restore().erasures_unknown  # its own by now, it knows no more of the old machine
    of_the_new = Box(new, tmp_path / "of-the-new.tar")
    of_the_new.make_backup(utc_now())
    assert not of_the_new.restore().erasures_unknown
    assert Box(new, box.backup).restore().erasures_unknown
    assert not box.restore().erasures_unknown


def test_what_an_earlier_restore_moved_aside_does_not_tell_what_was_erased_since(box: Box) -> None:
    assert not box.restore().erasures_unknown
    box.erase_call("done")
    box.folder.database.unlink()
    assert box.restore().erasures_unknown
    assert box.calls == {"done", "open"}


@pytest.mark.long
def test_a_revision_of_an_erased_call_is_not_found_again_in_what_an_earlier_restore_moved_aside(box: Box) -> None:
    newer = box.folder.recordings / "day" / "done-2"
    newer.write_bytes(b"the second revision")
    row = StoredRecording("done", 2, "day/done-2", newer.stat().st_size, "sha", NOON)
    box.on_database(lambda tx: stored_recordings.insert(tx, row))
    box.restore()  # to a state that does not know of it
    assert (box.folder.lost_and_found / "day-done-2").is_file()
    box.erase_call("done")

    box.restore()

    assert not list(box.folder.lost_and_found.glob("*done*"))
    assert set(box.recordings) == {"open"}


def test_an_erasure_of_what_the_backup_never_knew_is_remembered_too(box: Box) -> None:
    box.add_call("since")
    box.erase_call("since")
    assert box.restore().erased_again == 0
    assert box.on_database(erasure.erasures) == {"since": LATER}


def test_who_was_shut_out_since_is_not_let_in_again(box: Box) -> None:
    """A token that leaked was revoked, a customer deleted, a key changed: a restore gave all three their way back."""

    def since(tx: Connection) -> tuple[int, int]:
        leaked = tokens.insert(
            tx, name="leaked", role=Role.ADMIN, token_hash="hash of it", created_at=NOON, expires_at=None
        )
        kept = tokens.insert(tx, name="kept", role=Role.ADMIN, token_hash="another", created_at=NOON, expires_at=None)
        return leaked.id, kept.id

    leaked, kept = box.on_database(since)
    gone, changed, same = (box.add_customer(name) for name in ("gone", "changed", "same"))
    box.make_backup()

    def withdraw(tx: Connection) -> None:
        tokens.revoke(tx, leaked, LATER)
        customers.mark_deleted(tx, gone.id, LATER)
        new = replace(changed, api_key_hash="the new key's", sealed_api_key=b"sealed anew", updated_at=LATER)
        customers.update(tx, new)

    box.on_database(withdraw)
    done = box.restore()

    def look(tx: Connection) -> tuple[object, ...]:
        found = {one.id: one.revoked_at for one in tokens.listing(tx)}
        left = {one.id: (one.api_key_hash, one.sealed_api_key) for one in customers.page(tx)}
        return found[leaked], found[kept], left

    assert done.withdrawn == Withdrawn(tokens=1, customers=1, keys=1)
    revoked, never, left = box.on_database(look)
    assert (revoked, never) == (LATER, None)
    assert left == {
        changed.id: ("the new key's", b"sealed anew"),
        same.id: (same.api_key_hash, same.sealed_api_key),
    }
    assert done.aside is not None
    shutil.rmtree(done.aside)  # as README says, once it is not needed
    assert box.restore().withdrawn == Withdrawn(tokens=1, customers=1, keys=1), "the restored state knows it as well"
    assert box.on_database(look) == (LATER, None, left)
    line = box.on_database(lines)[-1]
    assert {name: line.after[name] for name in ("tokens_revoked_again", "customers_deleted_again")} == {
        "tokens_revoked_again": 1,
        "customers_deleted_again": 1,
    }


def moved(box: Box, customer: Customer, url: str | None, **changes: Any) -> Customer:
    """A customer with another address, as an administrator changes it after the backup."""
    cell = customer_cell(customer.id, "sealed_webhook_url")
    sealed = None if url is None else Keys.load(box.folder.master_key).seal_url(url, cell)
    after = replace(customer, webhook_url=sealed, updated_at=LATER, **changes)
    box.on_database(lambda tx: customers.update(tx, after))
    return after


@pytest.mark.parametrize("new", ["https://new.example.com/hook", None])
def test_webhooks_go_to_the_address_to_which_they_went_last(box: Box, new: str | None) -> None:
    """An address that had leaked was replaced: after a restore it got webhooks again, signed with the new secret."""
    before = moved(box, box.add_customer("moved"), "https://leaked.example.com/hook", webhook_ca="old CA")
    same = box.add_customer("same")
    before = replace(before, updated_at=NOON)
    box.on_database(lambda tx: customers.update(tx, before))
    box.make_backup()
    after = moved(box, before, new, webhook_ca=None, webhook_fingerprint="ab" * 32)
    assert box.restore().withdrawn == Withdrawn(keys=1)
    assert box.on_database(lambda tx: customers.get(tx, before.id)) == after
    assert box.on_database(lambda tx: customers.get(tx, same.id)) == same


def test_where_a_later_address_cannot_be_read_nothing_is_sent_to_the_one_before(box: Box) -> None:
    before = moved(box, box.add_customer("moved"), "https://leaked.example.com/hook")
    before = replace(before, updated_at=NOON)
    box.on_database(lambda tx: customers.update(tx, before))
    box.make_backup()
    moved(box, before, "https://new.example.com/hook")
    box.folder.recovery_key.unlink()  # of another master key, as far as anybody can tell
    assert box.restore().withdrawn == Withdrawn(unreadable=1)
    found = box.on_database(lambda tx: customers.get(tx, before.id))
    assert found is not None
    assert found.webhook_disabled_reason is not None
    assert "enter it again" in found.webhook_disabled_reason
    assert found.delivery_obstacle is not None


@pytest.mark.long
def test_what_was_withdrawn_by_mistake_can_be_taken_back(box: Box) -> None:
    gone = box.add_customer("gone")
    box.make_backup()
    box.on_database(lambda tx: customers.mark_deleted(tx, gone.id, LATER))
    assert box.restore(credentials_as_then=True).withdrawn == Withdrawn()
    assert box.on_database(lambda tx: customers.get(tx, gone.id)) == gone


@pytest.mark.long
def test_what_was_withdrawn_before_the_backup_in_a_life_that_was_given_up_lives_on(box: Box) -> None:
    """A customer deleted by mistake, and brought back by a restore, was deleted by the next one, with all its calls."""
    kept = box.add_customer("kept")
    box.make_backup()
    box.on_database(lambda tx: customers.mark_deleted(tx, kept.id, NOON - timedelta(days=30)))
    assert box.restore().withdrawn == Withdrawn()
    assert box.on_database(lambda tx: customers.get(tx, kept.id)) == kept


def test_of_another_appliance_nothing_is_withdrawn(box: Box) -> None:
    """Its customers have the same numbers."""
    ours = box.add_customer("ours")
    box.make_backup()

    def becomes_another(tx: Connection) -> None:
        tx.execute("UPDATE customer SET created_at = ?, deleted_at = ?", [LATER, LATER])

    box.on_database(becomes_another)
    assert box.restore().withdrawn == Withdrawn()
    assert box.on_database(lambda tx: customers.get(tx, ours.id)) == ours


# -- not begun -----------------------------------------------------------------------------------------------


def nothing_happens(box: Box, error: type[Exception], match: str, key: str = RECOVERY_KEY) -> None:
    before = box.files
    with pytest.raises(error, match=match):
        restore(box.folder, box.backup, key)
    assert box.files == before
    assert box.calls == {"done", "open"}
    box.folder.create()


def test_a_wrong_recovery_key_changes_nothing(box: Box) -> None:
    nothing_happens(box, WrongRecoveryKey, "does not open", key="AAAA-BBBB-CCCC-DDDE")


def test_a_damaged_backup_changes_nothing(box: Box) -> None:
    content = bytearray(box.backup.read_bytes())
    content[len(content) // 2] ^= 1
    box.backup.write_bytes(content)
    nothing_happens(box, BackupUnusable, "is damaged: vbot.duckdb")


def test_a_backup_that_is_cut_off_changes_nothing(box: Box) -> None:
    box.backup.write_bytes(box.backup.read_bytes()[:100_000])
    nothing_happens(box, BackupUnusable, "cut off|damaged")


def test_what_is_no_backup_changes_nothing(box: Box) -> None:
    box.backup.write_text("a letter to my aunt")
    nothing_happens(box, BackupUnusable, "is no backup")


def with_a_view(database: Path) -> Path:
    """As somebody leaves it who wants to have something run."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("DROP TABLE call; CREATE VIEW call AS SELECT * FROM read_text('/etc/hostname')")
    return database


@pytest.mark.parametrize("write", ["sealed", "of before"])
def test_a_database_that_is_not_ours_changes_nothing_whoever_made_the_backup(
    box: Box, tmp_path: Path, migrated_file: Path, write: str
) -> None:
    evil = with_a_view(Path(shutil.copyfile(migrated_file, tmp_path / "evil.duckdb")))
    secrets = Secrets(master_key=MASTER.hex(), recovery_key=RECOVERY_KEY, certificate="C", certificate_key="K")
    about: dict[str, Any] = {"version": "1.0.0", "created_at": NOON, "calls": 2, "members": {DATABASE: evil}}
    if write == "sealed":
        write_backup(box.backup, **about, secrets=secrets, recovery_key=RECOVERY_KEY)
    else:
        write_unsealed(box.backup, **about, sealed=seal_secrets(secrets, RECOVERY_KEY))
    nothing_happens(box, BackupUnusable, "its vbot.duckdb is not ours: the view call is not one that a vBot has made")


def test_what_cannot_be_restored_leaves_no_folder_where_there_was_none(
    box: Box, tmp_path: Path, migrated_file: Path
) -> None:
    evil = with_a_view(Path(shutil.copyfile(migrated_file, tmp_path / "evil.duckdb")))
    secrets = Secrets(master_key=MASTER.hex(), recovery_key=RECOVERY_KEY, certificate="C", certificate_key="K")
    members = {DATABASE: evil}
    write_backup(
        box.backup,
        version="1.0.0",
        created_at=NOON,
        calls=2,
        secrets=secrets,
        recovery_key=RECOVERY_KEY,
        members=members,
    )
    with pytest.raises(BackupUnusable):
        box.restore(DataFolder(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()


# -- the clock -----------------------------------------------------------------------------------------------


def see_clock(box: Box, seen: datetime, doubted_since: datetime | None = None) -> None:
    def note(tx: Connection) -> None:
        facts.put(tx, facts.CLOCK_SEEN, seen.isoformat())
        facts.put(tx, facts.CLOCK_DOUBTED_SINCE, doubted_since.isoformat() if doubted_since else "")

    box.on_database(note)


async def doubted_since(folder: DataFolder) -> datetime | None:
    """What housekeeping finds at the next start, where no time server has set the clock."""
    with opened_database(folder.database) as database:
        jumps = ClockJumps(database, utc_now, lambda: False)
        await jumps.look()
    return jumps.postponed.since if jumps.postponed is not None else None


@pytest.mark.parametrize("is_cut_off", [False, True])
async def test_an_old_backup_says_nothing_of_this_boxs_clock(
    box: Box, monkeypatch: pytest.MonkeyPatch, is_cut_off: bool
) -> None:
    see_clock(box, utc_now() - timedelta(days=90))
    box.make_backup()
    see_clock(box, utc_now())
    if is_cut_off:
        with monkeypatch.context() as patched:
            patched.setattr(module, "_bring_up_to_date", lambda *_arguments, **_options: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                box.restore()
    box.restore()
    assert await doubted_since(box.folder) is None


async def test_on_another_machine_a_backup_says_nothing_of_its_clock(box: Box, tmp_path: Path) -> None:
    see_clock(box, utc_now() - timedelta(days=90))
    box.make_backup()
    other = DataFolder(tmp_path / "other")
    box.restore(other)
    assert await doubted_since(other) is None


async def test_a_clock_that_is_doubted_is_doubted_after_a_restore(box: Box) -> None:
    """An empty battery: 2036. That a backup is restored sets no clock."""
    see_clock(box, utc_now())
    box.make_backup()
    since = utc_now() - timedelta(days=2)
    see_clock(box, utc_now(), since)
    box.restore()
    assert await doubted_since(box.folder) == since


async def test_a_clock_that_jumped_before_the_restore_is_found_out_after_it(box: Box) -> None:
    see_clock(box, utc_now())
    box.make_backup()
    see_clock(box, utc_now() + timedelta(days=3650))  # it was ahead once, and is set back
    box.restore()
    see_clock(box, utc_now() - timedelta(days=30))
    box.restore()
    assert await doubted_since(box.folder) is not None


# -- cut off -------------------------------------------------------------------------------------------------

STEPS = ["_move_aside", "_bring_up_to_date", "_bring_recordings", "seal_recovery_key"]


@pytest.mark.parametrize("step", long_but(["_move_aside", "_bring_recordings"], STEPS))
@pytest.mark.parametrize("when", long_but(["after"], ["before", "after"]))
def test_a_restore_that_was_cut_off_lets_nothing_start_until_it_is_repeated(
    box: Box, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    box.add_call("since")
    box.erase_call("done")
    real = getattr(module, step)

    def cut_off(*arguments: object, **options: object) -> object:
        if when == "after":
            real(*arguments, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, step, cut_off)
        with pytest.raises(KeyboardInterrupt):
            box.restore()
    with pytest.raises(ConfigurationError) as told:
        box.folder.create()
    again = f"run `vbot restore {shlex.quote(str(box.backup.absolute()))} --recovery-key-file FILE` again"
    assert str(told.value) == f"a restore of {box.folder.root} was interrupted: {again}"

    box.restore()
    box.folder.create()
    assert not box.folder.restore_mark.exists()
    assert box.calls == {"open"}
    assert box.recordings == {"open": b"open"}
    assert box.on_database(erasure.erasures) == {"done": LATER}
    assert (box.folder.root / "lost+found" / "day-since").read_bytes() == b"since"
    assert recovery_key_of(box.folder, Keys.load(box.folder.master_key)) == RECOVERY_KEY


def test_the_command_that_ends_an_interrupted_restore_keeps_its_flags(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_move_aside", cut_off)
    for flags in ({"hold_webhooks": True}, {"credentials_as_then": True}):
        with pytest.raises(KeyboardInterrupt):
            restore(box.folder, box.backup, RECOVERY_KEY, **flags)
        (flag,) = flags
        assert f"--recovery-key-file FILE --{flag.replace('_', '-')}` again" in str(box.folder.interrupted())


@pytest.mark.parametrize("number", [1, 2])
def test_a_file_that_was_cut_off_while_it_was_written_is_not_taken_for_a_whole_one(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The first file that is written is the database, the second the recording of the unfinished call."""
    other = Box(DataFolder(tmp_path / "other"), box.backup)
    written: list[int] = []

    def fsync(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == number:
            backup_manifest.os.ftruncate(descriptor, 3)
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "write_private", lambda path, content: path.write_bytes(content))
        patched.setattr(backup_manifest.os, "fsync", fsync)
        with pytest.raises(KeyboardInterrupt):
            other.restore()
    other.restore()
    assert other.calls == {"done", "open"}
    assert other.recordings == {"open": b"open"}


def test_a_full_disk_is_told_and_the_restore_can_be_repeated(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def bring(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(module, "_bring_recordings", bring)
        with pytest.raises(ConfigurationError, match="No space left on device"):
            box.restore()
    box.restore()
    assert box.calls == {"done", "open"}


def test_a_folder_that_an_appliance_works_on_is_left_alone(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(_path: Path, **_keys: object) -> Database:
        raise ConfigurationError("vbot.duckdb is in use by another process")

    with monkeypatch.context() as patched:
        patched.setattr(module, "opened_as_it_is", held)
        with pytest.raises(ConfigurationError, match="in use"):
            box.restore()
    assert not box.folder.restore_mark.exists()
    assert box.calls == {"done", "open"}


# -- the audit -----------------------------------------------------------------------------------------------


def waiting(box: Box) -> list[tuple[str]]:
    query = "SELECT call_id FROM delivery WHERE state IN ('pending', 'retrying') AND next_attempt_at IS NOT NULL"
    found: list[tuple[str]] = box.on_database(lambda tx: tx.execute(query).fetchall())
    return found


def test_webhooks_that_waited_are_sent_and_rest_only_where_that_is_wanted(box: Box) -> None:
    before = waiting(box)
    assert len(before) == 2
    assert box.restore().waiting_webhooks == 2
    assert waiting(box) == before
    held = restore(box.folder, box.backup, RECOVERY_KEY, hold_webhooks=True)
    assert (held.waiting_webhooks, waiting(box)) == (2, [])
    states = box.on_database(lambda tx: tx.execute("SELECT state, octet_length(body) > 0 FROM delivery").fetchall())
    assert states == [("disabled", True)] * 2


def test_a_restore_is_written_down_and_forgets_no_line(box: Box) -> None:
    box.write_down("before the backup")
    box.backup.unlink()
    box.make_backup()
    box.write_down("after the backup")
    box.erase_call("done")
    heads = [line.hash for line in box.on_database(lines)]

    box.restore()

    assert box.told() == ["before the backup", "after the backup", "appliance.restored"]
    line = box.on_database(lines)[-1]
    assert (line.actor, line.subject) == (OWNER, Subject(SubjectKind.APPLIANCE))
    counted = {"erased_again": 1, "webhooks_waiting": 1, "webhooks_rest": False}
    assert line.after == {"backup": box.backup.name, **counted, "audit_heads": [heads[-1]]}
    assert box.on_database(verify).broken is None
    assert [one.hash for one in box.on_database(lines)][:2] == heads  # as if there had been no restore
    box.restore()
    assert box.told()[:3] == ["before the backup", "after the backup", "appliance.restored"]
    assert box.told()[3:] == ["appliance.restored"]


@pytest.mark.long
def test_after_a_restore_the_audit_is_whole_though_lines_of_the_backup_had_gone_since(box: Box) -> None:
    for name in ("Ada", "Bob"):
        box.write_down(name)
    box.make_backup()
    box.on_database(lambda tx: audit.expire(tx, LATER, LATER))
    box.write_down("Cleo")

    box.restore()

    assert box.told() == ["Ada", "Bob", "audit.expired", "Cleo", "appliance.restored"]
    assert box.on_database(verify).broken is None


def test_a_restore_that_was_cut_off_takes_no_line_over_twice(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.write_down("after the backup")

    def cut_off(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "_bring_recordings", cut_off)
        with pytest.raises(KeyboardInterrupt):
            box.restore()
    box.restore()
    assert box.told() == ["after the backup", "appliance.restored", "appliance.restored"]
