"""Numbers with their nouns, in the texts of api and commands."""

from __future__ import annotations


def counted(number: int, one: str, many: str) -> str:
    """The number with the form of the noun that goes with it."""
    return f"{number} {one if number == 1 else many}"
