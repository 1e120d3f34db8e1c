"""What lies over a page whose contents are out of date."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from admin_gui.appearance.theme import Theme

OPACITY = 150  # of 255


class StaleOverlay(QWidget):
    """Lies over a widget and makes it pale; the mouse goes through it. Hidden at first."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme = theme
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Out of date"))
        self.hide()
        over.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._over and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.resize(self._over.size())
            self.raise_()
        return False

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self.resize(self._over.size())
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        color = QColor(self._theme.colors.window)
        color.setAlpha(OPACITY)
        painter.fillRect(self.rect(), color)
        painter.end()
