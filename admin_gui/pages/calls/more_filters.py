"""Filters of calls that are not always needed: a button opens them, in a line under the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QWidget

from admin_gui.client.calls import DIRECTIONS, MOODS
from admin_gui.widgets.call.tag_editor import TagCompleter
from admin_gui.widgets.focus_wheel import FocusWheelSpinBox
from admin_gui.widgets.layout.wrapping_row import WrappingRow
from admin_gui.widgets.table.filters import StateChoice
from admin_gui.widgets.table.search_field import DELAY_MS

LONGEST_SECONDS = 86_400
STEP_SECONDS = 30
LONGEST_TEXT = 100
FIELD_WIDTH = 130


class MoreFilters(QWidget):
    """Hidden until `button` opens it; whoever has none shown sees none."""

    changed = Signal()
    # What there is a field for.
    NAMES = ("sentiment", "direction", "min_seconds", "max_seconds", "tag", "keyword", "queue", "warnings")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(self.tr("More filters"))
        self.button.setCheckable(True)
        self.button.setProperty("segment", True)  # it is seen whether it is pressed
        self.button.toggled.connect(self._open)
        self.changed.connect(self._name_button)
        self.mood = StateChoice(MOODS, title=self.tr("Mood"), everything=self.tr("Any mood"))
        self.direction = StateChoice(DIRECTIONS, title=self.tr("Direction"), everything=self.tr("Any direction"))
        self.shortest = _seconds(self.tr("Length from (s)"), "≥ ")
        self.longest = _seconds(self.tr("Length up to (s)"), "≤ ")
        self.tag = _field(self.tr("Tag"))
        self._known_tags = TagCompleter(self.tag)
        self.keyword = _field(self.tr("Keyword"))
        self.queue = _field(self.tr("Queue"))
        self.warned = QCheckBox(self.tr("With warnings"))
        self.mood.chosen.connect(lambda *_: self.changed.emit())
        self.direction.chosen.connect(lambda *_: self.changed.emit())
        for number in (self.shortest, self.longest):
            number.valueChanged.connect(lambda *_: self.changed.emit())
        self._texts = {"tag": self.tag, "keyword": self.keyword, "queue": self.queue}
        self._told = self.values
        self._pause = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._pause.timeout.connect(self._tell_if_other)
        for field in self._texts.values():
            field.textChanged.connect(lambda _text: self._pause.start())  # as the search does
            field.editingFinished.connect(self._tell_if_other)
        self._known_tags.activated.connect(self._tell_if_other, Qt.ConnectionType.QueuedConnection)
        self.warned.clicked.connect(lambda *_: self.changed.emit())
        line = WrappingRow()
        for one in (self.mood, self.direction, self.shortest, self.longest, *self._texts.values(), self.warned):
            line.addWidget(one)
        self.setLayout(line)
        self.hide()

    @property
    def values(self) -> dict[str, str]:
        """What is chosen, as a link says it."""
        chosen = {
            "sentiment": self.mood.value,
            "direction": self.direction.value,
            "min_seconds": str(self.shortest.value() or ""),
            "max_seconds": str(self.longest.value() or ""),
            **{name: field.text().strip() for name, field in self._texts.items()},
            "warnings": "true" if self.warned.isChecked() else "",
        }
        return {name: text for name, text in chosen.items() if text}

    def set_values(self, values: Mapping[str, str]) -> None:
        """Choose without telling."""
        self.mood.set_value(values.get("sentiment"))
        self.direction.set_value(values.get("direction"))
        for number, name in ((self.shortest, "min_seconds"), (self.longest, "max_seconds")):
            number.blockSignals(True)
            number.setValue(min(LONGEST_SECONDS, int(values.get(name, "0"))))
            number.blockSignals(False)
        for name, field in self._texts.items():
            field.setText(values.get(name, ""))
        self.warned.setChecked(values.get("warnings") == "true")
        self._told = self.values
        self._name_button()

    def set_known_tags(self, tags: Sequence[str]) -> None:
        """Those that calls have, to be chosen from."""
        self._known_tags.set_tags(tags)

    def _tell_if_other(self) -> None:
        """A field says that it was left also where nothing was typed."""
        self._pause.stop()
        if self.values != self._told:
            self._told = self.values
            self.changed.emit()

    def _name_button(self) -> None:
        """With how many narrow the list while none of them is seen."""
        count = 0 if self.button.isChecked() else len(self.values)
        text = self.tr("More filters (%1)").replace("%1", str(count)) if count else self.tr("More filters")
        self.button.setText(text)

    def _open(self, shown: bool) -> None:
        self.setVisible(shown)
        self._name_button()
        if shown:
            self.mood.setFocus()


def _seconds(name: str, sign: str) -> FocusWheelSpinBox:
    """A length; 0, where it says its own name, is any."""
    made = FocusWheelSpinBox()
    made.setRange(0, LONGEST_SECONDS)
    made.setSingleStep(STEP_SECONDS)
    made.setSpecialValueText(name)
    made.setPrefix(sign)
    made.setSuffix(" s")
    made.setKeyboardTracking(False)
    made.setAccessibleName(name)
    return made


def _field(name: str) -> QLineEdit:
    made = QLineEdit()
    made.setPlaceholderText(name)
    made.setAccessibleName(name)
    made.setClearButtonEnabled(True)
    made.setMaxLength(LONGEST_TEXT)
    made.setMinimumWidth(FIELD_WIDTH)
    made.setMaximumWidth(2 * FIELD_WIDTH)
    return made
