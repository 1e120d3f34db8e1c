"""Numbered schema steps: `NNNN_name.sql`, each applied once, in order, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources

import duckdb

from appliance.storage.audit_chain import chain_lines

# What SQL alone cannot do, by the number of the step that it belongs to.
_THEN: dict[int, Callable[[duckdb.DuckDBPyConnection], None]] = {13: chain_lines}


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, its name, its SQL, and what is done behind that in the same transaction."""

    number: int
    name: str
    sql: str
    then: Callable[[duckdb.DuckDBPyConnection], None] | None = None


def all_migrations() -> list[Migration]:
    """Every step that this version of the program knows, in order."""
    steps = []
    for file in resources.files(__package__).iterdir():
        if file.name.endswith(".sql"):
            number, _, name = file.name.removesuffix(".sql").partition("_")
            steps.append(Migration(int(number), name, file.read_text(encoding="utf-8"), _THEN.get(int(number))))
    return sorted(steps, key=lambda step: step.number)
