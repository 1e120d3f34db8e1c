"""What the colours of a chart mean: a swatch and a word each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from admin_gui.appearance.colors import Tone
from admin_gui.appearance.theme import Theme
from admin_gui.widgets.plain_label import PlainLabel

SWATCH = 10


class Legend(QWidget):
    """From the left, with free room behind it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(6)

    def show_parts(self, parts: Sequence[tuple[str, Tone]]) -> None:
        """Once, by their names and tones."""
        for name, tone in parts:
            self._line.addWidget(_Swatch(self._theme, tone))
            label = PlainLabel(name)
            label.setProperty("muted", True)
            self._line.addWidget(label)
            self._line.addSpacing(8)
        self._line.addStretch(1)


class _Swatch(QWidget):
    def __init__(self, theme: Theme, tone: Tone) -> None:
        super().__init__()
        self._theme = theme
        self._tone: Tone = tone
        self.setFixedSize(SWATCH, SWATCH)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colors.tone(self._tone)))
        painter.drawRoundedRect(self.rect(), 3, 3)
        painter.end()
