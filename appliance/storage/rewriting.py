"""The database written anew into another file, so that nothing of what was erased is left between what is there.

DuckDB keeps what was deleted: in blocks that are free, at the ends of others, and in the smallest and the largest text
of a column, which it notes for each part of a table and only ever widens. A file into which only what is there was
written has nothing of that. The copy takes minutes with a million calls, while work goes on, and is then read back;
what has changed meanwhile is brought up to date in it while nobody writes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from appliance.errors import Unavailable
from appliance.storage.attached_database import copy_committed, source_of
from appliance.storage.database_keys import of_file
from appliance.storage.file_format import block_file, tried_versions
from appliance.storage.file_format.damage import log_of
from appliance.storage.file_format.encryption import DatabaseKey, cipher_of
from appliance.storage.folder.data_folder import sync_file, sync_folder
from appliance.storage.memory import REWRITTEN as OTHER
from appliance.storage.memory import fit_memory
from appliance.storage.opening import attach

Connection = duckdb.DuckDBPyConnection

# Tables that are large, and of which no two rows are alike. The texts of a result are never changed; of those of a
# delivery, which are emptied one day, the length tells whether they are the same.
_LARGE = ("call", "recording", "result", "delivery", "delivery_attempt", "attempt_address", "audit")
_NEVER_CHANGED = {("result", "search_text"), ("result", "body"), ("result", "words")}
_EMPTIED = {("delivery", "body")}


class NotTheSame(Unavailable):
    """The new file does not hold what the old one does; the old one stays."""


def copy_all(connection: Connection, target: Path, key: DatabaseKey | None) -> None:
    """Write all that is committed now into a new file, encrypted with this key, and leave that attached."""
    attach(connection, target, OTHER, key)
    fit_memory(connection)
    copy_committed(connection, OTHER)


def read_back(connection: Connection, target: Path, key: DatabaseKey | None, go_on: Callable[[], bool]) -> None:
    """Look whether each block of the new file is as it was written, and whether it holds what the old one does.

    As long as `go_on` says so. Raises NotTheSame, and what DuckDB raises, and OSError.
    """
    # Not where DuckDB is of another version than those whose files we know. (That another process could lock the new
    # file from here on is no harm: nobody but us knows it.)
    if tried_versions.is_known():
        state = block_file.examine(target, go_on, cipher=cipher_of(key and of_file(key, target)))
        if not go_on():
            raise Unavailable("the database is closed")
        if not state.readable or state.first_fault is not None:
            raise NotTheSame(f"the database was not written anew: what was written is not there{_place(state)}")
    source = source_of(connection)
    connection.execute("BEGIN TRANSACTION")
    try:
        for table in _LARGE:
            _compare_texts(connection, source, table)
    finally:
        connection.execute("ROLLBACK")


def catch_up(connection: Connection) -> None:
    """Bring the new file up to date while nobody writes, and let it go.

    Raises NotTheSame, and what DuckDB raises.
    """
    source = source_of(connection)
    tables = _tables(connection, source)
    for table in tables:
        if table in _LARGE:
            _bring_up_to_date(connection, source, table)
        else:
            _replace(connection, source, table)
    _advance_sequences(connection, source)
    for table in tables:
        _compare_counts(connection, source, table)
    connection.execute(f"FORCE CHECKPOINT {OTHER}")
    let_go(connection)


def put_in_place(new: Path, old: Path) -> None:
    """Give the new file the old one's name, while neither is open. Raises Unavailable, and OSError."""
    # A log belongs to its file: with one the new file would not open, without it the old one lacks what it has.
    if (log := log_of(old)).exists() and log.stat().st_size:
        raise Unavailable("the database was not written anew: its log could not be emptied")
    log.unlink(missing_ok=True)
    new.chmod(0o600)
    sync_file(new)
    new.rename(old)
    sync_folder(old.parent)


def remove(new: Path) -> None:
    """Remove the new file, and its log."""
    for path in (log_of(new), new):
        path.unlink(missing_ok=True)


def let_go(connection: Connection) -> None:
    """Close the new file, if it is open."""
    connection.execute(f"DETACH DATABASE IF EXISTS {OTHER}")


def abandon(connection: Connection) -> None:
    """Close the new file, if it is open, and give back the memory that was for it."""
    let_go(connection)
    fit_memory(connection)


