"""The one label of this program, instead of QLabel(): what it is given is shown letter by letter, never as markup."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from admin_gui.text.plain_text import breakable, visible

# A label that wraps is never wider than this for one word's sake: a path without end would widen the whole page.
WIDEST_WORD = 160


class PlainLabel(QLabel):
    """A text, maybe of somebody else, or a picture of ours."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        super().setTextFormat(Qt.TextFormat.PlainText)
        self._text = ""
        self.setText(text)

    def text(self) -> str:
        """As it was given, also where it is shown with breaks."""
        return self._text

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        self._text = text
        self._show()

    def clear(self) -> None:
        self.setText("")

    def setWordWrap(self, on: bool) -> None:  # noqa: N802
        super().setWordWrap(on)
        self._show()

    def setTextInteractionFlags(self, flags: Qt.TextInteractionFlag) -> None:  # noqa: N802
        super().setTextInteractionFlags(flags)
        self._show()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), WIDEST_WORD), hint.height()) if self.wordWrap() else hint

    def _show(self) -> None:
        shown = visible(self._text)
        # What can be copied is copied as it is shown, so nothing is put in there.
        if self.wordWrap() and not self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse:
            shown = breakable(shown)
        if self.pixmap().isNull() or shown:
            super().setText(shown)
