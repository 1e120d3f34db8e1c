"""How a customer's telephone system sends: on a card of the customer's page, and in the welcome."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext, Subject
from admin_gui.client.customers import Customer
from admin_gui.models.customer_snippets import snippets
from admin_gui.widgets.card import Card
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.secret_field import MASK

translate = QCoreApplication.translate


class ConnectCard(Card):
    """The lines of each telephone system, under a heading."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(translate("ConnectCard", "Connect the telephone system"))
        self.lines = PbxLines(context)
        self.content.addWidget(self.lines)


class PbxLines(QWidget):
    """Ready to paste for each telephone system."""

    copied = Signal()
    wanted = Signal()  # the key, of which only the end is known here: `show_customer` with all of it

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._key = ""
        self._is_wanted = False
        self.subject: Callable[[], Subject | None] = lambda: None  # whose they are, where its page shows one of many
        self.tabs = QTabWidget()
        # The keyboard comes to its bar; the whole would be told as a control of its own, without a name.
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.with_key = QCheckBox(self.tr("Put the API key in"))
        self.with_key.toggled.connect(self._put_key_in)
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.clicked.connect(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.tabs)
        layout.addLayout(row(self.copy_button, self.with_key, stretch_after=1))

    def show_customer(self, customer: Customer) -> None:
        """With this one's key, once it is asked for; a viewer does not know it."""
        masked = customer.api_key.startswith(MASK)
        if masked and (self._is_wanted or (self._key and customer.api_key == f"{MASK}{self._key[-4:]}")):
            return  # it is on its way, or known already
        was_wanted, self._is_wanted = self._is_wanted, False
        self._key = "" if masked else customer.api_key
        self.with_key.setChecked(was_wanted)
        self.with_key.setVisible(bool(self._key) or not self._context.session.is_viewer)
        self._fill()

    def _put_key_in(self, wanted: bool) -> None:
        self._is_wanted = wanted and not self._key
        if self._is_wanted:
            self.wanted.emit()
        else:
            self._fill()

    def forget(self) -> None:
        """The key of another customer."""
        self._key, self._is_wanted = "", False
        self.with_key.setChecked(False)
        self._fill()

    @property
    def shown(self) -> str:
        """The text on the tab that is seen."""
        found = self.tabs.currentWidget()
        editor = None if found is None else found.findChild(QPlainTextEdit)
        return "" if editor is None else editor.toPlainText()

    def copy(self) -> None:
        """With the key in it, for half a minute only."""
        what = self.tr("Lines for %1").replace("%1", self.tabs.tabText(self.tabs.currentIndex()))
        if self.with_key.isChecked():
            self._context.copy_secret(self.shown, what, self.subject())
        else:
            self._context.copy(self.shown, what, self.subject())
        self.copied.emit()

    def _pin(self) -> str:
        snapshot = self._context.session.last_snapshot
        certificate = None if snapshot is None or snapshot.system is None else snapshot.system.certificate
        return "" if certificate is None else certificate.public_key_pin

    def _fill(self) -> None:
        seen = self.tabs.currentIndex()
        while self.tabs.count():
            page = self.tabs.widget(0)
            self.tabs.removeTab(0)
            if page is not None:
                page.deleteLater()
        key = (self._key or None) if self.with_key.isChecked() else None
        for snippet in snippets(self._context.appliance.connection.url, key, self._pin()):
            where = PlainLabel(snippet.where)
            where.setProperty("muted", True)
            where.setWordWrap(True)
            text = QPlainTextEdit(snippet.text)
            text.setReadOnly(True)
            text.setProperty("mono", True)
            text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            text.setTabChangesFocus(True)
            text.setMinimumHeight(230)
            text.setAccessibleName(snippet.name)
            page = QWidget()
            layout = QVBoxLayout(page)
            layout.setContentsMargins(0, 10, 0, 0)
            layout.addWidget(where)
            layout.addWidget(text)
            self.tabs.addTab(page, snippet.name)
        self.tabs.setCurrentIndex(max(0, seen))
