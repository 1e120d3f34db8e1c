"""A label that gives way: where there is no room for all of its text it ends in …, and the tooltip says the rest."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QToolTip

from admin_gui.text.plain_text import plain_tooltip, until, visible
from admin_gui.widgets.plain_label import PlainLabel

SMALLEST_WIDTH = 24
MOST_LINES = 4


class ElidedLabel(PlainLabel):
    """One line of plain text."""

    @property
    def is_cut(self) -> bool:
        """Whether less than all of it is seen."""
        return self._shown() != visible(self.text())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(SMALLEST_WIDTH, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment() | Qt.TextFlag.TextSingleLine),
            self.palette(),
            self.isEnabled(),
            self._shown(),
            self.foregroundRole(),
        )
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.is_cut:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.text()), self)
            return True
        return super().event(event)

    def _shown(self) -> str:
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(visible(self.text()), Qt.TextElideMode.ElideRight, room)


class LinesLabel(ElidedLabel):
    """As high as its text needs at its width, up to a few lines, broken between words; the last one may end in …."""

    def __init__(self, text: str = "") -> None:
        self._lines: list[str] = []
        self._is_cut = False
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

    @property
    def is_cut(self) -> bool:
        """Whether less than all of it is seen."""
        return self._is_cut

    def _break(self) -> None:
        room, metrics, rest = self.contentsRect().width(), self.fontMetrics(), visible(self.text()).replace("\n", " ")
        self._lines, self._is_cut = [], False
        while rest and len(self._lines) < MOST_LINES - 1:
            line = _first_line(rest, self, room)
            self._lines.append(line.strip())
            rest = rest[len(line) :]
        if rest:
            last = metrics.elidedText(rest.strip(), Qt.TextElideMode.ElideRight, room)
            self._lines.append(last)
            self._is_cut = last != rest.strip()
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
    return until(text, line.textLength()) or text[:1]
