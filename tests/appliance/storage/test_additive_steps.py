"""A step that only adds is opened by an older program; a step that is called so adds nothing that one would miss."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import duckdb
import pytest

from appliance.errors import PermanentFailure
from appliance.storage.catalogue import check_catalogue
from appliance.storage.database import Database, opened_database
from appliance.storage.migrations import Migration, all_migrations
from appliance.storage.schema import ADDITIVE, apply_steps
from appliance.storage.tables import facts
from tests.support.versions import ADDITIVE_STEP, NEXT_STEP, UNREADABLE_STEP

Columns = dict[tuple[str, str], tuple[str, bool, str | None]]


def written_by_newer(path: Path, name: str, sql: str) -> None:
    """A database that a newer program has migrated."""
    Database.open(path).close()
    with duckdb.connect(str(path)) as connection:
        apply_steps(connection, [Migration(NEXT_STEP, name, sql)], None)


def test_a_database_to_which_a_newer_program_has_only_added_opens_and_is_written(tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    written_by_newer(path, *ADDITIVE_STEP)
    for name in ("first", "second"):
        with opened_database(path) as database:
            database.write_blocking(partial(facts.put, name=name, value="yes"))


def test_a_database_of_which_a_newer_program_has_made_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    written_by_newer(path, *UNREADABLE_STEP)
    with pytest.raises(PermanentFailure, match=rf"newer vBot \(schema {NEXT_STEP}\): install that version"):
        Database.open(path)


def test_a_backup_of_it_is_of_a_newer_program_and_not_called_foreign(tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    written_by_newer(path, *ADDITIVE_STEP)
    with pytest.raises(PermanentFailure, match="was written by a newer vBot"):
        check_catalogue(path)


def made_by(steps: Sequence[Migration]) -> Columns:
    """Each column of what these steps make: its type, whether it may be empty, what it is where nobody says it."""
    with duckdb.connect() as connection:
        apply_steps(connection, steps, None)
        query = "SELECT table_name, column_name, data_type, is_nullable, column_default FROM duckdb_columns()"
        found = connection.execute(f"{query} WHERE schema_name = 'main' AND NOT internal").fetchall()
    return {(table, column): (kind, nullable, default) for table, column, kind, nullable, default in found}


def missed_by_older(step: Migration, before: Sequence[Migration]) -> list[str]:
    """What an older program, which knows the steps before, would stumble over after this one."""
    old, new = made_by(before), made_by([*before, step])
    tables = {table for table, _ in old}
    missed = [
        f"{table}.{column} is another, or gone"
        for (table, column), was in old.items()
        if new.get((table, column)) != was
    ]
    missed += [
        f"{table}.{column} must be given"
        for (table, column), (_, nullable, default) in new.items()
        if table in tables and (table, column) not in old and not nullable and default is None
    ]
    changes = [word for word in ("UPDATE", "DELETE", "DROP", "UNIQUE INDEX") if word in step.sql.upper()]
    return missed + [f"it says {word}" for word in changes] + (["it does more than SQL"] if step.then else [])


def test_every_step_that_is_called_additive_is_so() -> None:
    known = all_migrations()
    additive = [number for number, step in enumerate(known) if step.name.startswith(ADDITIVE)]
    assert {known[number].name: missed_by_older(known[number], known[:number]) for number in additive} == {
        known[number].name: [] for number in additive
    }


@pytest.mark.parametrize(
    ("sql", "missed"),
    [
        (ADDITIVE_STEP[1], []),
        ("ALTER TABLE silence RENAME TO quiet", ["is another, or gone"]),
        ("CREATE TABLE quiet (a INTEGER NOT NULL); DROP TABLE silence", ["is another, or gone", "it says DROP"]),
        ("UPDATE fact SET value = upper(value)", ["it says UPDATE"]),
    ],
)
def test_a_step_that_does_more_is_found(sql: str, missed: list[str]) -> None:
    found = missed_by_older(Migration(NEXT_STEP, "additive_made_up", sql), all_migrations())
    assert all(any(what in one for one in found) for what in missed)
    assert bool(found) == bool(missed)
