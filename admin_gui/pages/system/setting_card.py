"""One setting: what it means, what it is, and where it is changed: here, where that is safe."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from admin_gui.client.settings import Edit
from admin_gui.client.settings import Setting as ToldSetting
from admin_gui.models.system.settings import Setting, written
from admin_gui.text import formats
from admin_gui.widgets.card import Card
from admin_gui.widgets.focus_wheel import FocusWheelComboBox
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel

EDITOR_WIDTH = 260


class SettingCard(Card):
    """Below the table, empty while no setting is chosen."""

    edited = Signal(str, object)  # the setting's name, and what is written there; None: back to its default

    def __init__(self) -> None:
        super().__init__()
        self._told: ToldSetting | None = None
        self.title = PlainLabel()
        self.title.setObjectName("sectionTitle")
        self.name = PlainLabel()
        self.name.setProperty("mono", True)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.meaning = PlainLabel()
        self.meaning.setWordWrap(True)
        self.meaning.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.field = QLineEdit()
        self.field.setMaximumWidth(EDITOR_WIDTH)
        self.field.textEdited.connect(self._edited)
        self.choice: QComboBox = FocusWheelComboBox()
        self.choice.setMaximumWidth(EDITOR_WIDTH)
        self.choice.activated.connect(lambda _place: self._edited(self.choice.currentText()))
        self.default_button = QPushButton(self.tr("Back to the default"))
        self.default_button.clicked.connect(self.back_to_default)
        self.hint = PlainLabel()
        self.hint.setProperty("muted", True)
        self.problem = PlainLabel()
        self.problem.setProperty("error", True)
        self.problem.setWordWrap(True)
        self.where = PlainLabel()
        self.where.setProperty("muted", True)
        self.where.setWordWrap(True)
        self.grid = InfoGrid()
        self.content.addLayout(row(self.title, self.name, stretch_after=1))
        self.content.addWidget(self.meaning)
        self.content.addLayout(row(self.field, self.choice, self.hint, self.default_button, stretch_after=2))
        self.content.addWidget(self.problem)
        self.content.addWidget(self.grid)
        self.content.addWidget(self.where)
        self.content.addStretch()

    @property
    def can_go_back(self) -> bool:
        """Whether there is a default to go back to."""
        return self._told is not None and not self.default_button.isHidden() and self.default_button.isEnabled()

    def show_setting(self, setting: Setting | None, text: str, problem: str, *, may_change: bool) -> None:
        """This one, with what is written in its field; None empties it."""
        for part in (self.title, self.name, self.meaning, self.grid, self.where):
            part.setVisible(setting is not None)  # and not the card: what stands above would move
        self._told = None if setting is None else setting.told
        edit = None if self._told is None else self._told.edit
        self._show_editor(edit, text, may_change=may_change)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if setting is None:
            return
        self.title.setText(setting.title)
        self.name.setText(setting.name)
        self.name.setVisible(setting.name != setting.title)
        self.meaning.setText(setting.meaning)
        self.meaning.setVisible(bool(setting.meaning))
        self.grid.put("value", self.tr("Value"), setting.value)
        if self._told is None:
            self.where.hide()
            return
        self.grid.put("default", self.tr("Default"), setting.default)
        self.field.setAccessibleName(setting.title)
        self.choice.setAccessibleName(setting.title)
        self.field.setAccessibleDescription(problem or setting.meaning)
        self.default_button.setEnabled(may_change and text != written(self._told.default))
        self.where.setText(self._where_words(self._told))

    def back_to_default(self) -> None:
        """As if nobody had ever set it."""
        if self._told is not None and self.can_go_back:
            self.edited.emit(self._told.name, None)

    def _show_editor(self, edit: Edit | None, text: str, *, may_change: bool) -> None:
        is_choice = edit is not None and edit.kind == "choice"
        self.field.setVisible(edit is not None and not is_choice)
        self.choice.setVisible(is_choice)
        for part in (self.hint, self.default_button):
            part.setVisible(edit is not None)
        for editor in (self.field, self.choice):
            editor.setEnabled(may_change)
        if edit is None:
            return
        if is_choice:
            self.choice.clear()
            self.choice.addItems(edit.choices)
            self.choice.setCurrentText(text)
            self.hint.setText("")
            return
        if self.field.text() != text:
            self.field.setText(text)
        limits = self.tr("%1 to %2") if edit.count == 1 else self.tr("%3 numbers with commas between them, %1 to %2")
        low, high = formats.number(edit.lowest), formats.number(edit.highest)
        self.hint.setText(limits.replace("%1", low).replace("%2", high).replace("%3", str(edit.count)))

    def _edited(self, text: str) -> None:
        if self._told is not None:
            self.edited.emit(self._told.name, text)

    def _where_words(self, told: ToldSetting) -> str:
        if told.source == "environment":
            text = self.tr("It is set by the variable %1: change it there, and start the appliance again.")
            return text.replace("%1", told.where or told.variable)
        if told.source == "file":
            text = self.tr("It is set in %1: change it there, and start the appliance again.")
            return text.replace("%1", told.where or "vbot.toml")
        if told.edit is None:
            text = self.tr("It is changed in the appliance's vbot.toml, or by %1; the appliance is started again then.")
            return text.replace("%1", told.variable)
        if told.waits:
            text = self.tr("%1 waits until the appliance is started again.")
            return text.replace("%1", written(told.next_value) or formats.DASH)
        if told.restart:
            return self.tr("A change takes effect when the appliance is started again.")
        return self.tr("A change takes effect at once.")
