"""Fields into which nothing can be typed or pasted that nobody sees, or that turns the order of what stands there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QPoint
from PySide6.QtWidgets import QLineEdit, QToolTip

from admin_gui.text.plain_text import plain_tooltip, units, unseen, until, without_unseen

translate = QCoreApplication.translate


def refuse_unseen(field: QLineEdit, tell: Callable[[str], object] | None = None) -> None:
    """What the lists show as a sign is left out, and `tell` hears of it; else a tooltip at the field says so."""

    def show(words: str) -> None:
        QToolTip.showText(field.mapToGlobal(QPoint(0, field.height())), plain_tooltip(words), field)

    def look(text: str) -> None:
        left_out = unseen(text)
        if not left_out:
            return
        place = units(without_unseen(until(text, field.cursorPosition())))
        field.setText(without_unseen(text))
        field.setCursorPosition(place)
        named = ", ".join(f"U+{ord(one):04X}" for one in dict.fromkeys(left_out))
        template = translate("typing", "Left out, since nobody would see it: the character %1")
        (tell or show)(template.replace("%1", named))

    field.textEdited.connect(look)
