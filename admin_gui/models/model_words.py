"""What made the parts of a call's result, in the user's language; what we do not know as the appliance says it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from admin_gui.text.appliance_words.sentences import translated

translate = QCoreApplication.translate

_NOT_DONE = "not done: "


def model_lines(models: Mapping[str, str]) -> str:
    """A line for each part: what it is, and what made it or why it was not made."""
    return "\n".join(f"{_part(part)}: {_made_by(name)}" for part, name in models.items())


def _part(part: str) -> str:
    return {
        "asr": translate("models", "Speech recognition"),
        "speech": translate("models", "Voice activity"),
        "voice": translate("models", "Voices"),
        "embedding": translate("models", "Sentences"),
        "language": translate("models", "Reading"),
        "summary": translate("models", "Summary"),
        "sentiment": translate("models", "Mood"),
        "keywords": translate("models", "Keywords"),
    }.get(part, part)


def _made_by(name: str) -> str:
    if name == "off":
        return translate("models", "switched off")
    if not name.startswith(_NOT_DONE):
        return translated(name)
    reason = name.removeprefix(_NOT_DONE)
    known = {
        "only for English": translate("models", "not done: only for English"),
        "both parties of an internal call are inside": translate(
            "models", "not done: both parties of an internal call are inside"
        ),
        "which party is outside is not known": translate("models", "not done: which party is outside is not known"),
        "nobody speaks": translate("models", "not done: nobody speaks"),
        "the outside party does not speak": translate("models", "not done: the outside party does not speak"),
    }
    return known.get(reason) or translate("models", "not done: %1").replace("%1", translated(reason))
