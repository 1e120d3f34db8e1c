"""The database as the old version left it comes back, whatever a new one made of it, but for what was erased since."""

from __future__ import annotations

import errno
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.domain.clock import utc_now
from appliance.errors import ApplianceError, ConfigurationError
from appliance.services.upgrade.kept_database import (
    ASIDE,
    forget_kept,
    keep,
    kept_folder,
    opens_here,
    put_back,
    steps_unknown_here,
)
from appliance.services.upkeep.own_database import opened_own_database
from appliance.storage import erasure, schema
from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.migrations import Migration, all_migrations
from appliance.storage.opening import connect
from appliance.storage.schema import apply_steps
from appliance.storage.tables import calls
from tests.support.cases import long_but
from tests.support.used_folder import Used, used_folder
from tests.support.versions import ADDITIVE_STEP, NEXT_STEP, UNREADABLE_STEP

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Box:
    """A data folder that was used, and what a newer program does to it."""

    def __init__(self, root: Path, used: Used) -> None:
        self.used = used
        self.folder = DataFolder(root)
        self.keys = Keys.of(self.folder)
        self.kept = kept_folder(self.folder, NOW)

    def migrated(self, step: tuple[str, str], erases: str | None = None) -> None:
        opened = connect(self.folder.database, existing=True, keys=DatabaseKeys(self.keys))
        apply_steps(opened.connection, [Migration(NEXT_STEP, *step)], None)
        if erases is not None:
            erasure.erase_call(opened.connection, erases, utc_now())
        opened.connection.close()

    def known(self) -> set[str]:
        """The calls that our version knows, once it has opened the folder as an api does."""
        with opened_own_database(self.folder, self.keys) as database:
            return database.write_blocking(
                lambda tx: {call_id for call_id in self.used.calls if calls.get(tx, call_id) is not None}
            )


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Used]:
    root = tmp_path_factory.mktemp("used") / "data"
    return root, used_folder(root)


@pytest.fixture
def box(original: tuple[Path, Used], tmp_path: Path) -> Box:
    shutil.copytree(original[0], tmp_path / "data")
    return Box(tmp_path / "data", original[1])


def test_what_a_newer_version_made_of_it_is_put_aside_and_what_it_erased_is_erased(box: Box) -> None:
    keep(box.folder, box.keys, box.kept)
    erased = box.used.final[0]
    box.migrated(UNREADABLE_STEP, erases=erased)
    assert not opens_here(steps_unknown_here(box.folder.database, box.keys))
    aside = put_back(box.folder, box.keys, box.kept)
    assert aside is not None
    assert not opens_here(steps_unknown_here(aside / box.folder.database.name, box.keys))
    assert box.known() == box.used.calls - {erased}
    assert put_back(box.folder, box.keys, box.kept) is None  # and once more: there is nothing to do
    assert box.known() == box.used.calls - {erased}


def test_a_way_back_that_was_cut_off_is_done_again(box: Box) -> None:
    keep(box.folder, box.keys, box.kept)
    keep(box.folder, box.keys, box.kept)  # cut off before, and done again
    box.migrated(UNREADABLE_STEP, erases=box.used.final[0])
    aside = box.folder.root / f"{ASIDE}20261127T120000Z"
    aside.mkdir(mode=0o700)
    DatabaseKeys(box.keys).keep_beside(box.folder.database, aside / box.folder.database.name)
    box.folder.database.rename(aside / box.folder.database.name)
    box.folder.database.with_name("vbot.duckdb.back").write_bytes(b"half a copy")
    assert put_back(box.folder, box.keys, box.kept) == aside
    assert box.known() == box.used.calls - {box.used.final[0]}


