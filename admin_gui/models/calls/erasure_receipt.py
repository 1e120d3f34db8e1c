"""The receipt of an erased call in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from admin_gui.client.calls import Erasure
from admin_gui.text.appliance_words.sentences import translated

translate = QCoreApplication.translate


def receipt_text(receipt: Erasure) -> str:
    """What is gone, where it still is, and what the appliance warns of."""
    erased = (
        translate("CallPage", "%n recording(s)", "", receipt.recordings),
        translate("CallPage", "%n result(s)", "", receipt.results),
        translate("CallPage", "%n webhook(s)", "", receipt.deliveries),
    )
    text = translate("CallPage", "Erased: %1.").replace("%1", ", ".join(erased))
    if receipt.backups:
        text += " " + translate("CallPage", "Still in %n backup(s).", "", len(receipt.backups))
    return " ".join((text, *map(translated, receipt.warnings)))
