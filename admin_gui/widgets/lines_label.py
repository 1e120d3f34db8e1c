"""A label of a few lines: as high as its text needs at its width, and cut only where that is more than a few."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption

from admin_gui.text.plain_text import visible
from admin_gui.widgets.elided_label import ElidedLabel

MOST_LINES = 3


class LinesLabel(ElidedLabel):
    """Plain text, broken between words; the last line ends in … where there is more."""

    def __init__(self, text: str = "") -> None:
        self._lines: list[str] = []
        super().__init__(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        super().setText(text)
        self._break()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._break()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        metrics, room = self.fontMetrics(), self.contentsRect()
        top = room.top() + (room.height() - len(self._lines) * metrics.height()) / 2
        for number, line in enumerate(self._lines):
            painter.drawText(QPointF(room.left(), top + number * metrics.height() + metrics.ascent()), line)
        painter.end()

    def _shown(self) -> str:
        return " ".join(self._lines)

    def _break(self) -> None:
        room, metrics, rest = self.contentsRect().width(), self.fontMetrics(), visible(self.text()).replace("\n", " ")
        self._lines = []
        while rest and len(self._lines) < MOST_LINES - 1:
            line = _first_line(rest, self, room)
            self._lines.append(line.strip())
            rest = rest[len(line) :]
        if rest:
            self._lines.append(metrics.elidedText(rest.strip(), Qt.TextElideMode.ElideRight, room))
        self.setMinimumHeight(len(self._lines) * metrics.height())
        self.update()


def _first_line(text: str, label: LinesLabel, room: int) -> str:
    layout = QTextLayout(text, label.font())
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(max(1, room))
    layout.endLayout()
    return text[: max(1, line.textLength())]
