"""The page that stands in the way when an appliance shows another certificate than before."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.client.transport.certificate import grouped
from admin_gui.client.transport.errors import CertificateChanged
from admin_gui.widgets.card import Card
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.layout.layouts import centred, row
from admin_gui.widgets.plain_label import PlainLabel

WIDTH = 680


class CertificateChangedPage(QWidget):
    """Says what happened and what was not done; trusting the new one is a step that must be meant."""

    trusted = Signal(str)  # the new fingerprint
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._got = ""
        card = Card()
        card.setMaximumWidth(WIDTH)
        title = PlainLabel(self.tr("This may not be your appliance"))
        title.setObjectName("pageTitle")
        title.setStyleSheet(f"color: {theme.colors.bad};")
        theme.changed.connect(lambda: title.setStyleSheet(f"color: {theme.colors.bad};"))
        text = PlainLabel(
            self.tr(
                "It shows another certificate than the one that you trusted. Either its certificate was replaced, or "
                "another machine answers in its place. Everything has stopped: your token was not sent to it."
            )
        )
        text.setWordWrap(True)
        self._grid = InfoGrid()
        self.sure = QCheckBox(
            self.tr("I have compared the new fingerprint with what “vbot certificate show” prints on the appliance")
        )
        self.trust_button = QPushButton(self.tr("Trust the new certificate"))
        self.trust_button.setProperty("danger", True)
        self.trust_button.setEnabled(False)
        self.trust_button.clicked.connect(lambda: self.trusted.emit(self._got))
        self.sure.toggled.connect(self.trust_button.setEnabled)
        self.leave_button = QPushButton(self.tr("Disconnect"))
        self.leave_button.setProperty("primary", True)
        self.leave_button.clicked.connect(self.left)
        for widget in (title, text, self._grid, self.sure):
            card.content.addWidget(widget)
        card.content.setSpacing(14)
        card.content.addLayout(row(self.leave_button, self.trust_button, stretch_after=1))
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(centred(card))
        layout.addStretch(2)

    def show_change(self, name: str, error: CertificateChanged) -> None:
        """Which appliance, and the two fingerprints."""
        self._got = error.got
        self.sure.setChecked(False)
        self._grid.put("name", self.tr("Appliance"), name)
        self._grid.put("expected", self.tr("Trusted"), grouped(error.expected), mono=True)
        self._grid.put("got", self.tr("Shown now"), grouped(error.got), mono=True)
        self.leave_button.setFocus()
