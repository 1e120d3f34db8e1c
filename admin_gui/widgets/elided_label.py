"""A label that gives way: where there is no room for all of its text it ends in …, and the tooltip says the rest."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip

from admin_gui.text.plain_text import plain_tooltip, visible
from admin_gui.widgets.plain_label import PlainLabel

SMALLEST_WIDTH = 24


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
