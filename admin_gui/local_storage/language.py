"""In which language the program is from its next start on."""

from __future__ import annotations

from admin_gui.local_storage.profiles import Memory

# Each as its speakers call it: who cannot read the present one finds theirs.
LANGUAGES = {"en": "English", "de": "Deutsch"}
_NAME = "language"


def read_language(memory: Memory) -> str:
    """Empty: the system's."""
    kept = memory.text(_NAME)
    return kept if kept in LANGUAGES else ""


def save_language(memory: Memory, language: str) -> None:
    memory.remember(_NAME, language)
