"""The cards of a customer's page: who it is, its key, its webhook."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import (
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from admin_gui.app_context import AppContext
from admin_gui.client.customers import ReceiverCertificate
from admin_gui.client.deliveries import Attempt
from admin_gui.models.customer_fields import is_readable_on_its_way
from admin_gui.models.endpoints.certificate import described, is_trusted, is_untrusted, to_compare
from admin_gui.models.endpoints.endpoint import Endpoint
from admin_gui.models.endpoints.texts import failure_words, latency_words, moment_and_age, test_words
from admin_gui.models.webhook_advice import advice
from admin_gui.pages.certificate_offer import look_words
from admin_gui.pages.customers.form import FieldGrid, FormField, choice
from admin_gui.pages.customers.keys import Rotation
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.card import Card
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.layout.sight import bring_into_sight
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.secret_field import SecretField

translate = QCoreApplication.translate


class WhoCard(Card):
    """Name, company, e-mail address."""

    def __init__(self) -> None:
        super().__init__(translate("WhoCard", "Contact details"))
        grid = FieldGrid()
        self.company = grid.add(FormField(self.tr("Company"), QLineEdit(), required=True))
        self.contact = grid.add(FormField(self.tr("Contact"), QLineEdit(), required=True))
        self.email = grid.add(FormField(self.tr("E-mail"), QLineEdit(), required=True))
        self.content.addWidget(grid)
        self.fields = {"company_name": self.company, "name": self.contact, "email": self.email}


class KeyCard(Card):
    """What the telephone system shows to be let in."""

    rotate = Signal(int)  # seconds that the old key works beside the new one

    def __init__(self, context: AppContext) -> None:
        super().__init__(translate("KeyCard", "API key"))
        about = PlainLabel(self.tr("The telephone system sends it with each recording, as the header X-API-Key."))
        about.setProperty("muted", True)
        about.setWordWrap(True)
        self.key = SecretField(context, self.tr("API key"))
        self.rotation = Rotation(
            context,
            self.tr("New key …"),
            self.tr("Replace the API key?"),
            self.tr("The present key is refused at once: recordings that are sent with it are not accepted any more."),
            self.tr("The present key goes on working until %1; then recordings that are sent with it are refused."),
            self.tr("When a new key is made, the old one goes on working for:"),
            self.tr("How long the old key works"),
        )
        self.grace, self.rotate_button = self.rotation.grace, self.rotation.button
        self.rotation.wanted.connect(self.rotate)
        self.content.addWidget(about)
        self.content.addWidget(self.key)
        self.content.addWidget(self.rotation)


class EndpointHealth(QWidget):
    """How its endpoint fares, the same that the list of endpoints tells. Hidden while nothing is known of it: of a new
    customer, and of an older appliance.
    """

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._test = ""  # the delivery that the newest test is kept as
        self.grid = InfoGrid()
        self.test_button = QPushButton(self.tr("Open the last test"))
        self.test_button.clicked.connect(self.open_test)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.grid)
        layout.addLayout(row(self.test_button, stretch_after=0))
        self.hide()

    def open_test(self) -> None:
        """With all that was sent and answered."""
        if self._test:
            self._context.go(f"webhook/{self._test}")

    def show_of(self, endpoint: Endpoint | None) -> None:
        """None: nothing is known."""
        figures = None if endpoint is None else endpoint.figures
        self.setVisible(figures is not None)
        self._test = ""
        if endpoint is None or figures is None:
            return
        now, test = self._context.session.now(), endpoint.last_test
        success, since = figures.last_success_at, figures.failing_since
        self.grid.put("success", self.tr("Last success"), moment_and_age(success, now), formats.utc_tooltip(success))
        self.grid.put("since", self.tr("Failing since"), moment_and_age(since, now), formats.utc_tooltip(since))
        self.grid.set_shown("since", since is not None)
        self.grid.put("failure", self.tr("Last failure"), failure_words(endpoint))
        self.grid.set_shown("failure", bool(failure_words(endpoint)))
        self.grid.put("latency", self.tr("Answers of the last 24 hours"), latency_words(figures))
        self.grid.put("test", self.tr("Last test"), test_words(None if test is None else test.attempt))
        self.grid.set_shown("test", test is not None)
        self._test = "" if test is None else test.delivery_id
        self.test_button.setVisible(test is not None)


class WebhookCard(Card):
    """Where results go, how they are signed, and whether it works."""

    rotate = Signal(int)
    test = Signal()
    certificate = Signal()  # to be looked at

    def __init__(self, context: AppContext) -> None:
        super().__init__(translate("WebhookCard", "Webhook"))
        self._context = context
        grid = FieldGrid()
        self.url = grid.add(
            FormField(
                self.tr("Address"), QLineEdit(), self.tr("Results are posted here. While there is none they wait.")
            ),
            wide=True,
        )
        self.send_empty = grid.add(
            FormField(
                self.tr("Calls in which nothing was recorded"),
                choice((self.tr("no webhook"), False), (self.tr("a webhook call.empty"), True)),
                self.tr("Such as those that nobody answers. They are completed, and counted apart."),
            ),
            wide=True,
        )
        self.url.editor.setProperty("mono", True)
        self.url.changed.connect(self._warn_of_plain_http)
        self.url.changed.connect(self.forget_attempt)  # it was the former address's
        self.secret = SecretField(context, self.tr("webhook secret"))
        self.rotation = Rotation(
            context,
            self.tr("New secret …"),
            self.tr("Replace the secret?"),
            self.tr("Webhooks are signed with the new one alone: a receiver that knows the old one refuses them."),
            self.tr(
                "Webhooks are signed with the present one, too, until %1; then a receiver that does not know the new "
                "one refuses them."
            ),
            self.tr("When a new secret is made, the old one goes on working for:"),
            self.tr("How long the old secret works"),
        )
        self.grace, self.rotate_button = self.rotation.grace, self.rotation.button
        self.rotation.wanted.connect(self.rotate)
        self.test_button = QPushButton(self.tr("Send a test"))
        self.test_button.clicked.connect(self.test)
        context.only_admin(self.test_button)
        self.certificate_button = QPushButton(look_words())
        self.certificate_button.setToolTip(self.tr("The one that the receiver shows now; nothing is sent to it"))
        self.certificate_button.clicked.connect(self.certificate)
        context.only_admin(self.certificate_button)
        self.outcome = Banner(context.theme)
        self.exchange = InfoGrid()
        self.exchange.hide()
        self.health = EndpointHealth(context)
        trust = FieldGrid()
        self.fingerprint = trust.add(
            FormField(
                self.tr("SHA-256 of the receiver's certificate"),
                QLineEdit(),
                self.tr("For a receiver in the building that made its own certificate."),
            ),
            wide=True,
        )
        self.fingerprint.editor.setProperty("mono", True)
        authority = QPlainTextEdit()
        authority.setFixedHeight(84)
        authority.setProperty("mono", True)
        authority.setTabChangesFocus(True)
        self.authority = trust.add(
            FormField(
                self.tr("Or the certificate of the authority that signed it (PEM)"),
                authority,
                self.tr("Leave both empty for a receiver that browsers trust."),
            ),
            wide=True,
        )
        secret_name = PlainLabel(self.tr("Secret that webhooks are signed with"))
        secret_name.setProperty("muted", True)
        self.content.addWidget(grid)
        self.content.addLayout(row(self.test_button, self.certificate_button, stretch_after=1))
        self.content.addWidget(self.outcome)
        self.content.addWidget(self.exchange)
        self.content.addWidget(self.health)
        self.content.addSpacing(4)
        self.secret_part = QWidget()
        inner = QVBoxLayout(self.secret_part)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(secret_name)
        inner.addWidget(self.secret)
        inner.addWidget(self.rotation)
        self.content.addWidget(self.secret_part)
        self.content.addWidget(trust)
        self.fields = {
            "webhook_url": self.url,
            "webhook_fingerprint": self.fingerprint,
            "webhook_ca": self.authority,
            "send_empty": self.send_empty,
        }

    def _warn_of_plain_http(self) -> None:
        warning = self.tr(
            "Plain HTTP: unless this is a machine in the building, anybody on the way reads what was said."
        )
        self.url.warn(warning if is_readable_on_its_way(self.url.value) else "")

    def show_attempt(self, attempt: Attempt) -> None:
        """The exchange of a test: what came of it in words, and what was answered."""
        problem, todo = advice(attempt)
        look = (self.certificate_button.text(), self.certificate.emit) if is_untrusted(attempt) else None
        self.outcome.show_message(f"{problem} {todo}".strip(), "good" if attempt.succeeded else "bad", look)
        status = self.tr("none") if attempt.status is None else str(attempt.status)
        self.exchange.put("sent", self.tr("Sent"), f"POST {attempt.url or self.url.value}", mono=True)
        self.exchange.put("status", self.tr("Answered status"), status)
        self.exchange.put("latency", self.tr("Took"), f"{formats.number(attempt.latency_ms)} ms")
        self.exchange.put("error", self.tr("Error"), translated(attempt.error or ""))
        self.exchange.set_shown("error", bool(attempt.error))
        self.exchange.put("reply", self.tr("Answered"), attempt.reply[:2048])
        self.exchange.set_shown("reply", bool(attempt.reply))
        self.exchange.show()
        # What came of it is below the button: once it is laid out.
        QTimer.singleShot(0, self, lambda: bring_into_sight(self.exchange))

    def offer_certificate(self, shown: ReceiverCertificate) -> None:
        """What the receiver shows: whether it is the right one is known only by comparing it there."""
        self.exchange.hide()
        if is_trusted(shown, self.fingerprint.value):
            text = self.tr("It shows the certificate that is entered below: %1")
            self.outcome.show_message(described(shown, text), "good")
            return
        trust = (self.tr("It is the same: trust it"), lambda: self._trust(shown.fingerprint_sha256))
        self.outcome.show_message(to_compare(shown), "warn", trust)

    def _trust(self, fingerprint: str) -> None:
        self.fingerprint.set_value(fingerprint)
        self.outcome.show_message(self.tr("It is entered below. Save, and send a test."), "calm")
        self.fingerprint.editor.setFocus()

    def forget_attempt(self) -> None:
        """What was shown of another customer, or another address."""
        self.outcome.clear()
        self.exchange.hide()
