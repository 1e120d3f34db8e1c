"""Pages of a list in any order: by a value of each row, and by its number where values are the same.

A page begins behind the last row of the page before, by that row's value and number, and not at a count of rows. So a
row that is there from the first page to the last, and keeps its value, is shown exactly once, whatever comes and goes
meanwhile. One that comes meanwhile is shown if it stands behind what was shown. Of one whose value changes between two
pages nothing can be promised: it is shown again if it moved on, and never if it moved back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.storage.database import Connection

Value = str | int | float | datetime | None


@dataclass(frozen=True, slots=True)
class SortKey:
    """What a list can be sorted by: an expression over its table's row, and the type of its values."""

    sql: str
    kind: type


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in an order: its value (None: it has none), and its number in the table."""

    value: Value
    number: int


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order by one of a list's keys, and behind which place a page begins (None: it is the first)."""

    field: str
    descending: bool = False
    after: Place | None = None


def places(
    tx: Connection,
    table: str,
    key: SortKey,
    where: str,
    parameters: list[object],
    sorting: Sorting,
    limit: int,
    number: str = "seq",
) -> list[Place]:
    """Where the rows of a page stand, in their order: what has no value comes last in either direction.

    `where` and its parameters narrow the table; `number` is its column of numbers that are never the same.
    """
    behind, more = _behind(sorting)
    direction = "DESC" if sorting.descending else "ASC"
    # The value is made within: an expression that looks into another table would be joined once for each use.
    query = f"""
        SELECT value, number FROM (SELECT {key.sql} AS value, {table}.{number} AS number FROM {table} {where})
        WHERE {behind} ORDER BY value {direction} NULLS LAST, number {direction} LIMIT ?"""  # noqa: S608
    return [Place(*found) for found in tx.execute(query, [*parameters, *more, limit]).fetchall()]


def _behind(sorting: Sorting) -> tuple[str, list[object]]:
    """A condition for what stands behind the page before, with its parameters."""
    after = sorting.after
    if after is None:
        return "true", []
    sign = "<" if sorting.descending else ">"
    if after.value is None:
        return f"value IS NULL AND number {sign} ?", [after.number]
    return (
        f"(value {sign} ? OR (value = ? AND number {sign} ?) OR value IS NULL)",
        [after.value, after.value, after.number],
    )
