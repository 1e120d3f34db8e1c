"""Language, colours, and what closing the window does: what belongs to this program and to no appliance."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from admin_gui.appearance.theme import Mode
from admin_gui.local_storage.language import LANGUAGES
from admin_gui.local_storage.notification_settings import OnClose
from admin_gui.widgets.focus_wheel import FocusWheelComboBox
from admin_gui.widgets.layout.layouts import section_title
from admin_gui.widgets.plain_label import PlainLabel

_MODES: tuple[Mode, ...] = ("system", "light", "dark")
_ON_CLOSE: tuple[OnClose, ...] = ("", "keep", "quit")


class AppearanceSection(QWidget):
    """Each signal with what was chosen."""

    language_chosen = Signal(str)  # empty: the system's
    colors_chosen = Signal(str)  # Mode
    on_close_chosen = Signal(str)  # OnClose

    def __init__(self, language: str, mode: Mode, on_close: OnClose, *, has_tray: bool) -> None:
        """`has_tray`: whether the desktop has a place for the icon."""
        super().__init__()
        languages = [("", self.tr("as the system")), *LANGUAGES.items()]
        modes = zip(_MODES, (self.tr("as the system"), self.tr("light"), self.tr("dark")), strict=True)
        closing = (self.tr("ask me"), self.tr("keep running, with an icon beside the clock"), self.tr("quit"))
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(14)
        self.language = self._choice(self.tr("Language"), languages, language)
        self.language_note = _muted(self.tr("The language changes when the program is started the next time."))
        self.language_note.hide()
        self._grid.addWidget(self.language_note, self._grid.rowCount(), 1)
        self.colors = self._choice(self.tr("Colours"), list(modes), mode)
        self.on_close = self._choice(
            self.tr("When the window is closed"), list(zip(_ON_CLOSE, closing, strict=True)), on_close
        )
        self.on_close.setEnabled(has_tray)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(section_title(self.tr("Language and colours")))
        layout.addLayout(self._grid)
        if not has_tray:
            layout.addWidget(
                _muted(
                    self.tr(
                        "This desktop has no place for an icon beside the clock: what is wrong is told at the foot of "
                        "the window, and only while the program runs."
                    )
                )
            )
        self.language.activated.connect(self._choose_language)
        self.colors.activated.connect(lambda _place: self.colors_chosen.emit(self.colors.currentData()))
        self.on_close.activated.connect(lambda _place: self.on_close_chosen.emit(self.on_close.currentData()))

    def _choice(self, name: str, entries: Sequence[tuple[str, str]], chosen: str) -> QComboBox:
        choice = FocusWheelComboBox()
        choice.setAccessibleName(name)
        # The longest words of another language must not make the dialog wider than it is.
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choice.setMinimumContentsLength(12)
        for value, words in entries:
            choice.addItem(words, value)
        choice.setCurrentIndex(max(0, choice.findData(chosen)))
        label = PlainLabel(name)
        label.setBuddy(choice)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(choice, row, 1)
        return choice

    def _choose_language(self) -> None:
        self.language_note.show()
        self.language_chosen.emit(self.language.currentData())


def _muted(text: str) -> PlainLabel:
    label = PlainLabel(text)
    label.setProperty("muted", True)
    label.setWordWrap(True)
    return label
