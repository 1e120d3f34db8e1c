"""A vocabulary: names and products that may come up in calls, spelled as they are to be written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from appliance.domain.short_text import holds_unseen

MOST_ENTRIES = 50
LONGEST_ENTRY = 40  # characters
_BETWEEN = re.compile(r"[,\r\n]")


def tidied(entries: Iterable[str]) -> tuple[str, ...]:
    """Without spaces around them; of entries that differ in their capitals alone the first."""
    by_letters: dict[str, str] = {}
    for entry in entries:
        trimmed = " ".join(entry.split())
        if trimmed:
            by_letters.setdefault(trimmed.casefold(), trimmed)
    return tuple(by_letters.values())


def listed(text: str) -> list[str]:
    """The entries of a text that has one on each line, or commas between them."""
    return [trimmed for entry in _BETWEEN.split(text) if (trimmed := entry.strip())]


def together(*vocabularies: Iterable[str]) -> tuple[str, ...]:
    """Several as one: the first ones where they are too many."""
    return tidied(entry for vocabulary in vocabularies for entry in vocabulary)[:MOST_ENTRIES]


def check_vocabulary(entries: list[str]) -> None:
    """Raise ValueError with what is wrong with these: too many, or one that is empty, long or not to be printed."""
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"must have at most {MOST_ENTRIES} entries")
    for number, entry in enumerate(entries, start=1):
        if not entry.strip():
            raise ValueError(f"entry {number} must not be empty")
        if len(entry) > LONGEST_ENTRY:
            raise ValueError(f"entry {number} must have at most {LONGEST_ENTRY} characters")
        if holds_unseen(entry):
            raise ValueError(f"entry {number} must not contain control characters")
