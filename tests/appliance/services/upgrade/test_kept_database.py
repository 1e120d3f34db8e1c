"""The database as the old version left it comes back, whatever a new one made of it, but for what was erased since."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.domain.clock import utc_now
from appliance.services.upgrade.kept_database import (
    ASIDE,
    keep,
    kept_folder,
    opens_here,
    put_back,
    steps_unknown_here,
)
from appliance.services.upkeep.own_database import opened_own_database
from appliance.storage import erasure
from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.migrations import Migration
from appliance.storage.opening import connect
from appliance.storage.schema import apply_steps
from appliance.storage.tables import calls
from tests.support.used_folder import Used, used_folder
from tests.support.versions import ADDITIVE_STEP, NEXT_STEP, UNREADABLE_STEP

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Box:
    """A data folder that was used, and what a newer program does to it."""

    def __init__(self, root: Path) -> None:
        self.used: Used = used_folder(root)
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


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "data")


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


def test_what_only_has_more_in_it_stays_where_it_is(box: Box) -> None:
    keep(box.folder, box.keys, box.kept)
    box.migrated(ADDITIVE_STEP)
    assert opens_here(steps_unknown_here(box.folder.database, box.keys))
    assert put_back(box.folder, box.keys, box.kept) is None
    assert box.known() == box.used.calls
