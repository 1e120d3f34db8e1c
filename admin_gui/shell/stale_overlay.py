"""What lies over a page whose contents are out of date."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion, QShowEvent
from PySide6.QtWidgets import QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.pages.page import MARGIN

BAND = MARGIN // 2
STRIPE = 3
STRIPE_EVERY = 12


class StaleOverlay(QWidget):
    """Stripes a page's margins like barrier tape; the mouse goes through it. Hidden at first.

    What is old is still to be read: a veil over the texts would take the contrast that small print has not to spare.
    """

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
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.colors.warn), STRIPE))
        painter.setClipRegion(QRegion(self.rect()) - QRegion(self.rect().adjusted(BAND, 0, -BAND, -BAND)))
        for x in range(-self.height(), self.width(), STRIPE_EVERY):
            painter.drawLine(x, self.height(), x + self.height(), 0)
        painter.end()
