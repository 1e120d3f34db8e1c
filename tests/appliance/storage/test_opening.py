"""A file that our own process has open beside its database: waited for, and no word of damage."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from appliance.errors import ConfigurationError
from appliance.storage import opening
from appliance.storage.attached_database import copy_into
from appliance.storage.database import Database, opened_as_it_is
from appliance.storage.tables import customers
from tests.appliance.builders import a_customer


@pytest.fixture
def source(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """The connection of a database that holds a customer."""
    path = tmp_path / "vbot.duckdb"
    database = Database.open(path)
    database.write_blocking(lambda tx: customers.insert(tx, a_customer()))
    database.close()
    return duckdb.connect(str(path))


def copied_while_somebody_looks_at_all_tables(
    source: duckdb.DuckDBPyConnection, copy: Path
) -> duckdb.DuckDBPyConnection:
    """The reader, whose transaction has seen the copy, and goes on."""
    quoted = str(copy)
    copy_into(source, copy)
    source.execute(f"ATTACH '{quoted}' AS seen")
    reader = source.cursor()
    reader.execute("BEGIN TRANSACTION READ ONLY")
    reader.execute("SELECT count(*) FROM duckdb_tables()").fetchall()
    reader.execute("SELECT count(*) FROM seen.customer").fetchall()
    source.execute("DETACH seen")
    return reader


def test_a_copy_that_a_transaction_still_sees_is_waited_for(
    source: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opening.OWN_TRANSACTIONS_SECONDS >= 10
    monkeypatch.setattr(opening, "OWN_TRANSACTIONS_SECONDS", 60.0)  # on a busy machine it ends late
    reader = copied_while_somebody_looks_at_all_tables(source, tmp_path / "copy.duckdb")
    with pytest.raises(duckdb.Error, match="Unique file handle conflict"):
        duckdb.connect(str(tmp_path / "copy.duckdb"))
    ending = threading.Timer(0.5, lambda: reader.execute("ROLLBACK"))
    ending.start()

    with opened_as_it_is(tmp_path / "copy.duckdb") as copied:
        assert copied.write_blocking(lambda tx: len(customers.page(tx))) == 1
    ending.join()


def test_one_that_goes_on_for_too_long_is_told_and_nothing_is_called_damaged(
    source: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "OWN_TRANSACTIONS_SECONDS", 0.3)
    reader = copied_while_somebody_looks_at_all_tables(source, tmp_path / "copy.duckdb")

    with pytest.raises(ConfigurationError) as told, opened_as_it_is(tmp_path / "copy.duckdb"):
        pass
    assert str(told.value) == f"{tmp_path}/copy.duckdb is still in use by this process"
    reader.execute("ROLLBACK")


def test_what_a_killed_process_had_outside_the_database_is_gone_once_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    Database.open(path).close()
    (tmp_path / "vbot.duckdb.tmp").mkdir()
    leftovers = [tmp_path / "vbot.duckdb.tmp/duckdb_temp_storage-0.tmp"]
    leftovers += [tmp_path / "vbot.duckdb.new", tmp_path / "vbot.duckdb.new.wal"]
    for leftover in leftovers:
        leftover.write_bytes(b"what was said")
    Database.open(path).close()
    assert not any(leftover.exists() for leftover in leftovers)
