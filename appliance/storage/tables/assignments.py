"""Parts of an UPDATE of several rows that are named one by one, each with values of its own.

A join with the new values would read over the whole table; a row that is named is found by the index.
"""

from __future__ import annotations

from collections.abc import Sequence


def assigned(column: str, key: str, names: Sequence[str], values: Sequence[object]) -> tuple[str, list[object]]:
    """What sets the column of each of these rows, by their `key`, to its value: the assignment and its parameters."""
    if all(value == values[0] for value in values):
        return f"{column} = ?", [values[0]]
    pairs = [part for pair in zip(names, values, strict=True) for part in pair]
    return f"{column} = CASE {key} {' '.join(['WHEN ? THEN ?'] * len(names))} END", pairs
