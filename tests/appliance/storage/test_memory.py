"""DuckDB's memory grows with the calls whose indexes it must hold."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import Unavailable
from appliance.storage import memory, rewriting
from appliance.storage.database import Connection, Database, opened_database
from appliance.storage.opening import written_anew
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


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """One whose indexes take 1.5 GB, as far as is known."""
    monkeypatch.setattr(memory, "INDEX_BYTES_A_CALL", 500 * 10**6)
    with opened_database(tmp_path / "vbot.duckdb", beside=[written_anew(tmp_path / "vbot.duckdb")]) as database:
        store(database, 3)
        database.write_blocking(memory.fit_memory)
        yield database


def test_while_it_is_written_anew_there_is_room_for_three_times_the_indexes_and_the_hourly_look_leaves_it(
    large: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, real = [], rewriting.read_back

    def read_back(*args: Any) -> None:
        seen.append(megabytes(large))
        large.write_blocking(memory.fit_memory)
        seen.append(megabytes(large))
        real(*args)

    monkeypatch.setattr(rewriting, "read_back", read_back)
    large.rewrite_blocking()
    assert [*seen, megabytes(large)] == pytest.approx([4900, 4900, 1900], rel=0.05)


def test_after_one_that_failed_it_is_as_before(large: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_back(*_: object) -> None:
        raise Unavailable("of no use")

    monkeypatch.setattr(rewriting, "read_back", read_back)
    with pytest.raises(Unavailable, match="of no use"):
        large.rewrite_blocking()
    assert megabytes(large) == pytest.approx(1900, rel=0.05)


def test_that_is_refused_only_where_it_is_more_than_is_allowed_and_than_it_has_anyway(large: Database) -> None:
    def need(allowed: int) -> None:
        large.write_blocking(lambda tx: memory.need_memory_for_rewriting(tx, allowed))

    need(4900)
    with pytest.raises(Unavailable, match="that takes 4900 MB of memory, and the api's database may have 4899 MB"):
        need(4899)


def test_what_the_api_may_take_is_the_least_that_its_control_groups_allow(tmp_path: Path) -> None:
    groups, own = tmp_path / "cgroup", tmp_path / "self"
    unit = groups / "system.slice/vbot-api.service"
    unit.mkdir(parents=True)
    own.write_text("4:memory:/other\n0::/system.slice/vbot-api.service\n")
    half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2 // 10**6 - memory.BESIDE_DUCKDB_MB

    assert memory.allowed_mb(groups, own) == half  # none says anything
    (unit / "memory.max").write_text("1000000000\n")
    (unit.parent / "memory.max").write_text("max\n")
    assert memory.allowed_mb(groups, own) == 700
    (unit.parent / "memory.max").write_text("900000000\n")
    assert memory.allowed_mb(groups, own) == 600
    (groups / "memory.max").write_text("800000000\n")  # as a container sees its own
    assert memory.allowed_mb(groups, own) == 500
    assert memory.allowed_mb(groups, tmp_path / "missing") == half
