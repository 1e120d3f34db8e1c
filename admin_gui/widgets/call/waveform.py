"""A recording's waveform, a line for each channel, with who speaks below it, the time, and what is heard now.

Who speaks when is known without the sound: of a recording that is not fetched yet that is seen, and the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from admin_gui.appearance.colors import Tone
from admin_gui.appearance.theme import Theme
from admin_gui.client.calls import Turn
from admin_gui.models.calls.call_warnings import TimedWarning
from admin_gui.sound.recording import PEAKS_PER_SECOND
from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip

if TYPE_CHECKING:
    from admin_gui.sound.wave import Floats

CHANNEL_HEIGHT, BAND_HEIGHT, AXIS_HEIGHT = 32, 5, 17
# Over the bands, where there is no sound to mark what was found in.
MARKS_HEIGHT = 8
# Two pixels of sound, one of nothing.
BAR_STEP, BAR_WIDTH = 3, 2
# Telephone calls are recorded softly: the loudest fills the height, but a hiss does not.
QUIET = 0.05
# Closer than that there is nothing more to be seen.
LEAST_SECONDS = 4.0
STEP_SECONDS, PAGE_SECONDS = 5, 30
_LABEL_WIDTH = 64
_NEAR = 6  # pixels to a line that a tooltip is about
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_TONES: dict[str, Tone] = {"caller": "good", "voice 1": "good", "called": "busy", "voice 2": "busy"}


class _Band(NamedTuple):
    """Where somebody speaks, in the widget, and on which of the two lines."""

    left: float
    right: float
    line: int
    tone: Tone


class Waveform(QAbstractSlider):
    """Hidden until it has something to show. To screen readers it is a slider, of seconds."""

    sought = Signal(float)  # seconds

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._peaks: Floats | None = None
        self._turns: Sequence[Turn] = ()
        self._seconds = 0.0
        self._position = 0.0
        self._marks: Sequence[float] = ()
        self._warnings: Sequence[TimedWarning] = ()
        self._spans: Sequence[tuple[float, float]] = ()
        # What of it is seen, in seconds.
        self._from, self._span = 0.0, 0.0
        self._picture: QPixmap | None = None
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Waveform with the turns of both parties"))
        self.setToolTip(self.tr("A click goes there. Ctrl and the wheel, or + and −, look closer."))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # Not the keyboard's, which is the player's: a screen reader moves it.
        self.setSingleStep(STEP_SECONDS)
        self.setPageStep(PAGE_SECONDS)
        self.valueChanged.connect(lambda value: self.sought.emit(float(value)))
        theme.changed.connect(self._paint_anew)
        self.hide()

    # What is shown

    def show_loudness(self, peaks: Floats | None, turns: Sequence[Turn], seconds: float) -> None:
        """`peaks`: (channels, points), 0–1, so many a second as `sound.recording` says; None: only who speaks when."""
        self._peaks, self._turns, self._seconds = peaks, turns, seconds
        self._from, self._span, self._position = 0.0, seconds, 0.0
        self._marks = self._spans = ()
        with QSignalBlocker(self):  # nobody has moved it
            self.setRange(0, int(seconds))
        sound_height = MARKS_HEIGHT if peaks is None else len(peaks) * CHANNEL_HEIGHT
        self.setFixedHeight(sound_height + 2 * BAND_HEIGHT + AXIS_HEIGHT)
        self.setVisible(seconds > 0 and (peaks is not None or bool(turns)))
        self._paint_anew()

    def show_position(self, seconds: float) -> None:
        """What is heard now; where one looks closely, it stays in sight."""
        self._position = seconds
        with QSignalBlocker(self):
            self.setValue(int(seconds))
        if self.isVisible() and not self._from <= seconds <= self._from + self._span:
            self._look_at(seconds - 0.1 * self._span, self._span)
        self.update()

    def show_marks(self, marks: Sequence[float]) -> None:
        """Where something was found."""
        if list(marks) != list(self._marks):
            self._marks = marks
            self._paint_anew()

    def show_warnings(self, warnings: Sequence[TimedWarning]) -> None:
        """From when on something is the matter; what it is, a tooltip tells there."""
        self._warnings = warnings
        self._paint_anew()

    def show_spans(self, spans: Sequence[tuple[float, float]]) -> None:
        """What a sentence of the summary stands on."""
        self._spans = spans
        self.update()

    @property
    def position(self) -> float:
        """Where the playhead is, in seconds."""
        return self._position

    @property
    def visible_seconds(self) -> tuple[float, float]:
        """From where to where it is seen."""
        return self._from, self._from + self._span

    def x_of(self, seconds: float) -> float:
        """Where in the widget a moment is."""
        return (seconds - self._from) / max(1e-9, self._span) * self.width()

    def seconds_at(self, x: float) -> float:
        """The moment at this place of the widget."""
        return min(max(0.0, self._from + x / max(1, self.width()) * self._span), self._seconds)

    # Looking closer

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Show so much less of it, around a moment: what is heard, if no other is named."""
        at = self._position if at is None else at
        span = min(self._seconds, max(min(LEAST_SECONDS, self._seconds), self._span / factor))
        share = (at - self._from) / max(1e-9, self._span)
        self._look_at(at - span * min(max(share, 0.0), 1.0), span)

    def _look_at(self, start: float, span: float) -> None:
        self._from, self._span = min(max(0.0, start), self._seconds - span), span
        self._paint_anew()

    # What is done

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            near = [one.text for one in self._warnings if abs(self._x_within(one) - event.pos().x()) <= _NEAR]
            QToolTip.showText(event.globalPos(), plain_tooltip("\n".join(near) or self.toolTip()), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self.sought.emit(self.seconds_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.sought.emit(self.seconds_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(2)
            case Qt.Key.Key_Minus:
                self.zoom(0.5)
            case Qt.Key.Key_Home:
                self.sought.emit(0.0)
            case Qt.Key.Key_End:
                self.sought.emit(self._seconds)
            case _:
                event.ignore()  # the player's

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1.25 if turned > 0 else 0.8, self.seconds_at(event.position().x()))
        elif self._span < self._seconds:
            self._look_at(self._from - turned / 120 * self._span / 8, self._span)
        else:
            event.ignore()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        size = self.size() * self.devicePixelRatio()
        if self._picture is None or self._picture.size() != size:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(self.devicePixelRatio())
            self._picture.fill(Qt.GlobalColor.transparent)
            still = QPainter(self._picture)
            still.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._peaks is not None:
                self._paint_sound(still, self._peaks)
            self._paint_turns(still)
            self._paint_axis(still)
            self._paint_warnings(still)
            self._paint_marks(still)
            still.end()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for start, end in self._spans:
            left = self.x_of(start)
            height = self.height() - AXIS_HEIGHT if self._peaks is None else self._sound_height
            painter.fillRect(QRectF(left, 0, max(2.0, self.x_of(end) - left), height), self._wash())
        painter.drawPixmap(0, 0, self._picture)
        self._paint_playhead(painter)
        painter.end()

    @property
    def _sound_height(self) -> int:
        return self.height() - 2 * BAND_HEIGHT - AXIS_HEIGHT

    def _wash(self) -> QColor:
        return self._theme.colors.wash("busy")

    def _paint_anew(self) -> None:
        self._picture = None
        self.update()

    def _paint_sound(self, painter: QPainter, peaks: Floats) -> None:
        import numpy as np  # noqa: PLC0415 - is loaded by now, by whoever measured the peaks

        colors = self._theme.colors
        loudest = max(QUIET, float(peaks.max()))
        bars = max(1, self.width() // BAR_STEP)
        edges = (self._from + np.arange(bars + 1) / bars * self._span) * PEAKS_PER_SECOND
        first = np.minimum(edges[:-1].astype(np.int64), peaks.shape[1] - 1)
        last = int(min(peaks.shape[1], max(first[-1] + 1, edges[-1])))
        painter.setPen(Qt.PenStyle.NoPen)
        for channel, own in enumerate(peaks):
            is_callers = len(peaks) > 1 and channel == self._callers_channel()
            painter.setBrush(QColor(colors.good if is_callers else colors.accent))
            middle = channel * CHANNEL_HEIGHT + CHANNEL_HEIGHT / 2
            heights = np.maximum.reduceat(own[:last], first) / loudest * (CHANNEL_HEIGHT - 4)
            for place, height in enumerate(heights.tolist()):
                shown = max(1.0, height)
                painter.drawRect(QRectF(place * BAR_STEP, middle - shown / 2, BAR_WIDTH, shown))

    def _callers_channel(self) -> int:
        """Of two: the first, unless the turns say that it is the other one."""
        parties = {(turn.party, turn.channel) for turn in self._turns}
        is_first = ("caller", 0) in parties or ("called", 1) in parties
        is_second = ("caller", 1) in parties or ("called", 0) in parties
        return 1 if is_second and not is_first else 0

    def _paint_turns(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for left, right, line, tone in self._bands():
            painter.setBrush(QColor(self._theme.colors.tone(tone)))
            top = self._sound_height + line * BAND_HEIGHT
            painter.drawRoundedRect(QRectF(left, top, right - left, BAND_HEIGHT - 1), 2, 2)

    def _bands(self) -> list[_Band]:
        """Of the turns that are seen. Those of hours that would lie over each other are one."""
        found: list[_Band] = []
        last: dict[tuple[int, Tone], int] = {}  # where in `found` the newest of its kind is
        scale, most = self.width() / max(1e-9, self._span), float(self.width())
        for turn in self._turns:
            left, right = (turn.start - self._from) * scale, (turn.end - self._from) * scale
            if right < 0 or left > most:
                continue
            right = max(left + 2.0, right)
            line, tone = int(turn.is_right), _TONES.get(turn.speaker, "calm")
            place = last.get((line, tone))
            if place is not None and found[place].left <= left <= found[place].right:
                found[place] = found[place]._replace(right=max(found[place].right, right))
            else:
                last[line, tone] = len(found)
                found.append(_Band(left, right, line, tone))
        return found

    def _paint_axis(self, painter: QPainter) -> None:
        colors = self._theme.colors
        most = max(1.0, self.width() / _LABEL_WIDTH)
        step = next((one for one in _STEPS if self._span / one <= most), _STEPS[-1])
        top = self.height() - AXIS_HEIGHT
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        moment = int(self._from // step) * step
        while moment <= self._from + self._span:
            x = self.x_of(moment)
            room = painter.fontMetrics().horizontalAdvance(formats.playing_time(moment))
            if 0 <= x <= self.width() - room - 5:
                painter.setPen(QColor(colors.border))
                painter.drawLine(QPointF(x, top), QPointF(x, top + 6))
                painter.setPen(QColor(colors.muted))
                painter.drawText(QPointF(x + 4, self.height() - 4), formats.playing_time(moment))
            moment += step

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colors.warn))
        for moment in self._marks:
            x = self.x_of(moment)
            painter.drawPolygon(QPolygonF([QPointF(x - 4, 0), QPointF(x + 4, 0), QPointF(x, 6)]))

    def _x_within(self, warning: TimedWarning) -> float:
        """Where its line is; one at the very end is not beyond the edge."""
        x = self.x_of(warning.seconds)
        is_at_end = warning.seconds >= self._seconds - 1 and self._from + self._span >= self._seconds
        return min(x, self.width() - 2.0) if is_at_end else x

    def _paint_warnings(self, painter: QPainter) -> None:
        color = QColor(self._theme.colors.warn)
        for warning in self._warnings:
            x = self._x_within(warning)
            painter.setPen(QPen(color, 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height() - AXIS_HEIGHT))

    def _paint_playhead(self, painter: QPainter) -> None:
        x = self.x_of(self._position)
        color = QColor(self._theme.colors.text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRect(QRectF(x - 0.75, 0, 1.5, self.height() - AXIS_HEIGHT))
        painter.drawEllipse(QPointF(x, self.height() - AXIS_HEIGHT + 3), 3.5, 3.5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(self._theme.colors.accent))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
