"""What can be read of a damaged database, table by table, in a new file; what cannot is counted and named.

DuckDB reads a table in stretches of 2048 rows. Where one cannot be read, it may be for one column only: the row is kept
without it, if it may be, or if something else may stand there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from appliance.storage.attached_database import attached
from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.migrations import all_migrations
from appliance.storage.opening import locked
from appliance.storage.schema import apply_steps

STRETCH_ROWS = 2048
# Numbers that are never given twice, and the columns that have had them.
SEQUENCES = {
    "customer_id": ("customer", "id"),
    "call_seq": ("call", "seq"),
    "delivery_seq": ("delivery", "seq"),
    "token_id": ("token", "id"),
    "audit_seq": ("audit", "seq"),
}
# Of what must be there, what a call can be without.
STAND_INS = {
    ("call", "caller_number"): "'anonymous'",
    ("call", "called_number"): "'anonymous'",
    ("recording", "sha256"): "''",
    ("result", "search_text"): "''",
    ("delivery_attempt", "reply"): "''",
}
_STEPS = "schema_migration"


@dataclass(frozen=True, slots=True)
class Loss:
    """What a table has lost: rows, and values of rows that are kept."""

    table: str
    rows: int
    values: int = 0
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        lost = [f"{self.rows} rows" if self.rows else "", f"{self.values} values of {', '.join(self.columns)}"]
        return f"{self.table}: {' and '.join(filter(None, lost if self.values else lost[:1]))} cannot be read"


@dataclass(frozen=True, slots=True)
class _Column:
    """`without` is what stands in its place where it cannot be read; None: then the row is lost."""

    name: str
    without: str | None


def salvage(
    damaged: Path, target: Path, key: DatabaseKey | None = None, target_key: DatabaseKey | None = None
) -> list[Loss]:
    """Fill a new file with what can be read of the damaged one; returns what is lost of each table that lost something.

    Raises duckdb.Error when it cannot be opened at all.
    """
    target.unlink(missing_ok=True)
    with locked(target, key=target_key, beside=[damaged]) as connection:
        with attached(connection, damaged, key, read_only=True) as name:
            steps = _steps_of(connection, name)
            apply_steps(connection, [step for step in all_migrations() if step.number in steps], None)
            losses = [_Table(connection, name, table).copy() for table in _tables(connection)]
        for sequence, (table, column) in SEQUENCES.items():
            _go_on_behind(connection, sequence, table, column)
        connection.execute("CHECKPOINT")
    return [loss for loss in losses if loss.rows or loss.values]


def _steps_of(connection: duckdb.DuckDBPyConnection, name: str) -> set[int]:
    """The schema that it has; today's where that cannot be read."""
    try:
        return {number for (number,) in connection.execute(f"SELECT number FROM {name}.{_STEPS}").fetchall()}  # noqa: S608
    except duckdb.Error:
        return {step.number for step in all_migrations()}


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    query = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND table_name <> ?"
    return [name for (name,) in connection.execute(query, [_STEPS]).fetchall()]


class _Table:
    """One table on its way from the damaged file into the new one."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: str, table: str) -> None:
        self._connection = connection
        self._source = f'{source}.main."{table}"'
        self._table = table
        self._columns: list[_Column] = []
        self._rows = self._values = 0
        self._without: set[str] = set()

    def copy(self) -> Loss:
        try:
            self._columns = self._common_columns()
            (count, end), *_ = self._connection.execute(
                f"SELECT count(*), coalesce(max(rowid) + 1, 0) FROM {self._source}"  # noqa: S608
            ).fetchall()
        except duckdb.Error:
            return Loss(self._table, rows=-1)
        self._copy(0, end)
        (kept,) = self._connection.execute(f'SELECT count(*) FROM "{self._table}"').fetchone() or (0,)  # noqa: S608
        return Loss(self._table, count - kept, self._values, tuple(sorted(self._without)))

    def _common_columns(self) -> list[_Column]:
        there = {name for name, *_ in self._connection.execute(f"DESCRIBE {self._source}").fetchall()}
        ours = self._connection.execute(f'DESCRIBE "{self._table}"').fetchall()
        return [
            _Column(name, "NULL" if null == "YES" else STAND_INS.get((self._table, name)))
            for name, _, null, *_ in ours
            if name in there
        ]

    def _copy(self, begin: int, end: int) -> None:
        """The rows from `begin` to before `end`, halved until what cannot be read stands alone."""
        if begin >= end or self._insert(begin, end, ()):
            return
        if end - begin > STRETCH_ROWS:
            middle = begin + max(STRETCH_ROWS, (end - begin) // 2 // STRETCH_ROWS * STRETCH_ROWS)
            self._copy(begin, middle)
            self._copy(middle, end)
            return
        missing = [column for column in self._columns if not self._can_read(begin, end, column)]
        if all(column.without is not None for column in missing) and self._insert(begin, end, missing):
            self._without |= {column.name for column in missing}
            self._values += len(missing) * self._count(begin, end)

    def _insert(self, begin: int, end: int, missing: Collection[_Column]) -> bool:
        names = ", ".join(f'"{column.name}"' for column in self._columns)
        values = ", ".join(
            column.without or "NULL" if column in missing else f'"{column.name}"' for column in self._columns
        )
        return self._tried(
            f'INSERT INTO "{self._table}" ({names}) SELECT {values} FROM {self._source} WHERE {_between(begin, end)}'  # noqa: S608
        )

    def _can_read(self, begin: int, end: int, column: _Column) -> bool:
        return self._tried(
            f'SELECT bit_xor(hash("{column.name}")) FROM {self._source} WHERE {_between(begin, end)}'  # noqa: S608
        )

    def _count(self, begin: int, end: int) -> int:
        query = f"SELECT count(*) FROM {self._source} WHERE {_between(begin, end)}"  # noqa: S608
        (count,) = self._connection.execute(query).fetchone() or (0,)
        return int(count)

    def _tried(self, sql: str) -> bool:
        try:
            self._connection.execute(sql).fetchall()
        except duckdb.Error:
            return False
        return True


def _between(begin: int, end: int) -> str:
    return f"rowid >= {begin} AND rowid < {end}"


def _go_on_behind(connection: duckdb.DuckDBPyConnection, sequence: str, table: str, column: str) -> None:
    """Use up the sequence's numbers that are in the table."""
    there = connection.execute(
        "SELECT count(*) FROM duckdb_columns() WHERE database_name = current_database() AND table_name = ? "
        "AND column_name = ?",
        [table, column],
    ).fetchone()
    if there != (0,):
        (until,) = connection.execute(f'SELECT coalesce(max("{column}"), 0) FROM "{table}"').fetchone() or (0,)  # noqa: S608
        connection.execute(f"SELECT max(nextval('{sequence}')) FROM range({int(until)})")  # noqa: S608
