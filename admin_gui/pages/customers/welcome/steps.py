"""What one does in each of the five steps."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt
from admin_gui.models.customer_fields import is_readable_on_its_way
from admin_gui.models.webhook_advice import advice
from admin_gui.pages.customers.connect_card import PbxLines
from admin_gui.pages.customers.form import CustomerForm, FieldGrid, FormField
from admin_gui.pages.customers.welcome.step_card import StepCard
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.secret_field import SecretField

translate = QCoreApplication.translate


class CustomerStep(StepCard):
    """Who sends calls."""

    created = Signal()  # wanted: what was typed is to be one
    opened = Signal()

    def __init__(self, context: AppContext, number: int) -> None:
        super().__init__(
            context.theme,
            number,
            translate("welcome", "The customer"),
            translate(
                "welcome",
                "A customer is whoever sends recordings, with an API key of its own. For one office that is you.",
            ),
        )
        self.fields = FieldGrid()
        company = self.fields.add(FormField(self.tr("Company"), QLineEdit(), required=True))
        contact = self.fields.add(FormField(self.tr("Contact"), QLineEdit(), required=True))
        email = self.fields.add(FormField(self.tr("E-mail"), QLineEdit(), required=True))
        self.form = CustomerForm({"company_name": company, "name": contact, "email": email}, self)
        self.create_button = _primary(self.tr("Create the customer"))
        self.create_button.clicked.connect(self.created)
        self.form.entered.connect(self.create_button.click)
        context.only_admin(self.create_button)
        self.open_button = QPushButton(self.tr("Open the customer"))
        self.open_button.clicked.connect(self.opened)
        self.body.addWidget(self.fields)
        self.body.addLayout(row(self.create_button, self.open_button, stretch_after=1))
        self.first_focus = company.editor
        self.show_customer(None)

    def show_customer(self, customer: Customer | None) -> None:
        there = customer is not None
        self.fields.setVisible(not there)
        self.create_button.setVisible(not there)
        self.open_button.setVisible(there)
        if there:
            self.form.discard()


class KeyStep(StepCard):
    """What the telephone system shows to be let in."""

    def __init__(self, context: AppContext, number: int) -> None:
        super().__init__(
            context.theme,
            number,
            translate("welcome", "The API key"),
            translate(
                "welcome",
                "The telephone system sends it with each recording. Copy it and keep it where its passwords are kept."
                " It can be seen again, and replaced, on the customer's page.",
            ),
        )
        self.key = SecretField(context, self.tr("API key"))
        self.body.addWidget(self.key)
        self.first_focus = self.key.copy_button


class LineStep(StepCard):
    """How the telephone system sends."""

    def __init__(self, context: AppContext, number: int) -> None:
        super().__init__(
            context.theme,
            number,
            translate("welcome", "The line of the telephone system"),
            translate(
                "welcome", "Choose the telephone system, tick “Put the API key in”, and copy what belongs there."
            ),
        )
        self.lines = PbxLines(context)
        self.body.addWidget(self.lines)
        self.first_focus = self.lines.copy_button


class CallStep(StepCard):
    """The first recording, analysed."""

    send = Signal()
    opened = Signal(str)

    def __init__(self, context: AppContext, number: int) -> None:
        super().__init__(
            context.theme,
            number,
            translate("welcome", "A test call"),
            translate(
                "welcome",
                "Make a call through the telephone system, talk for half a minute and hang up: it appears here by"
                " itself. If the telephone system is not ready yet, send a recording that you have.",
            ),
        )
        self._call_id = ""
        self.send_button = QPushButton(self.tr("Send a recording …"))
        self.send_button.clicked.connect(self.send)
        context.only_admin(self.send_button)
        self.open_button = QPushButton(self.tr("Open the call"))
        self.open_button.clicked.connect(lambda *_: self.opened.emit(self._call_id))
        self.body.addLayout(row(self.send_button, self.open_button, stretch_after=1))
        self.first_focus = self.send_button
        self.show_call(None)

    def show_call(self, call: Call | None) -> None:
        self._call_id = "" if call is None else call.call_id
        self.open_button.setVisible(call is not None)

    def words(self, call: Call | None) -> str:
        """How far the newest call is."""
        if call is None:
            return self.tr("No call has come yet.")
        at = formats.moment(call.received_at)
        if call.state == "failed":
            reason = "" if call.error is None else translated(call.error.message)
            return self.tr("The call of %1 could not be analysed: %2").replace("%1", at).replace("%2", reason)
        if call.state == "completed":
            return self.tr("The call of %1 is analysed.").replace("%1", at)
        return self.tr("The call of %1 has come and is being analysed.").replace("%1", at)


class WebhookStep(StepCard):
    """Where results go."""

    test = Signal()
    opened = Signal()

    def __init__(self, context: AppContext, number: int) -> None:
        super().__init__(
            context.theme,
            number,
            translate("welcome", "The webhook"),
            translate(
                "welcome",
                "Each result is posted to this address, signed with the customer's secret."
                " Results wait until there is an address.",
            ),
        )
        self.url = FormField(self.tr("Address"), QLineEdit())
        self.url.editor.setProperty("mono", True)
        self.url.changed.connect(self._warn_of_plain_http)
        self.form = CustomerForm({"webhook_url": self.url}, self)
        self.test_button = _primary(self.tr("Save and send a test"))
        self.test_button.clicked.connect(self.test)
        self.form.entered.connect(self.test_button.click)
        context.only_admin(self.test_button)
        self.open_button = QPushButton(self.tr("Secret and certificate …"))
        self.open_button.setToolTip(self.tr("On the customer's page"))
        self.open_button.clicked.connect(self.opened)
        self.outcome = Banner(context.theme)
        self.body.addWidget(self.url)
        self.body.addLayout(row(self.test_button, self.open_button, stretch_after=1))
        self.body.addWidget(self.outcome)
        self.first_focus = self.url.editor

    def show_attempt(self, attempt: Attempt) -> None:
        """What came of a test."""
        problem, todo = advice(attempt)
        self.outcome.show_message(f"{problem} {todo}".strip(), "good" if attempt.succeeded else "bad")

    def _warn_of_plain_http(self) -> None:
        warning = self.tr(
            "Plain HTTP: unless this is a machine in the building, anybody on the way reads what was said."
        )
        self.url.warn(warning if is_readable_on_its_way(self.url.value) else "")


def _primary(text: str) -> QPushButton:
    made = QPushButton(text)
    made.setProperty("primary", True)
    return made
