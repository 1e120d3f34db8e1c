"""The buttons of the player: back, play, forward, how fast, whom one hears, whether silence is left out, how close."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.client.calls import Turn
from admin_gui.commands import native_keys
from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets import icons
from admin_gui.widgets.focus_wheel import FocusWheelComboBox
from admin_gui.widgets.layout.wrapping_row import WrappingRow
from admin_gui.widgets.plain_label import PlainLabel

SPEEDS = (0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
LEAP_SECONDS = 5
_BALANCE = 100


class PlayerBar(QWidget):
    """Asks for what is pressed; whoever has the player does it."""

    toggled = Signal()
    leapt = Signal(float)  # seconds, back or on
    speed_chosen = Signal(float)
    gains_changed = Signal(object)  # {speaker: 0–1}
    silence_skipped = Signal(bool)
    zoomed = Signal(float)  # by this factor

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_playing = False
        self._sides: tuple[str, str] | None = None
        self.back_button = self._button(
            self.tr("Back by 5 seconds"), native_keys("Ctrl+Left"), lambda: self.leapt.emit(-LEAP_SECONDS)
        )
        self.play_button = self._button(self.tr("Play"), self.tr("Space"), self.toggled.emit)
        self.on_button = self._button(
            self.tr("Forward by 5 seconds"), native_keys("Ctrl+Right"), lambda: self.leapt.emit(LEAP_SECONDS)
        )
        self.clock = PlainLabel()
        self.speed = FocusWheelComboBox()
        self.speed.setAccessibleName(self.tr("Speed"))
        keys = f"{native_keys('Ctrl+,')} {native_keys('Ctrl+.')}"
        self.speed.setToolTip(plain_tooltip(self.tr("Speed, at the same pitch") + f" ({keys})"))
        for one in SPEEDS:
            self.speed.addItem(f"{formats.number(one, _digits(one))}×", one)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.currentIndexChanged.connect(lambda at: self.speed_chosen.emit(SPEEDS[at]))
        self.left_button, self.right_button = self._party_button(), self._party_button()
        self.balance = _Balance(Qt.Orientation.Horizontal)
        self.balance.setRange(-_BALANCE, _BALANCE)
        self.balance.setFixedWidth(60)
        self.balance.setAccessibleName(self.tr("Balance of both parties"))
        self.balance.valueChanged.connect(self._tell_gains)
        self.silence = self._button(self.tr("Skip silence"), "", lambda: None)
        self.silence.setText(self.tr("Skip silence"))
        self.silence.setCheckable(True)
        self.silence.toggled.connect(self.silence_skipped)
        self.closer = self._button(self.tr("Look closer at the waveform"), "", lambda: self.zoomed.emit(2.0))
        self.farther = self._button(self.tr("See more of the waveform"), "", lambda: self.zoomed.emit(0.5))
        self._lay_out()
        theme.changed.connect(self._paint_icons)
        self._paint_icons()
        self.show_position(0, 0)

    # What it shows

    def show_playing(self, is_playing: bool) -> None:
        self._is_playing = is_playing
        name = self.tr("Pause") if is_playing else self.tr("Play")
        self.play_button.setAccessibleName(name)
        keys = self.tr("Space")
        self.play_button.setToolTip(plain_tooltip(f"{name} ({keys})"))
        self._paint_icons()

    def show_position(self, seconds: float, whole: float) -> None:
        length = formats.playing_time(whole)
        # Whole seconds that have passed: a player counts down to nothing, and not past it.
        text = f"{formats.playing_time(int(seconds))} / {length}"
        if self.clock.text() != text:
            self.clock.setText(text)
            name = self.tr("Position and length")
            self.clock.setAccessibleName(f"{name}: {text}")
            self.clock.setMinimumWidth(self.clock.fontMetrics().horizontalAdvance(f"{length} / {length}") + 4)

    def show_turns(self, turns: Sequence[Turn]) -> None:
        """Who can be heard alone: both parties, where they are told apart."""
        speakers = {turn.speaker for turn in turns}
        names = {
            ("caller", "called"): (self.tr("Caller"), self.tr("Called")),
            ("voice 1", "voice 2"): (self.tr("Voice 1"), self.tr("Voice 2")),
        }
        self._sides = next((sides for sides in names if speakers >= set(sides)), None)
        for place, button in enumerate((self.left_button, self.right_button)):
            button.setVisible(self._sides is not None)
            button.setChecked(True)
            if self._sides is not None:
                name = names[self._sides][place]
                button.setText(name)
                button.setAccessibleName(self.tr("Hear: %1").replace("%1", name))
                button.setToolTip(self.tr("Mute this party, or hear it again"))
        self.balance.setVisible(self._sides is not None)
        self.balance.setValue(0)
        if self._sides is not None:
            first, second = names[self._sides]
            tip = self.tr("To the left %1 is louder, to the right %2").replace("%1", first).replace("%2", second)
            self.balance.setToolTip(plain_tooltip(tip))
        self._tell_gains()

    def step_speed(self, by: int) -> None:
        """One step faster or slower."""
        self.speed.setCurrentIndex(min(max(0, self.speed.currentIndex() + by), len(SPEEDS) - 1))

    # Within

    def _tell_gains(self) -> None:
        if self._sides is None:
            self.gains_changed.emit({})
            return
        balance = self.balance.value() / _BALANCE
        left = min(1.0, 1 - balance) if self.left_button.isChecked() else 0.0
        right = min(1.0, 1 + balance) if self.right_button.isChecked() else 0.0
        self.gains_changed.emit(dict(zip(self._sides, (left, right), strict=True)))
        self._paint_icons()

    def _button(self, name: str, keys: str, pressed: Callable[[], object]) -> QToolButton:
        made = QToolButton()
        made.setAccessibleName(name)
        made.setToolTip(plain_tooltip(f"{name} ({keys})" if keys else name))
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.clicked.connect(lambda *_: pressed())
        return made

    def _party_button(self) -> QToolButton:
        made = self._button("", "", lambda: None)
        made.setCheckable(True)
        made.setChecked(True)
        made.setProperty("party", True)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.toggled.connect(self._tell_gains)
        made.hide()
        return made

    def _paint_icons(self) -> None:
        colors = self._theme.colors
        self.play_button.setIcon(icons.icon("pause" if self._is_playing else "play", colors.accent, 20))
        self.back_button.setIcon(icons.icon("leap_back", colors.text))
        self.on_button.setIcon(icons.icon("leap_on", colors.text))
        self.closer.setIcon(icons.icon("zoom_in", colors.text))
        self.farther.setIcon(icons.icon("zoom_out", colors.text))
        for button, color in ((self.left_button, colors.good), (self.right_button, colors.accent)):
            heard = button.isChecked()
            button.setIcon(icons.icon("sound" if heard else "muted", color if heard else colors.muted))

    def _lay_out(self) -> None:
        layout = WrappingRow()
        self.setLayout(layout)
        groups = (
            (self.back_button, self.play_button, self.on_button, self.clock),
            (self.speed, self.silence),
            (self.left_button, self.balance, self.right_button),
            (self.farther, self.closer),
        )
        for group in groups:
            holder = QWidget()
            line = QHBoxLayout(holder)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(4)
            for widget in group:
                line.addWidget(widget)
            line.addStretch(1)
            layout.addWidget(holder)


class _Balance(QSlider):
    """Left alone by a wheel that turns the page."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()


def _digits(speed: float) -> int:
    """Behind the point: as many as it needs."""
    return len(f"{speed:g}".partition(".")[2])
