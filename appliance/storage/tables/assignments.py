"""Parts of an UPDATE of several rows that are named one by one, each with values of its own.

A join with the new values would read over the whole table; a row that is named is found by the index.
"""

from __future__ import annotations

from collections.abc import Sequence

from appliance.storage.database import Connection


def assigned(column: str, key: str, names: Sequence[str], values: Sequence[object]) -> tuple[str, list[object]]:
    """What sets the column of each of these rows, by their `key`, to its value: the assignment and its parameters."""
    if all(value == values[0] for value in values):
        return f"{column} = ?", [values[0]]
    pairs = [part for pair in zip(names, values, strict=True) for part in pair]
    return f"{column} = CASE {key} {' '.join(['WHEN ? THEN ?'] * len(names))} END", pairs


def updated(
    tx: Connection,
    table: str,
    key: str,
    assignments: str,
    values: Sequence[object],
    condition: str,
    parameters: Sequence[object],
) -> list[str]:
    """Change those rows of a table to which the condition applies; returns their `key`s.

    UPDATE … RETURNING would tell them as well, but has DuckDB write each row anew: a webhook's body of 4 MiB with each
    attempt, which stays in the file until that is written anew. So they are asked for before.
    """
    found = tx.execute(f"SELECT {key} FROM {table} WHERE {condition}", list(parameters)).fetchall()  # noqa: S608
    if found:
        tx.execute(f"UPDATE {table} SET {assignments} WHERE {condition}", [*values, *parameters])  # noqa: S608
    return [name for (name,) in found]
