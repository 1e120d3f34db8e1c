"""What the user calls an appliance."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from admin_gui.local_storage.profiles import Profile
from admin_gui.text.seen_typing import refuse_unseen
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel

LONGEST_NAME = 60


class RenameDialog(QDialog):
    """`named` with the new name, which is not empty."""

    named = Signal(str)

    def __init__(self, profile: Profile, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Rename the appliance"))
        where = PlainLabel(self.tr("What do you call the appliance at %1?").replace("%1", profile.url))
        where.setWordWrap(True)
        self.name = QLineEdit(profile.name)
        refuse_unseen(self.name)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.selectAll()
        self.name.textChanged.connect(self._look)
        self.save_button = QPushButton(self.tr("Rename"))
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self._save)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(12)
        layout.addWidget(where)
        layout.addWidget(self.name)
        layout.addLayout(row(self.save_button, cancel, stretch_after=1))
        self.setMinimumWidth(400)
        self.name.setFocus()

    def _look(self) -> None:
        self.save_button.setEnabled(bool(self.name.text().strip()))

    def _save(self) -> None:
        self.named.emit(self.name.text().strip())
        self.close()
