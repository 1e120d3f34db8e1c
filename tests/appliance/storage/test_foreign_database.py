"""A database that somebody else may have made is looked at by a process of its own, whatever becomes of that."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from appliance.errors import ConfigurationError, PermanentFailure
from appliance.storage import foreign_database
from appliance.storage.catalogue import ForeignCatalogue
from appliance.storage.foreign_database import DatabaseUnreadable, look_at

pytestmark = pytest.mark.slow  # each starts a process

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """In a folder whose name says nothing, with two calls."""
    path = tmp_path / "a folder's copy" / "vbot.duckdb"
    path.parent.mkdir()
    path.write_bytes(gzip.decompress((SCHEMAS / "0010.duckdb.gz").read_bytes()))
    return path


def test_one_of_ours_is_told_with_its_steps_and_calls_and_left_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    seen = look_at(path)
    assert (seen.steps, seen.calls) == (list(range(1, 11)), 2)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_one_that_is_not_ours_is_refused_with_the_name_of_what_is_not(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE VIEW more AS SELECT 1")
    with pytest.raises(ForeignCatalogue, match="is not ours: the view more is not one that a vBot has made"):
        look_at(path)


def test_one_of_a_newer_program_is_said_to_be_that(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO schema_migration VALUES (999, 'later', now())")
    with pytest.raises(PermanentFailure, match="newer vBot"):
        look_at(path)


def test_one_that_brings_its_reader_down_is_unreadable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_database.sys, "executable", shutil.which("false"))
    with pytest.raises(DatabaseUnreadable):
        look_at(path)


def test_what_is_no_database_is_unreadable(path: Path) -> None:
    path.write_bytes(b"no database" * 10_000)
    with pytest.raises(DatabaseUnreadable):
        look_at(path)


def test_what_this_machine_refuses_to_read_is_not_called_damaged(path: Path, tmp_path: Path) -> None:
    """What the jail does not allow is such."""
    path.rename(tmp_path / "elsewhere.duckdb")
    path.symlink_to(tmp_path / "elsewhere.duckdb")
    with pytest.raises(ConfigurationError, match=f"^cannot open {re.escape(str(path))}: Permission denied"):
        look_at(path)
