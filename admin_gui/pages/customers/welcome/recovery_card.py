"""The question whether the recovery key is kept, which is asked once."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QPushButton

from admin_gui.app_context import AppContext
from admin_gui.client.system import System
from admin_gui.widgets.card import Card
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel

translate = QCoreApplication.translate

SHOW = "vbot backup recovery-key"
NOTE_COMPONENT = "note"


class RecoveryCard(Card):
    """Hidden until it is asked, and from the answer on."""

    kept = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(translate("welcome", "Is the recovery key kept?"))
        about = PlainLabel(
            self.tr(
                "Nothing but the recovery key opens a backup. Keep it where you find it when the appliance is gone:"
                " in a password manager, or on paper in a safe. On the appliance this shows it:"
            )
        )
        about.setWordWrap(True)
        command = PlainLabel(SHOW)
        command.setProperty("mono", True)
        self.note = PlainLabel()
        self.note.setWordWrap(True)
        self.kept_button = QPushButton(self.tr("The recovery key is kept"))
        self.kept_button.clicked.connect(self.kept)
        self.copy_button = QPushButton(self.tr("Copy the command"))
        self.copy_button.clicked.connect(lambda *_: context.copy(SHOW, self.tr("Command")))
        for widget in (about, command, self.note):
            self.content.addWidget(widget)
        self.content.addLayout(row(self.kept_button, self.copy_button, stretch_after=1))
        self.hide()

    def ask(self, system: System | None) -> None:
        """With what the appliance says of its own copy, which lies there in plain."""
        lies_there = system is not None and any(one.name == NOTE_COMPONENT for one in system.components)
        text = self.tr("It still lies in plain on the appliance. Once it is kept, this removes it: %1")
        self.note.setText(text.replace("%1", f"{SHOW} --kept"))
        self.note.setVisible(lies_there)
        self.show()
