"""What two revisions of a call came to, line by line: what only the former has, and what only the later one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.models.calls.revision_texts import Line, Part
from admin_gui.text.plain_text import visible
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel

_SIGNS = {"former": "− ", "later": "+ ", "both": "   "}


class Comparison(QDialog):
    """Both in one text, which can be copied; the sign of a line says whose it is, and not its colour alone."""

    def __init__(self, theme: Theme, former: int, later: int, parts: Sequence[Part], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = self.tr("Revision %1 and revision %2").replace("%1", str(former)).replace("%2", str(later))
        self.setWindowTitle(title)
        self._theme = theme
        same = all(part.is_same for part in parts)
        legend = self.tr("− only in revision %1, + only in revision %2").replace("%1", str(former))
        self.legend = PlainLabel(self.tr("They are the same.") if same else legend.replace("%2", str(later)))
        self.legend.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(title)
        self._write(parts)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(12)
        layout.addWidget(self.legend)
        layout.addWidget(self.text, 1)
        layout.addLayout(row(self.close_button, stretch_after=0))
        self.resize(720, 520)
        self.text.setFocus()

    def _write(self, parts: Sequence[Part]) -> None:
        cursor = self.text.textCursor()
        for number, part in enumerate(parts):
            cursor.insertText(("\n" if number else "") + f"{part.title}\n", self._title_format())
            for line in part.lines:
                cursor.insertText(f"{_SIGNS[line.of]}{visible(line.text)}", self._format(line))
                cursor.insertText("\n", QTextCharFormat())
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        self.text.setTextCursor(cursor)

    def _title_format(self) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setFontWeight(QFont.Weight.DemiBold)
        return made

    def _format(self, line: Line) -> QTextCharFormat:
        made = QTextCharFormat()
        if line.of != "both":
            made.setBackground(QBrush(self._theme.colors.wash("bad" if line.of == "former" else "good")))
        return made
