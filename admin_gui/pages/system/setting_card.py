"""One setting: what it means, what it is, and where one would change it."""

from __future__ import annotations

from PySide6.QtCore import Qt

from admin_gui.models.system.settings import Setting
from admin_gui.widgets.card import Card
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.plain_label import PlainLabel


class SettingCard(Card):
    """Below the table, empty while no setting is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.title = PlainLabel()
        self.title.setObjectName("sectionTitle")
        self.meaning = PlainLabel()
        self.meaning.setWordWrap(True)
        self.meaning.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.where = PlainLabel()
        self.where.setProperty("muted", True)
        self.where.setWordWrap(True)
        self.grid = InfoGrid()
        self.content.addWidget(self.title)
        self.content.addWidget(self.meaning)
        self.content.addWidget(self.grid)
        self.content.addWidget(self.where)
        self.content.addStretch()

    def show_setting(self, setting: Setting | None) -> None:
        """This one; None empties it."""
        for part in (self.title, self.meaning, self.grid, self.where):
            part.setVisible(setting is not None)  # and not the card: what stands above would move
        if setting is None:
            return
        self.title.setText(setting.name)
        self.meaning.setText(setting.meaning)
        self.meaning.setVisible(bool(setting.meaning))
        self.grid.put("value", self.tr("Value"), setting.value)
        told = setting.told
        if told is None:
            self.where.hide()
            return
        self.grid.put("default", self.tr("Default"), setting.default)
        self.where.setText(self._where_words(setting))
        self.where.show()

    def _where_words(self, setting: Setting) -> str:
        told = setting.told
        if told is None:
            return ""
        if told.source == "environment":
            text = self.tr("It is set by the variable %1: change it there, and start the appliance again.")
        elif told.source == "file":
            text = self.tr("It is set in %1: change it there, and start the appliance again.")
        else:
            text = self.tr("It is changed in the appliance's vbot.toml, or by %1; the appliance is started again then.")
        return text.replace("%1", told.variable if told.source == "default" else told.where or told.variable)
