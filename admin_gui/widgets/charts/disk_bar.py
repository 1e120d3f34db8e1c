"""A disk as a bar: who has how much of it, and how much must stay free."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from admin_gui.appearance.colors import Tone
from admin_gui.appearance.theme import Theme
from admin_gui.text import formats
from admin_gui.widgets.charts.legend import Legend

HEIGHT = 16
RADIUS = 6
# What is there is seen, however small.
SMALLEST = 2.0

Share = tuple[str, int, Tone]


class DiskBar(QWidget):
    """The bar with its legend below; a line where the room that must stay free begins."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bar = _Bar(theme)
        self._legend = Legend(theme)
        self._names: list[str] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._bar)
        layout.addWidget(self._legend)

    def show_shares(self, total: int, shares: Sequence[Share], floor: int) -> None:
        """`shares`: name, bytes and colour, from the left; what is left of the total is free."""
        self._bar.total, self._bar.shares, self._bar.floor = total, list(shares), floor
        self._bar.update()
        self.setAccessibleName("; ".join(f"{name}: {formats.size(size)}" for name, size, _tone in shares))
        names = [name for name, _size, _tone in shares]
        if names != self._names:
            self._names = names
            self._legend.show_parts([(name, tone) for name, _size, tone in shares])


class _Bar(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.total = 0
        self.shares: list[Share] = []
        self.floor = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        colors = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        outline = QPainterPath()
        outline.addRoundedRect(whole, RADIUS, RADIUS)
        painter.setClipPath(outline)
        painter.fillRect(whole, QColor(colors.border))
        left = 0.0
        for _name, size, tone in self.shares:
            if self.total and size:
                width = max(SMALLEST, whole.width() * size / self.total)
                painter.fillRect(QRectF(left, 0, width, whole.height()), QColor(colors.tone(tone)))
                left += width
        if self.total and self.floor:
            place = whole.width() * (1 - self.floor / self.total)
            painter.setPen(QPen(QColor(colors.bad), 2))
            painter.drawLine(int(place), 0, int(place), self.height())
        painter.end()
