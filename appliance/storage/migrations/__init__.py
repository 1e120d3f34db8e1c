"""Numbered schema steps: `NNNN_name.sql`, each applied once, in order, in a transaction of its own."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, its name, its SQL."""

    number: int
    name: str
    sql: str


def all_migrations() -> list[Migration]:
    """Every step that this version of the program knows, in order."""
    steps = []
    for file in resources.files(__package__).iterdir():
        if file.name.endswith(".sql"):
            number, _, name = file.name.removesuffix(".sql").partition("_")
            steps.append(Migration(int(number), name, file.read_text(encoding="utf-8")))
    return sorted(steps, key=lambda step: step.number)
