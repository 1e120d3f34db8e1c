"""What a database's file is made of, against what our migrations make: tables, indexes and sequences, and nothing else.

A view, a macro or a default is SQL of whoever made the file, and would be run by whoever reads it.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

from appliance.errors import PermanentFailure
from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.opening import IN_MEMORY, locked, obstacle
from appliance.storage.schema import STEPS_TABLE, applied_steps, apply_steps, newer_steps, pending_steps

# What DuckDB calls them, the column with their name, and that with what they are made of.
_KINDS = (
    ("schema", "duckdb_schemas", "schema_name", "sql"),
    ("table", "duckdb_tables", "table_name", "sql"),
    ("view", "duckdb_views", "view_name", "sql"),
    ("index", "duckdb_indexes", "index_name", "sql"),
    ("sequence", "duckdb_sequences", "sequence_name", "sql"),
    ("trigger", "duckdb_triggers", "trigger_name", "sql"),
    ("type", "duckdb_types", "type_name", "logical_type"),
    ("macro", "duckdb_functions", "function_name", "macro_definition"),
)
_OF_DUCKDB = ("system", "temp")
# What an encrypted file is attached to.
_OF_NOBODY = "memory"
# Where a sequence goes on is its content.
_START = " START "

# Kind, schema, name; and what it is made of.
_Catalogue = dict[tuple[str, str, str], str]


class ForeignCatalogue(PermanentFailure):
    """The file holds something that no version of ours has made, or lacks something; the message names it."""


def check_catalogue(path: Path, key: DatabaseKey | None = None) -> set[int]:
    """See that a file that nobody has open is ours to the letter, before anything in it is used; returns its steps.

    Raises ForeignCatalogue; DatabaseDamaged and PermanentFailure as opening it does.
    """
    try:
        with locked(path, key=key, read_only=True) as connection:
            return _check(connection, path, () if key is None else (_OF_NOBODY,))
    except duckdb.Error as error:
        raise obstacle(path, error, key) from error


def _check(connection: duckdb.DuckDBPyConnection, path: Path, beside: Collection[str]) -> set[int]:
    found = _catalogue(connection, beside)
    steps_table = ("table", "main", STEPS_TABLE)
    # Only a table of ours is asked for the steps, and only the steps tell what else is to be there.
    of_no_version = _made_by(()).get(steps_table)
    if found.get(steps_table) != of_no_version:
        raise _foreign(path, steps_table, found)
    applied = applied_steps(connection)
    pending_steps(applied)  # raises where a newer program wrote it
    if newer := newer_steps(
        connection
    ):  # a step that only adds, too: what it adds cannot be told from what is not ours
        raise PermanentFailure(f"{path} was written by a newer vBot (schema {max(newer)}): that version reads it")
    expected = _made_by(applied)
    for key in [*found, *expected]:
        if found.get(key) != expected.get(key):
            raise _foreign(path, key, found)
    return applied


def _foreign(path: Path, key: tuple[str, str, str], found: _Catalogue) -> ForeignCatalogue:
    kind, schema, name = key
    named = f"{kind} {name if schema == 'main' else f'{schema}.{name}'}"
    what = f"the {named} is not one that a vBot has made" if key in found else f"the {named} is missing"
    return ForeignCatalogue(f"{path} is not ours: {what}")


def _made_by(steps: Collection[int]) -> _Catalogue:
    with locked(IN_MEMORY) as connection:
        apply_steps(connection, [step for step in pending_steps(set()) if step.number in steps], None)
        return _catalogue(connection)


def _catalogue(connection: duckdb.DuckDBPyConnection, beside: Collection[str] = ()) -> _Catalogue:
    """Asked of DuckDB's own functions, by their whole names and without any other: a macro may stand in for one."""
    found: _Catalogue = {}
    for kind, function, name_column, made_of in _KINDS:
        cursor = connection.execute(f"SELECT * FROM system.main.{function}()")  # noqa: S608
        columns = [column[0] for column in cursor.description or ()]
        for values in cursor.fetchall():
            row = dict(zip(columns, values, strict=True))
            if row["database_name"] in (*_OF_DUCKDB, *beside) or row.get("internal"):
                continue
            text = str(row[made_of])
            if kind == "sequence":
                begin, _, end = text.partition(_START)
                text = f"{begin}{end.partition(' ')[2]}"
            found[kind, str(row["schema_name"]), str(row[name_column])] = text
    return found
