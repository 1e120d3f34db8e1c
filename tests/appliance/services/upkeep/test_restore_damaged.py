"""A backup is a way out of a damage: what is damaged is not in its way, and what can be read of it is kept."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from pathlib import Path

import pytest

from appliance.errors import ConfigurationError, PermanentFailure
from appliance.services.upkeep.backups import make_backup
from appliance.services.upkeep.first_boot import initialise
from appliance.services.upkeep.own_database import opened_own_database
from appliance.services.upkeep.repair import repair
from appliance.services.upkeep.restore import Restored, restore
from appliance.services.upkeep.restore_secrets import restore_secrets
from appliance.storage.database import Connection, Database, opened_as_it_is
from appliance.storage.erasure import erase_call
from appliance.storage.file_format.damage import log_of
from appliance.storage.folder.backup_manifest import WrongRecoveryKey
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, recovery_key_of
from appliance.storage.opening import connect
from appliance.storage.tables import audit, stored_recordings
from tests.appliance.audited import lines
from tests.appliance.builders import NOON
from tests.support.cases import long_but
from tests.support.database_file import keys_beside
from tests.support.file_faults import flip, truncate, zero_page
from tests.support.used_folder import Used, used_folder

# Each makes, damages and restores a whole data folder.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("looked_at_here")]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Used]:
    """A used folder with a backup of its beginning, and an erasure since, which the log holds."""
    root = tmp_path_factory.mktemp("used") / "data"
    used = used_folder(root)
    return root, used


class Box:
    def __init__(self, root: Path, used: Used) -> None:
        self.folder = DataFolder(root)
        self.used = used
        self.backup = root.parent / "backup.tar"

    def make_backup(self) -> None:
        with opened_as_it_is(
            self.folder.database, [self.folder.backups], keys_beside(self.folder.database)
        ) as database:
            make_backup(database, self.folder, Keys.of(self.folder), self.backup, NOON)

    def restore(self) -> Restored:
        return restore(self.folder, self.backup, self.used.recovery_key)

    def calls(self) -> set[str]:
        with opened_as_it_is(self.folder.database, keys=keys_beside(self.folder.database)) as database:
            found = database.write_blocking(lambda tx: tx.execute("SELECT call_id FROM call").fetchall())
        return {call_id for (call_id,) in found}


@pytest.fixture
def box(original: tuple[Path, Used], tmp_path: Path) -> Box:
    shutil.copytree(original[0], tmp_path / "data")
    box = Box(tmp_path / "data", original[1])
    box.make_backup()
    return box


def erase(box: Box, call_id: str) -> None:
    """On demand, after the backup; with a line in the audit, and still in the log."""

    def work(tx: Connection) -> None:
        erase_call(tx, call_id, NOON)

    if (child := os.fork()) == 0:
        with contextlib.suppress(BaseException):
            opened = connect(box.folder.database, existing=True, keys=keys_beside(box.folder.database))
            Database(opened, box.folder.database).write_blocking(work)
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert log_of(box.folder.database).stat().st_size


def test_a_damaged_log_is_in_nobodys_way_and_what_it_says_of_erasures_is_kept(box: Box) -> None:
    erase(box, box.used.final[0])
    with log_of(box.folder.database).open("ab") as file:  # the damage is behind it
        file.write(b"\x05" + bytes(7) + bytes(8) + b"trash")

    done = box.restore()

    assert done.unreadable == ()
    assert done.erased_again == 1
    assert box.calls() == box.used.calls - {box.used.final[0]}


@pytest.mark.parametrize("size", long_but([20_000], [0, 20_000]))
def test_a_database_beyond_reading_is_told_and_the_calls_since_are_taken_in_afterwards(box: Box, size: int) -> None:
    lost = box.used.waiting[-1]
    truncate(box.folder.database, size)

    def forget(tx: Connection) -> None:  # in the backup: as if it had come since
        for table in ("call", "recording"):
            tx.execute(f"DELETE FROM {table} WHERE call_id = ?", [lost])

    done = box.restore()

    assert done.unreadable == (box.folder.database,)
    assert box.calls() == box.used.calls
    with opened_as_it_is(box.folder.database, keys=keys_beside(box.folder.database)) as database:
        (stored,) = database.write_blocking(lambda tx: stored_recordings.of_call(tx, lost))
        database.write_blocking(forget)
    box.folder.lost_and_found.mkdir(exist_ok=True)
    (box.folder.recordings / stored.file).rename(box.folder.lost_and_found / stored.file.replace("/", "-"))
    told: list[str] = []
    repair(box.folder, Keys.of(box.folder), told.append)
    assert f"call {lost} of customer {box.used.customers[1]} was taken in again" in told
    assert box.calls() == box.used.calls


def test_the_audit_of_a_damaged_database_outlives_the_restore(box: Box) -> None:
    with opened_as_it_is(box.folder.database, keys=keys_beside(box.folder.database)) as database:
        before = {line.id for line in database.write_blocking(lines)}
        database._connection.execute("CHECKPOINT")
    zero_page(box.folder.database, 0)  # only its head

    assert box.restore().unreadable == ()

    with opened_as_it_is(box.folder.database, keys=keys_beside(box.folder.database)) as database:
        assert before <= {line.id for line in database.write_blocking(lines)}
        database.write_blocking(audit.read_all)


# -- keys and certificate alone -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", long_but(["master_key", "certificate"], ["master_key", "recovery_key", "certificate", "certificate_key"])
)
@pytest.mark.parametrize("how", long_but(["flipped"], ["flipped", "empty", "missing"]))
def test_a_damaged_secret_comes_back_and_nothing_that_was_accepted_is_lost(box: Box, name: str, how: str) -> None:
    path: Path = getattr(box.folder, name)
    with opened_as_it_is(box.folder.database, keys=keys_beside(box.folder.database)) as database:
        added = database.write_blocking(lambda tx: tx.execute("INSERT INTO fact VALUES ('since', 'the backup')"))
    assert added is not None
    before = {each: getattr(box.folder, each).read_bytes() for each in ("master_key", "certificate", "certificate_key")}
    if how == "flipped":
        flip(path, 30, 1)
    elif how == "empty":
        truncate(path, 0)
    else:
        path.unlink()
    damaged = path.read_bytes() if path.exists() else None

    _, aside = restore_secrets(box.folder, box.backup, box.used.recovery_key)

    assert {each: getattr(box.folder, each).read_bytes().strip() for each in before} == {
        each: content.strip() for each, content in before.items()
    }
    if damaged is not None:
        assert (aside / path.parent.name / path.name).read_bytes() == damaged
    with opened_own_database(box.folder, Keys.of(box.folder)) as database:
        kept = "SELECT value FROM fact WHERE name = 'since'"
        assert database.write_blocking(lambda tx: tx.execute(kept).fetchall()) == [("the backup",)]
        assert database.write_blocking(lines)[-1].after == {"backup": "backup.tar", "secrets_only": True}
    assert box.calls() == box.used.calls
    modes = {each.stat().st_mode & 0o777 for each in (*box.folder.secrets.iterdir(), box.folder.certificate_key)}
    assert modes == {0o600}


def test_a_master_key_that_is_systemds_credential_stays_out_of_the_folder(box: Box) -> None:
    truncate(box.folder.master_key, 0)
    flip(box.folder.recovery_key, 20)
    restore_secrets(box.folder, box.backup, box.used.recovery_key, key_is_credential=True)
    assert box.folder.master_key.read_bytes() == b""
    assert box.folder.recovery_key.stat().st_size > 0


def test_secrets_of_another_folder_are_refused(box: Box, tmp_path: Path) -> None:
    other = DataFolder(tmp_path / "other")
    initialise(other, None, note=False)
    keys = Keys.of(other)
    with opened_own_database(other, keys) as database:
        make_backup(database, other, keys, tmp_path / "other.tar", NOON)
    recovery_key = recovery_key_of(other, keys)
    before = box.folder.master_key.read_bytes()

    with pytest.raises(ConfigurationError, match="is a backup of another data folder"):
        restore_secrets(box.folder, tmp_path / "other.tar", recovery_key)

    assert box.folder.master_key.read_bytes() == before


def test_a_wrong_recovery_key_changes_nothing(box: Box) -> None:
    before = box.folder.master_key.read_bytes()
    with pytest.raises(WrongRecoveryKey):
        restore_secrets(box.folder, box.backup, "AAAA-BBBB")
    assert box.folder.master_key.read_bytes() == before


def test_a_folder_that_has_lost_its_master_key_is_not_set_up_anew(box: Box) -> None:
    key = box.folder.master_key.read_bytes()
    box.folder.master_key.unlink()
    with pytest.raises(
        PermanentFailure, match=r"master\.key is missing, but .* was used: `vbot restore .*--secrets-only`"
    ):
        initialise(box.folder, None, note=False)
    box.folder.master_key.write_bytes(key)
    assert box.calls() == box.used.calls
