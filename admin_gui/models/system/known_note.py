"""The note of the first boot, once somebody has said here that its key is kept."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def known_note_text() -> str:
    """What still stands on the box, and who can do something about it."""
    return translate(
        "health",
        "A note on the appliance still shows the recovery key and the first token to whoever takes its disk: somebody "
        "with the appliance's command line removes it by “vbot backup recovery-key --kept”",
    )
