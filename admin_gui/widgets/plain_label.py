"""The one label of this program, instead of QLabel(): what it is given is shown letter by letter, never as markup."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from admin_gui.plain_text import visible


class PlainLabel(QLabel):
    """A text, maybe of somebody else, or a picture of ours."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        super().setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        super().setText(visible(text))
