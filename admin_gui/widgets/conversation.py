"""A conversation: the caller's turns at the left, the called party's at the right, as people know it from messages.

Where nobody knows who is who but the voices are told apart, the first voice is at the left, the other at the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.client.calls import Turn
from admin_gui.text import formats
from admin_gui.text.plain_text import breakable, visible

_Index = QModelIndex | QPersistentModelIndex
TURN_ROLE = Qt.ItemDataRole.UserRole
PADDING, GAP, HEAD = 10, 8, 18
SHARE = 0.72  # of the width, at the most
_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
# In a bubble that is just as wide as its head, the head must not wrap onto the words.
_HEAD_FLAGS = Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class _Turns(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.turns: Sequence[Turn] = ()
        self.names: dict[str, str] = {}

    def show_turns(self, turns: Sequence[Turn], names: dict[str, str]) -> None:
        self.beginResetModel()
        self.turns, self.names = turns, names
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self.turns)

    def text(self, turn: Turn) -> str:
        """As it is painted."""
        return breakable(visible(turn.text))

    def head(self, turn: Turn) -> str:
        return f"{self.names.get(turn.speaker, turn.speaker)}  {formats.playing_time(turn.start)}"

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        turn = self.turns[index.row()]
        if role == TURN_ROLE:
            return turn
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{self.head(turn)}: {turn.text}"
        return None


class _Bubbles(QStyledItemDelegate):
    def __init__(self, theme: Theme, model: _Turns, parent: QListView) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._view = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        width = self._view.viewport().width()
        return QSize(width, self._text_rect(option.fontMetrics, index, width).height() + HEAD + 2 * PADDING + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        turn: Turn = index.data(TURN_ROLE)
        colors = self._theme.colors
        text = self._text_rect(option.fontMetrics, index, option.rect.width())
        head = self._model.head(turn)
        width = max(text.width(), option.fontMetrics.horizontalAdvance(head)) + 2 * PADDING
        free = option.rect.width() - width
        left = 0 if turn.is_left else free if turn.is_right else free // 2
        box = QRect(option.rect.left() + left, option.rect.top(), width, option.rect.height() - GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QColor(colors.accent if selected else colors.border))
        painter.setBrush(colors.wash("busy") if turn.is_right else QColor(colors.surface))
        painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 10, 10)
        inner = box.adjusted(PADDING, PADDING, -PADDING, -PADDING)
        painter.setPen(QColor(colors.muted))
        painter.drawText(inner, int(_HEAD_FLAGS), head)
        painter.setPen(QColor(colors.text))
        painter.drawText(inner.adjusted(0, HEAD, 0, 0), int(_FLAGS), self._model.text(turn))
        painter.restore()

    def _text_rect(self, metrics: QFontMetrics, index: _Index, width: int) -> QRect:
        room = QRect(0, 0, int(width * SHARE) - 2 * PADDING, 1_000_000)
        turn: Turn = index.data(TURN_ROLE)
        return metrics.boundingRect(room, int(_FLAGS), self._model.text(turn))


class Conversation(QListView):
    """Turns in the order of time. Enter or a click plays one."""

    chosen = Signal(object)  # Turn

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._turns = _Turns()
        self.setModel(self._turns)
        self.setItemDelegate(_Bubbles(theme, self._turns, self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(GAP, GAP, GAP, 0)
        self.setAccessibleName(self.tr("Conversation"))
        self.setToolTip(self.tr("Click a turn, or press Enter, to hear it"))
        self.clicked.connect(self._choose)
        theme.changed.connect(self.viewport().update)

    def show_turns(self, turns: Sequence[Turn]) -> None:
        """Show these, by who speaks."""
        names = {
            "caller": self.tr("Caller"),
            "called": self.tr("Called"),
            "voice 1": self.tr("Voice 1"),
            "voice 2": self.tr("Voice 2"),
            "unknown": self.tr("Speaker"),
        }
        self._turns.show_turns(turns, names)

    @property
    def turns(self) -> Sequence[Turn]:
        """What is shown."""
        return self._turns.turns

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(TURN_ROLE))
