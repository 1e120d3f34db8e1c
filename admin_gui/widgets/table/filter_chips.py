"""Filters that came with a link and have no field of their own: each is seen, and taken away with a click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.text.plain_text import plain_button
from admin_gui.widgets import icons

ICON_SIZE = 14


class FilterChips(QWidget):
    """A line of them; hidden while there are none."""

    removed = Signal(str)  # the name under which it was shown

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: list[tuple[str, str]] = []
        self._buttons: list[QPushButton] = []
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(8)
        self._line.addStretch(1)
        theme.changed.connect(self._paint_icons)
        self.hide()

    def show_filters(self, filters: Sequence[tuple[str, str]]) -> None:
        """Names, and what they say."""
        if list(filters) == self._shown:
            return
        self._shown = list(filters)
        for button in self._buttons:
            self._line.removeWidget(button)
            button.deleteLater()
        self._buttons = [self._chip(name, words) for name, words in filters]
        for place, button in enumerate(self._buttons):
            self._line.insertWidget(place, button)
        self._paint_icons()
        self.setVisible(bool(filters))

    @property
    def texts(self) -> list[str]:
        """What is seen."""
        return [words for _name, words in self._shown]

    def button(self, name: str) -> QPushButton:
        """The one that takes this filter away."""
        return self._buttons[[one for one, _words in self._shown].index(name)]

    def _chip(self, name: str, words: str) -> QPushButton:
        made = QPushButton(plain_button(words))
        made.setProperty("chip", True)
        made.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        made.setAccessibleName(self.tr("Remove the filter: %1").replace("%1", words))
        made.clicked.connect(lambda: self.removed.emit(name))
        return made

    def _paint_icons(self) -> None:
        for button in self._buttons:
            button.setIcon(icons.icon("close", self._theme.colors.muted, ICON_SIZE))
