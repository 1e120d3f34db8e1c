"""A state in a word, on a wash of its colour: as a widget, and within tables."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from admin_gui.appearance.colors import Tone
from admin_gui.appearance.theme import Theme
from admin_gui.models.table.paged_model import PagedModel
from admin_gui.text.plain_text import visible

PADDING = 8
CELL_PADDING = 8
HEIGHT = 20
DOT = 6
GAP = 4  # between pills
RING = 2  # around the row that the keyboard is on
PILL_FRAME = 2 * PADDING + DOT + 6  # around its word
# A line break in somebody's name must not write over the rows above and below.
_ONE_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_Index = QModelIndex | QPersistentModelIndex


def paint_pill(painter: QPainter, rect: QRect, text: str, tone: Tone, theme: Theme) -> None:
    """Paint it at the left of the rectangle, in its middle; nothing where there is no word."""
    if not text:
        return
    text = visible(text)
    metrics = painter.fontMetrics()
    width = min(rect.width(), metrics.horizontalAdvance(text) + PILL_FRAME)
    if width < 2 * PADDING + DOT:
        return
    box = QRectF(rect.left(), rect.center().y() - HEIGHT / 2 + 0.5, width, HEIGHT)
    color = QColor(theme.colors.tone(tone))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors.wash(tone))
    painter.drawRoundedRect(box, HEIGHT / 2, HEIGHT / 2)
    painter.setBrush(color)
    painter.drawEllipse(QRectF(box.left() + PADDING, box.center().y() - DOT / 2, DOT, DOT))
    inner = box.adjusted(PADDING + DOT + 6, 0, -PADDING, 0)
    painter.setPen(color)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(inner.width()) + 2)
    painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | _ONE_LINE), shown)
    painter.restore()


class StatusPill(QWidget):
    """A state in a word."""

    def __init__(self, theme: Theme, text: str = "", tone: Tone = "calm", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text, self._tone = text, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.setAccessibleName(text)

    def show_state(self, text: str, tone: Tone) -> None:
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        return self._text

    @property
    def tone(self) -> Tone:
        return self._tone

    def sizeHint(self) -> QSize:  # noqa: N802
        width = QFontMetrics(self.font()).horizontalAdvance(self._text) + 2 * PADDING + DOT + 8
        return QSize(width, HEIGHT + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        paint_pill(painter, self.rect(), self._text, self._tone, self._theme)
        painter.end()


class CellDelegate(QStyledItemDelegate):
    """Cells of a PagedModel, painted straight from its rows: a style sheet's way takes ten times as long."""

    def __init__(self, theme: Theme, model: PagedModel[Any], parent: QTableView) -> None:
        super().__init__(parent)
        self._view = parent
        self._theme = theme
        self._rows = model
        self._mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._mono.setPixelSize(12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colors = self._theme.colors
        column = self._rows.columns[index.column()]
        row = self._rows.row_at(index.row())
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(colors.selection))
        painter.setPen(QColor(colors.hover))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if self._view.hasFocus() and self._view.currentIndex().row() == index.row():
            self._paint_ring(painter, rect, index.column())
        inner = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0)
        text = column.text(row)
        if column.tone is not None:
            painter.setFont(option.font)
            paint_pill(painter, inner, text, column.tone(row), self._theme)
            return
        if column.parts is not None:
            painter.setFont(option.font)
            for part in column.parts(row):
                paint_pill(painter, inner, part, "calm", self._theme)
                inner.setLeft(inner.left() + option.fontMetrics.horizontalAdvance(visible(part)) + PILL_FRAME + GAP)
                if inner.width() < PILL_FRAME:
                    break
            return
        font = self._mono if column.mono else option.font
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(QColor(colors.text))
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        cut = Qt.TextElideMode.ElideMiddle if column.middle else Qt.TextElideMode.ElideRight
        shown = metrics.elidedText(visible(text), cut, inner.width())
        painter.drawText(inner, int(side | _ONE_LINE), shown)

    def _paint_ring(self, painter: QPainter, rect: QRect, column: int) -> None:
        """Of the row that the keyboard is on, whether it is selected or not, what of its ring lies in this cell."""
        color, header = QColor(self._theme.colors.accent), self._view.horizontalHeader()
        painter.fillRect(rect.left(), rect.top(), rect.width(), RING, color)
        painter.fillRect(rect.left(), rect.bottom() + 1 - RING, rect.width(), RING, color)
        begins = header.sectionPosition(column)
        if begins == 0:
            painter.fillRect(rect.left(), rect.top(), RING, rect.height(), color)
        if begins + header.sectionSize(column) == header.length():
            painter.fillRect(rect.right() + 1 - RING, rect.top(), RING, rect.height(), color)
