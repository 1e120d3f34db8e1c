"""DuckDB's memory grows with the calls whose indexes it must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.storage import memory
from appliance.storage.database import Connection, Database, opened_database
from appliance.storage.tables import calls
from tests.appliance.builders import a_call


def megabytes(database: Database) -> float:
    """The limit that is set."""
    text = database.write_blocking(lambda tx: tx.execute("SELECT current_setting('memory_limit')").fetchone())
    number, unit = str((text or ("",))[0]).split()
    return float(number) * {"MiB": 1.048576, "GiB": 1073.741824}[unit]


def store(database: Database, count: int) -> None:
    def insert(tx: Connection) -> None:
        calls.insert_many(tx, [a_call() for _ in range(count)])

    database.write_blocking(insert)


def test_with_few_calls_it_is_what_an_appliance_needs_at_least(database: Database) -> None:
    store(database, 3)
    database.write_blocking(memory.fit_memory)

    assert megabytes(database) == pytest.approx(memory.LEAST_MEMORY_MB, rel=0.01)


def test_with_many_calls_their_indexes_fit_as_soon_as_it_is_told_and_after_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "INDEX_BYTES_A_CALL", 500 * 10**6)
    path = tmp_path / "vbot.duckdb"
    with opened_database(path) as database:
        store(database, 3)
        assert megabytes(database) == pytest.approx(memory.LEAST_MEMORY_MB, rel=0.01)
        database.write_blocking(memory.fit_memory)
        assert megabytes(database) == pytest.approx(1900, rel=0.05)
    with opened_database(path) as database:
        assert megabytes(database) == pytest.approx(1900, rel=0.05)
