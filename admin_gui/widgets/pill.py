"""A state in a word, on a wash of its colour: as a widget, and within tables."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from admin_gui.models.paged import MONO_ROLE, TONE_ROLE
from admin_gui.theme import Theme, Tone

PADDING = 8
HEIGHT = 20
DOT = 6
_Index = QModelIndex | QPersistentModelIndex


def paint_pill(painter: QPainter, rect: QRect, text: str, tone: Tone, theme: Theme) -> None:
    """Paint it at the left of the rectangle, in its middle."""
    metrics = painter.fontMetrics()
    width = min(rect.width(), metrics.horizontalAdvance(text) + 2 * PADDING + DOT + 6)
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
    painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
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
    """Cells of a table: pills where the column has tones, fixed-width letters where it says so."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus
        if index.data(MONO_ROLE):
            font = QFont(self._mono)
            font.setPixelSize(12)
            option.font = font

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tone = index.data(TONE_ROLE)
        if tone is None:
            super().paint(painter, option, index)
            return
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text = shown.text
        shown.text = ""
        widget = shown.widget
        style = widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, widget)
        rect = shown.rect.adjusted(8, 0, -4, 0)
        paint_pill(painter, rect, text, tone, self._theme)
