"""What belongs to this program: what it told, what it is to tell, its language and colours, and what closing does."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.local_storage.language import read_language, save_language
from admin_gui.local_storage.notification_settings import OnClose
from admin_gui.shell.notices.announcer import Announcer
from admin_gui.shell.notices.appearance_section import AppearanceSection
from admin_gui.shell.notices.notification_section import NotificationSection
from admin_gui.shell.notices.told_section import ToldSection
from admin_gui.shell.window_commands import set_mode
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.layout.scrolled_column import ScrolledColumn
from admin_gui.widgets.plain_label import PlainLabel

WIDTH = 660
AROUND = 40  # of the window stays in sight


class ProgramDialog(QDialog):
    """What is chosen is kept at once. `place_chosen` with the address of an appliance, and a link."""

    place_chosen = Signal(str, str)

    def __init__(
        self, context: AppContext, announcer: Announcer, names: Mapping[str, str], parent: QWidget, *, has_tray: bool
    ) -> None:
        """`names`: what the user calls the appliances, by their addresses; `has_tray`: there is one for the icon."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Program"))
        self._announcer = announcer
        settings = announcer.settings
        self.told = ToldSection(announcer.told_lately(), names, context.theme)
        self.notifications = NotificationSection(settings)
        language = read_language(context.memory)
        self.appearance = AppearanceSection(language, context.theme.mode, settings.on_close, has_tray=has_tray)
        self.close_button = QPushButton(self.tr("Close"))
        kept = PlainLabel(self.tr("What you choose is kept on this computer at once."))
        kept.setProperty("muted", True)
        kept.setWordWrap(True)
        column = ScrolledColumn(self.told, self.notifications, self.appearance)
        column.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the keyboard, and has no name of its own
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 12, 18)
        layout.setSpacing(12)
        layout.addWidget(column, 1)
        layout.addWidget(kept)
        layout.addLayout(row(self.close_button, stretch_after=0))
        self.setFixedWidth(WIDTH)
        self.resize(WIDTH, min(self.sizeHint().height(), max(parent.height() - AROUND, 0)))
        self.close_button.clicked.connect(self.close)
        self.told.chosen.connect(self._go)
        self.notifications.changed.connect(self._keep_notifications)
        self.appearance.language_chosen.connect(lambda chosen: save_language(context.memory, chosen))
        self.appearance.colors_chosen.connect(lambda mode: set_mode(context, mode))
        self.appearance.on_close_chosen.connect(self._keep_on_close)

    def _go(self, appliance: str, link: str) -> None:
        self.close()
        self.place_chosen.emit(appliance, link)

    def _keep_notifications(self) -> None:
        self._announcer.change(self.notifications.put_into(self._announcer.settings))

    def _keep_on_close(self, choice: OnClose) -> None:
        self._announcer.change(msgspec.structs.replace(self._announcer.settings, on_close=choice))
