"""Names and values in two columns; values can be selected and copied."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets.plain_label import PlainLabel


class InfoGrid(QWidget):
    """Rows of a name and a value. `put` adds a row, or changes the one with that key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)
        self._values: dict[str, QWidget] = {}
        self._names: dict[str, PlainLabel] = {}

    def put(
        self, key: str, name: str, value: str, tooltip: str = "", *, mono: bool = False, wide: bool = False
    ) -> None:
        """A text. `wide`: under its name, where one long word has more room."""
        label = self._values.get(key)
        if not isinstance(label, PlainLabel):
            label = PlainLabel()
            label.setWordWrap(not mono)  # ids and fingerprints are parted by whoever writes them
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            label.setProperty("mono", mono)
            if mono:
                # An address without end must not make the page wider than the window; its tooltip has all of it.
                label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self.put_widget(key, name, label, wide=wide)
        label.setText(value)
        label.setToolTip(plain_tooltip(tooltip or (value if mono or wide else "")))
        label.setAccessibleName(f"{name}: {value}")

    def put_moment(self, key: str, name: str, value: datetime | None) -> None:
        """A moment in the local zone, with UTC in its tooltip."""
        self.put(key, name, formats.moment(value), formats.utc_tooltip(value))

    def put_widget(self, key: str, name: str, widget: QWidget, *, wide: bool = False) -> None:
        """Any widget as the value; `wide`: under its name."""
        row = self._grid.rowCount()
        label = PlainLabel(name)
        label.setProperty("muted", True)
        label.setBuddy(widget)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        if wide:
            self._grid.addWidget(widget, row + 1, 0, 1, 2)
        else:
            self._grid.addWidget(widget, row, 1)
        self._names[key], self._values[key] = label, widget

    def set_shown(self, key: str, shown: bool) -> None:
        """Hide a row that says nothing at present."""
        if key in self._values:
            self._names[key].setVisible(shown)
            self._values[key].setVisible(shown)

    def value(self, key: str) -> str:
        """The text that stands there."""
        found = self._values.get(key)
        return found.text() if isinstance(found, PlainLabel) else ""

    def as_lines(self) -> str:
        """All names and values that are texts, a line for each."""
        shown = ((self._names[key].text(), self.value(key)) for key in self._values)
        return "\n".join(f"{name}: {value}" for name, value in shown if value)
