"""A recording's waveform, a line for each channel, with the turns marked below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from admin_gui.appearance.colors import Tone
from admin_gui.appearance.theme import Theme
from admin_gui.client.calls import Turn

if TYPE_CHECKING:
    from admin_gui.models.call_recording import Floats

POINTS = 1200
CHANNEL_HEIGHT = 44
MARKS_HEIGHT = 10
# Telephone calls are recorded softly: the loudest fills the height, but a hiss does not.
QUIET = 0.05
_TONES: dict[str, Tone] = {"caller": "good", "voice 1": "good", "called": "busy", "voice 2": "busy"}


class Waveform(QWidget):
    """Hidden until it has something to show; a click chooses the turn at that moment."""

    chosen = Signal(object)  # Turn

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._peaks: Floats | None = None
        self._turns: Sequence[Turn] = ()
        self._seconds = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Waveform with the turns of both parties"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)
        self.hide()

    def show_loudness(self, peaks: Floats | None, turns: Sequence[Turn], seconds: float) -> None:
        """`peaks`: (channels, points), 0–1."""
        self._peaks, self._turns, self._seconds = peaks, turns, seconds
        self.setVisible(peaks is not None and seconds > 0)
        if peaks is not None:
            self.setFixedHeight(len(peaks) * CHANNEL_HEIGHT + MARKS_HEIGHT)
        self.update()

    def turn_at(self, x: float) -> Turn | None:
        """The turn at this place of the widget."""
        moment = x / max(1, self.width()) * self._seconds
        return next((turn for turn in self._turns if turn.start <= moment <= turn.end), None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        turn = self.turn_at(event.position().x())
        if turn is not None:
            self.chosen.emit(turn)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self._peaks is None:
            return
        painter = QPainter(self)
        colors = self._theme.colors
        step = self.width() / self._peaks.shape[1]
        painter.setPen(Qt.PenStyle.NoPen)
        loudest = max(QUIET, float(self._peaks.max()))
        for channel, peaks in enumerate(self._peaks):
            painter.setBrush(QColor(colors.good if channel == 0 and len(self._peaks) > 1 else colors.accent))
            middle = channel * CHANNEL_HEIGHT + CHANNEL_HEIGHT / 2
            for place, peak in enumerate(peaks):
                height = max(1.0, float(peak) / loudest * (CHANNEL_HEIGHT - 6))
                painter.drawRect(QRectF(place * step, middle - height / 2, max(1.0, step * 0.7), height))
        top = self.height() - MARKS_HEIGHT + 4
        for turn in self._turns:
            painter.setBrush(QColor(colors.tone(_TONES.get(turn.speaker, "calm"))))
            left = turn.start / self._seconds * self.width()
            painter.drawRoundedRect(
                QRectF(left, top, max(2.0, (turn.end - turn.start) / self._seconds * self.width()), 4), 2, 2
            )
        painter.end()
