"""Lists of words in a column: as JSON, since DuckDB rewrites a whole row, keys and all, where a real list changes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


def to_column(words: Sequence[str] | None) -> str | None:
    """What is stored; nothing for an empty list."""
    return msgspec.json.encode(list(words)).decode() if words else None


def from_column(text: str | None) -> tuple[str, ...]:
    """The list again."""
    return msgspec.json.decode(text, type=tuple[str, ...]) if text else ()
