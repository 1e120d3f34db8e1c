"""What has the keyboard in the place of a card whose marks can be gone through."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractSlider, QWidget

RADIUS = 10  # as the style sheet rounds cards
WASH = 22  # of 255: what is written below stays as clear as it was


class KeyboardCover(QAbstractSlider):
    """Shows nothing but that the keyboard is there: keys and mouse are its parent's. A slider, to a screen reader."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        event.ignore()  # Qt asks the parent next

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self.hasFocus():
            paint_frame(self)


def paint_frame(widget: QWidget) -> None:
    """Around a card that the keyboard is on."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(widget.palette().color(QPalette.ColorRole.Accent), 1))
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    painter.end()


def paint_wash(widget: QWidget) -> None:
    """Over a card that is pressed as a whole, while the mouse is on it."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = widget.palette().color(QPalette.ColorRole.Accent)
    color.setAlpha(WASH)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(widget.rect()), RADIUS, RADIUS)
    painter.end()
