"""What the colours of a chart mean: a swatch and a word each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from admin_gui.appearance.colors import Colors, Tone
from admin_gui.appearance.theme import Theme
from admin_gui.widgets.plain_label import PlainLabel

SWATCH = 10
CALM_ALPHA = 110


def bar_color(colors: Colors, tone: Tone) -> QColor:
    """Of bars, and of what explains them: what is nothing special does not stand out."""
    color = QColor(colors.tone(tone))
    if tone == "calm":
        color.setAlpha(CALM_ALPHA)
    return color


def full_color(colors: Colors, tone: Tone) -> QColor:
    """As the tone is."""
    return QColor(colors.tone(tone))


class Legend(QWidget):
    """From the left, with free room behind it."""

    def __init__(self, theme: Theme, color_of: Callable[[Colors, Tone], QColor] = full_color) -> None:
        super().__init__()
        self._theme = theme
        self._color_of = color_of
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(6)

    def show_parts(self, parts: Sequence[tuple[str, Tone]]) -> None:
        """Once, by their names and tones."""
        for name, tone in parts:
            self._line.addWidget(_Swatch(self._theme, tone, self._color_of))
            label = PlainLabel(name)
            label.setProperty("muted", True)
            self._line.addWidget(label)
            self._line.addSpacing(8)
        self._line.addStretch(1)


class _Swatch(QWidget):
    def __init__(self, theme: Theme, tone: Tone, color_of: Callable[[Colors, Tone], QColor]) -> None:
        super().__init__()
        self._theme = theme
        self._color_of = color_of
        self._tone: Tone = tone
        self.setFixedSize(SWATCH, SWATCH)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color_of(self._theme.colors, self._tone))
        painter.drawRoundedRect(self.rect(), 3, 3)
        painter.end()
