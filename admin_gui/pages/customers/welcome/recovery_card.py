"""The question whether the recovery key is kept, which is asked once."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QPushButton

from admin_gui.app_context import AppContext
from admin_gui.client.system import System
from admin_gui.local_storage.first_steps import NOTE
from admin_gui.widgets.card import Card
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel

translate = QCoreApplication.translate

SHOW = "vbot backup recovery-key"
REMOVE = f"{SHOW} --kept"


class RecoveryCard(Card):
    """Hidden until it is asked, and from the answer on."""

    kept = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(translate("welcome", "Is the recovery key kept?"))
        self.lies_there = False
        about = PlainLabel(
            self.tr(
                "Nothing but the recovery key opens a backup. Keep it where you find it when the appliance is gone:"
                " in a password manager, or on paper in a safe. On the appliance this shows it:"
            )
        )
        about.setWordWrap(True)
        command = PlainLabel(SHOW)
        command.setProperty("mono", True)
        self.note = PlainLabel(
            self.tr("A note on the appliance still shows it in plain, which no button removes, but its command line:")
        )
        self.note.setWordWrap(True)
        self._remove = PlainLabel(REMOVE)
        self._remove.setProperty("mono", True)
        self.kept_button = QPushButton(self.tr("The recovery key is kept"))
        self.kept_button.clicked.connect(self.kept)
        self.copy_button = QPushButton(self.tr("Copy the command"))
        self.copy_button.clicked.connect(lambda *_: context.copy(SHOW, self.tr("Command")))
        for widget in (about, command, self.note, self._remove):
            self.content.addWidget(widget)
        self.content.addLayout(row(self.kept_button, self.copy_button, stretch_after=1))
        self.hide()

    def ask(self, system: System | None) -> None:
        """With what the appliance says of its own copy, which lies there in plain."""
        self.lies_there = system is not None and any(one.name == NOTE for one in system.components)
        for label in (self.note, self._remove):
            label.setVisible(self.lies_there)
        self.show()

    def said(self) -> str:
        """What is said of the answer."""
        if not self.lies_there:
            return self.tr("You are not asked again")
        text = self.tr("You are not asked again; the note on the appliance is removed by its command line alone: %1")
        return text.replace("%1", REMOVE)