@pytest.mark.long
def test_the_newer_version_which_knows_each_step_puts_it_back_as_well(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is who finishes an upgrade that was killed after the switch, and who upgrades the first release."""
    keep(box.folder, box.keys, box.kept)
    box.migrated(UNREADABLE_STEP)
    steps = [*all_migrations(), Migration(NEXT_STEP, *UNREADABLE_STEP)]
    with monkeypatch.context() as newer:
        newer.setattr(schema, "all_migrations", lambda: steps)
        assert steps_unknown_here(box.folder.database, box.keys) == []
        assert put_back(box.folder, box.keys, box.kept) is not None
        assert put_back(box.folder, box.keys, box.kept) is None  # and once more
    assert box.known() == box.used.calls


def test_what_only_has_more_in_it_stays_where_it_is(box: Box) -> None:
    keep(box.folder, box.keys, box.kept)
    box.migrated(ADDITIVE_STEP)
    assert opens_here(steps_unknown_here(box.folder.database, box.keys))
    assert put_back(box.folder, box.keys, box.kept) is None
    assert box.known() == box.used.calls


def test_of_a_copy_that_was_cut_off_nothing_is_put_back(box: Box) -> None:
    (box.folder.root / f"{box.kept.name}.begun").mkdir()
    (box.folder.root / f"{box.kept.name}.begun" / box.folder.database.name).write_bytes(b"half a copy")
    box.migrated(UNREADABLE_STEP)
    with pytest.raises(ConfigurationError, match="the database of before the upgrade is not in"):
        put_back(box.folder, box.keys, box.kept)
    assert not opens_here(steps_unknown_here(box.folder.database, box.keys))
    forget_kept(box.folder)
    assert not list(box.folder.root.glob("before-*"))


def test_what_cannot_be_read_now_stays_where_it_is(box: Box) -> None:
    keep(box.folder, box.keys, box.kept)
    box.folder.database.write_bytes(b"no database of any version")
    with pytest.raises(ApplianceError):
        put_back(box.folder, box.keys, box.kept)
    assert box.folder.database.read_bytes() == b"no database of any version"
    assert (box.kept / box.folder.database.name).exists()


@pytest.mark.parametrize(
    "changed", long_but(["DROP TABLE erasure"], ["DROP TABLE erasure", "ALTER TABLE erasure RENAME call_id TO id"])
)
def test_a_newer_version_that_keeps_its_erasures_otherwise_is_no_obstacle(box: Box, changed: str) -> None:
    keep(box.folder, box.keys, box.kept)
    name, sql = UNREADABLE_STEP
    box.migrated((name, f"{sql}{changed};\n"))
    assert put_back(box.folder, box.keys, box.kept) is not None
    assert box.known() == box.used.calls


@pytest.mark.long
def test_what_was_put_back_and_migrated_once_more_is_put_back_once_more(box: Box) -> None:
    """A power cut on the way back: the new version starts with the machine, before anybody resumes."""
    keep(box.folder, box.keys, box.kept)
    first, second = box.used.final[:2]
    box.migrated(UNREADABLE_STEP, erases=first)
    assert put_back(box.folder, box.keys, box.kept) is not None
    box.migrated(UNREADABLE_STEP, erases=second)
    assert put_back(box.folder, box.keys, box.kept) is not None
    assert box.known() == box.used.calls - {first, second}
    assert len(list(box.folder.root.glob(f"{ASIDE}*/{box.folder.database.name}"))) == 2
    assert box.folder.database.stat().st_mode & 0o777 == 0o600
    forget_kept(box.folder)
    assert not list(box.folder.root.glob("before-upgrade-*"))
    assert not list(box.folder.root.glob("*.back"))


def test_where_the_disk_is_full_it_is_moved_and_what_the_newer_version_did_then_is_seen(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(box.folder, box.keys, box.kept)
    box.migrated(UNREADABLE_STEP)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(shutil, "copyfile", full)
        assert put_back(box.folder, box.keys, box.kept) is not None
    assert not (box.kept / box.folder.database.name).exists()
    assert put_back(box.folder, box.keys, box.kept) is None
    box.migrated(UNREADABLE_STEP)
    steps = [*all_migrations(), Migration(NEXT_STEP, *UNREADABLE_STEP)]
    with monkeypatch.context() as newer:
        newer.setattr(schema, "all_migrations", lambda: steps)
        with pytest.raises(ConfigurationError, match="the database of before the upgrade is not in"):
            put_back(box.folder, box.keys, box.kept)
