"""Another database file beside the one that is open."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.opening import attach

Connection = duckdb.DuckDBPyConnection


@contextlib.contextmanager
def attached(connection: Connection, path: Path, key: DatabaseKey | None, *, read_only: bool = False) -> Iterator[str]:
    """Another database file beside this one, under the name that is given; with a key it is encrypted."""
    attach(connection, path, "other_file", key, read_only=read_only)
    try:
        yield "other_file"
    finally:
        with contextlib.suppress(duckdb.Error):  # after an error in a transaction nothing is accepted but its end
            connection.execute("DETACH other_file")


def copy_into(connection: Connection, target: Path, key: DatabaseKey | None = None) -> None:
    """Write all that is committed into a new file."""
    with attached(connection, target, key) as name:
        copy_committed(connection, name)


def copy_committed(connection: Connection, name: str) -> None:
    """Write all that is committed now into a file that is attached under this name."""
    connection.execute(f'COPY FROM DATABASE "{source_of(connection)}" TO {name}')
    # FORCE waits, without it an error comes: on a busy machine COPY's own transactions may not have ended all.
    connection.execute(f"FORCE CHECKPOINT {name}")


def source_of(connection: Connection) -> str:
    """The name of the file that is open."""
    found = connection.execute("SELECT current_database()").fetchone()
    assert found is not None  # noqa: S101 - there always is one
    return str(found[0])
