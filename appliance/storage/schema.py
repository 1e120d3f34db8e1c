"""The schema of the database's file: which steps it has seen, and those that it has not."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import duckdb

from appliance.errors import PermanentFailure
from appliance.storage.file_format.damage import first_line
from appliance.storage.migrations import Migration, all_migrations

logger = logging.getLogger(__name__)

STEPS_TABLE = "schema_migration"
# How the name of a step begins that only adds what an older program does not miss: tables, and columns of which it need
# not say what is in them. It may open the file (appliance/decisions/upgrades.md).
ADDITIVE = "additive_"


class MigrationFailed(PermanentFailure):
    """The file could not be brought up to date, and is as it was."""


def applied_steps(connection: duckdb.DuckDBPyConnection) -> set[int]:
    """The numbers of the steps that the file has seen, but for a newer program's additive ones; new, none."""
    newer = newer_steps(connection)
    return {number for number in seen_steps(connection) if not newer.get(number, "").startswith(ADDITIVE)}


def newer_steps(connection: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """The steps that the file has seen and this program does not know, by their numbers: their names."""
    known = {step.number for step in all_migrations()}
    return {number: name for number, name in seen_steps(connection).items() if number not in known}


def seen_steps(connection: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """All steps that the file has seen, by their numbers: their names; of a new one, none."""
    query = "SELECT count(*) FROM system.main.duckdb_tables() WHERE table_name = 'schema_migration'"
    if connection.execute(query).fetchone() == (0,):
        return {}
    return dict(connection.execute("SELECT number, name FROM schema_migration").fetchall())


def pending_steps(applied: set[int]) -> list[Migration]:
    """The steps that are to be applied. Raises PermanentFailure when a newer program wrote the file."""
    known = all_migrations()
    if unknown := applied - {step.number for step in known}:
        raise PermanentFailure(
            f"the database was written by a newer vBot (schema {max(unknown)}): install that version"
        )
    return [step for step in known if step.number not in applied]


def apply_steps(connection: duckdb.DuckDBPyConnection, steps: Sequence[Migration], done: str | None) -> None:
    """All of them in one transaction: whatever becomes of it, the file is as it was or as it is to be.

    `done` says what was done before, for who has to know. Raises MigrationFailed naming the step; the connection is of
    no use then.
    """
    step: Migration | None = None
    try:
        connection.execute("BEGIN TRANSACTION")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migration "
            "(number INTEGER PRIMARY KEY, name VARCHAR, applied_at TIMESTAMPTZ)"
        )
        for step in steps:
            logger.info("migrating the database: %04d %s", step.number, step.name)
            connection.execute(step.sql)
            if step.then is not None:
                step.then(connection)
            noted = "INSERT INTO schema_migration (number, name, applied_at) VALUES (?, ?, now())"
            connection.execute(noted, [step.number, step.name])
        connection.execute("COMMIT")
    except duckdb.Error as error:
        to_step = "" if step is None else f" to step {step.number:04d} ({step.name})"
        failed = f"migrating the database{to_step} failed: {first_line(error)}"
        unchanged = "nothing was changed, the old program still runs on it"
        raise MigrationFailed("; ".join(filter(None, (failed, unchanged, done)))) from error
