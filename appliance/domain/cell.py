"""Where a sealed value is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """Table, column and row of a sealed value: moved to any other, it does not open."""

    table: str
    column: str
    row: int | str
