"""What stands above the table of tokens: the line that makes a new one, and the one that was just made."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from admin_gui.app_context import AppContext
from admin_gui.client.tokens import ADMIN, VIEWER, WORKER, Token
from admin_gui.client.transport.certificate import grouped
from admin_gui.models.system.texts import role_word
from admin_gui.text import formats
from admin_gui.text.seen_typing import refuse_unseen
from admin_gui.widgets.card import Card
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.layout.wrapping_row import WrappingRow
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.secret_field import SecretField
from admin_gui.widgets.table.filters import CustomerChoice

translate = QCoreApplication.translate

NARROWEST_NAME = 160


class CreateLine(Card):
    """Name, role, customer and end of a new token."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.name = QLineEdit()
        refuse_unseen(self.name)
        self.name.setPlaceholderText(self.tr("What for?"))
        self.name.setToolTip(self.tr("Its name in this list and in the audit log, such as “Grafana”"))
        self.name.setAccessibleName(self.tr("Name of the new token"))
        self.role = QComboBox()
        self.role.setAccessibleName(self.tr("Role"))
        self.role.addItem(self.tr("Viewer: reads, sees no secrets"), VIEWER)
        self.role.addItem(self.tr("Administrator: may do everything"), ADMIN)
        self.role.addItem(self.tr("Worker on another machine: joins, sees nothing here"), WORKER)
        self.role.currentIndexChanged.connect(self._role_chosen)
        # A name that is none must not become everybody's by leaving the field.
        self.customer = CustomerChoice(context, settles=False)
        self.customer.setToolTip(
            self.tr("A viewer of one customer sees its calls alone, and not even that there are others")
        )
        self.expiry = QComboBox()
        self.expiry.setAccessibleName(self.tr("Ends"))
        for words, days in (
            (self.tr("Ends after 30 days"), 30),
            (self.tr("Ends after 90 days"), 90),
            (self.tr("Ends after a year"), 365),
            (self.tr("Ends after a day"), 1),
            (self.tr("Never ends"), None),
        ):
            self.expiry.addItem(words, None if days is None else timedelta(days=days))
        self.create_button = QPushButton(self.tr("Create"))
        self.create_button.setProperty("primary", True)
        self._problem = PlainLabel()
        self._problem.setProperty("error", True)
        self._problem.setWordWrap(True)
        self._problem.hide()
        self.name.setMinimumWidth(NARROWEST_NAME)
        line = WrappingRow()
        for widget in (self.name, self.role, self.customer, self.expiry, self.create_button):
            line.addWidget(widget)
        self.content.addLayout(line)
        self.content.addWidget(self._problem)

    def tell_problem(self, text: str) -> None:
        """What the appliance says against it."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    @property
    def customer_ids(self) -> list[int] | None:
        """Whose calls it may see; None: everybody's."""
        return None if self.customer.value is None else [self.customer.value]

    @property
    def knows_its_customer(self) -> bool:
        """Whether what stands there was chosen: half a name must not make a token that sees everybody's."""
        chosen = self.customer.itemText(self.customer.findData(self.customer.value))
        return self.customer.currentText() == chosen

    def _role_chosen(self) -> None:
        limited = self.role.currentData() == VIEWER
        if not limited:
            self.customer.set_value(None)
        self.customer.setEnabled(limited)

    @property
    def problem(self) -> str:
        return self._problem.text()


class FreshToken(Card):
    """A token that was just created: it can be read here, now, and never again."""

    taken = Signal()  # somebody has it, or wants it no more: another may take its place

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._token: Token | None = None
        self.token_name: str | None = None  # of the one that is shown
        self.is_taken = True
        self._title = PlainLabel()
        self._title.setObjectName("sectionTitle")
        note = PlainLabel(self.tr("Copy it now: it is shown this once, the appliance keeps no copy that can be read."))
        note.setProperty("muted", True)
        note.setWordWrap(True)
        self._join = PlainLabel(
            self.tr(
                "Put it alone into a file on the other machine, and start the worker there: "
                "vbot worker --join URL --token-file FILE --fingerprint SHA256. “vbot certificate show” prints what "
                "this box is known by."
            )
        )
        self._join.setWordWrap(True)
        self.secret = SecretField(context, self.tr("token"))
        self.secret.copied.connect(self._take)
        self._ends = PlainLabel()
        self.all_button = QPushButton(self.tr("Copy all for your colleague"))
        self.all_button.setToolTip(self.tr("Address, fingerprint, token, and how to log in"))
        self.all_button.clicked.connect(self.copy_all)
        self.done_button = QPushButton(self.tr("Copied, hide it"))
        self.done_button.clicked.connect(self._hide_it)
        line = row(self.secret, self.all_button, self.done_button)
        line.setStretch(0, 1)
        self.content.addWidget(self._title)
        self.content.addWidget(self._ends)
        self.content.addWidget(note)
        self.content.addWidget(self._join)
        self.content.addLayout(line)
        context.session.ended.connect(self.forget)
        self.hide()

    def show_token(self, token: Token) -> None:
        """Masked until it is asked for."""
        self._token, self.token_name, self.is_taken = token, token.name, False
        role = role_word(token.role)
        self._title.setText(self.tr("New token “%1” (%2)").replace("%1", token.name).replace("%2", role))
        self._join.setVisible(token.role == WORKER)
        self._ends.setText(self.ends)
        self.all_button.setVisible(token.role != WORKER)  # nobody logs in with that
        self.secret.set_secret(token.token or "")
        self.show()
        self.secret.copy_button.setFocus()

    @property
    def ends(self) -> str:
        """Until when it lets somebody in."""
        if self._token is None:
            return ""
        if self._token.expires_at is None:
            return self.tr("It is valid until somebody revokes it.")
        return self.tr("It is valid until %1.").replace("%1", formats.moment(self._token.expires_at))

    def copy_all(self) -> None:
        """What somebody else needs to log in: on the clipboard as long as a secret may be."""
        token = self._token
        if token is None:
            return
        connection = self._context.appliance.connection
        lines = [
            self.tr("Address: %1").replace("%1", connection.url),
            self.tr("SHA-256 of its certificate: %1").replace("%1", grouped(connection.fingerprint or "")),
            self.tr("Token: %1").replace("%1", token.token or ""),
            self.ends,
            self.tr("Start vbot-admin, enter the address and the token, and compare the SHA-256 before you log in."),
        ]
        if connection.fingerprint is None:
            del lines[1]
        self._context.copy_secret("\n".join(lines), self.tr("All for your colleague"))
        self._take()

    def _hide_it(self) -> None:
        self.forget()

    def _take(self) -> None:
        self.is_taken = True
        self.taken.emit()

    def forget(self, token_id: int | None = None) -> None:
        """Take it off the screen; with an id only when it is that one."""
        if token_id is None or (self._token is not None and token_id == self._token.id):
            self._token = self.token_name = None
            self.secret.set_secret("")
            self.hide()
            self._take()