def _place(state: block_file.FileState) -> str:
    return "" if state.first_fault is None else f" at byte {state.first_fault}"


def _bring_up_to_date(connection: Connection, source: str, table: str) -> None:
    """Delete the rows that are not there any more, or not like that, and insert those that are missing."""
    mine, other = f'"{source}".main."{table}"', f'{OTHER}.main."{table}"'
    row = _row_hash(connection, source, table)
    _note_rows(connection, "rows_here", mine, row)
    for _ in range(2):
        _note_rows(connection, "rows_there", other, row)
        gone, missing = (
            f"SELECT number FROM {these} ANTI JOIN {those} USING (row)"  # noqa: S608
            for these, those in (("rows_there", "rows_here"), ("rows_here", "rows_there"))
        )
        # Two transactions: DuckDB refuses a row under the key of one that was deleted in the same.
        changed = _count(connection, f"DELETE FROM {other} WHERE rowid IN ({gone})")  # noqa: S608
        changed += _count(connection, f"INSERT INTO {other} BY NAME SELECT * FROM {mine} WHERE rowid IN ({missing})")  # noqa: S608
        if not changed:
            return
    raise NotTheSame(f"the database was not written anew: its table {table} did not come out the same")


def _compare_texts(connection: Connection, source: str, table: str) -> None:
    """Of rows that have not changed meanwhile the whole must be the same; the others are written once more anyway."""
    light, whole = _row_hash(connection, source, table), _row_hash(connection, source, table, whole=True)
    here, there = (
        f'SELECT {light} AS light, {whole} AS whole FROM "{name}".main."{table}"'  # noqa: S608
        for name in (source, OTHER)
    )
    unlike = f"SELECT count(*) FROM ({here}) h JOIN ({there}) t USING (light) WHERE h.whole <> t.whole"  # noqa: S608
    if _count(connection, unlike):
        raise NotTheSame(f"the database was not written anew: the texts of its table {table} did not come out the same")


def _note_rows(connection: Connection, name: str, table: str, row: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT rowid AS number, {row} AS row FROM {table}")  # noqa: S608


def _replace(connection: Connection, source: str, table: str) -> None:
    connection.execute(f'DELETE FROM {OTHER}.main."{table}"')  # noqa: S608
    connection.execute(f'INSERT INTO {OTHER}.main."{table}" BY NAME SELECT * FROM "{source}".main."{table}"')  # noqa: S608


def _compare_counts(connection: Connection, source: str, table: str) -> None:
    mine, other = (_count(connection, f'SELECT count(*) FROM "{name}".main."{table}"') for name in (source, OTHER))  # noqa: S608
    if mine != other:
        raise NotTheSame(f"the database was not written anew: its table {table} did not come out the same")


def _count(connection: Connection, statement: str) -> int:
    """What a statement counts: the rows that it changed."""
    found = connection.execute(statement).fetchone()
    assert found is not None  # noqa: S101 - each of these gives a number
    return int(found[0])


def _tables(connection: Connection, database: str) -> list[str]:
    query = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND NOT temporary ORDER BY table_oid"
    return [str(name) for (name,) in connection.execute(query, [database]).fetchall()]


def _row_hash(connection: Connection, database: str, table: str, *, whole: bool = False) -> str:
    """What tells a row of the table from every other, and from what it was before; or it with each of its texts."""
    query = """SELECT column_name, CASE data_type WHEN 'BLOB' THEN 'octet_length' ELSE 'strlen' END
               FROM duckdb_columns() WHERE database_name = ? AND table_name = ? ORDER BY column_index"""
    parts = [
        f'{length}("{name}")' if (table, name) in _EMPTIED and not whole else f'"{name}"'
        for name, length in connection.execute(query, [database, table]).fetchall()
        if (table, name) not in _NEVER_CHANGED or whole
    ]
    return f"hash({', '.join(parts)})"


def _advance_sequences(connection: Connection, source: str) -> None:
    """A number that was given is not given again."""
    query = "SELECT sequence_name, coalesce(last_value, 0) FROM duckdb_sequences() WHERE database_name = ?"
    there: dict[str, Any] = dict(connection.execute(query, [OTHER]).fetchall())
    for name, last in connection.execute(query, [source]).fetchall():
        given = last - there[name]
        if given > 0:
            connection.execute(f"SELECT max(nextval('{OTHER}.main.{name}')) FROM range(?)", [given])  # noqa: S608
