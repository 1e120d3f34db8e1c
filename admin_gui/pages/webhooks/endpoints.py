"""The endpoints: one row for each customer, with what can be done about one that fails."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt
from admin_gui.client.stats import LastTest
from admin_gui.models.endpoints.certificate import is_untrusted, may_be_looked_at
from admin_gui.models.endpoints.fares import failure_words, meaning, test_words
from admin_gui.models.webhook_advice import why_disabled
from admin_gui.models.webhook_endpoints import Endpoint, endpoints
from admin_gui.pages.asking_again import AskingAgain
from admin_gui.pages.certificate_offer import CertificateOffer, look_words
from admin_gui.pages.webhooks.endpoint_columns import endpoint_columns
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable

DAY = timedelta(days=1)
AGES_MS = 30_000


class EndpointsTable(QWidget):
    """How each customer's endpoint fares; Enter opens the customer."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.table = PagedTable(
            context,
            "endpoints",
            self.tr("Endpoints"),
            endpoint_columns(context.session.now),
            lambda endpoint: endpoint.customer.id,
            empty=("webhooks", self.tr("No customers yet"), ""),
            searchable=False,
        )
        self.table.opened.connect(lambda endpoint: context.go(f"customer/{endpoint.customer.id}"))
        self.table.selection_changed.connect(self._show_reason)
        self.table.add_to_menu(self._fill_menu)
        self.enable_button = QPushButton(self.tr("Enable again"))
        self.enable_button.clicked.connect(self.enable)
        self.test_button = QPushButton(self.tr("Send a test"))
        self.test_button.clicked.connect(self.test)
        self.last_test_button = QPushButton(self.tr("Open the last test"))
        self.last_test_button.clicked.connect(self.open_last_test)
        self.certificate_button = QPushButton(look_words())
        self.certificate_button.clicked.connect(self.look_at_certificate)
        self.offer = CertificateOffer(context, (self.test_button.text(), self.test))
        self.reason = PlainLabel()
        self.reason.setWordWrap(True)
        self.reason.setProperty("muted", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.offer)
        layout.addWidget(self.table, 1)
        buttons = (self.enable_button, self.test_button, self.last_test_button, self.certificate_button)
        layout.addLayout(row(*buttons, stretch_after=len(buttons) - 1))
        layout.addWidget(self.reason)
        # What came of each customer's last test, until it comes with the list: the appliance keeps it.
        self._tests: dict[int, Attempt] = {}
        self._asking = AskingAgain(self, self.refresh)
        self._ages = QTimer(self)  # how long ago something was changes by itself
        self._ages.setInterval(AGES_MS)
        self._ages.timeout.connect(self.table.view.viewport().update)
        self._ages.start()
        context.session.changed.connect(self._show_reason)
        self.setFocusProxy(self.table)
        self._show_reason()

    def refresh(self) -> None:
        """Ask anew."""
        appliance, now = self._context.appliance, self._context.session.now()

        def ask() -> list[Endpoint]:
            day = appliance.stats.between(now - DAY, now, bucket="range", by_customer=True)
            return endpoints(appliance.customers.everyone(), day.rows, appliance.stats.endpoints())

        self._context.calls.start(self, ask, self._show, self._failed, latest="endpoints")

    def refresh_soon(self) -> None:
        """Something has happened to a webhook."""
        self._asking.soon()

    def enable(self) -> None:
        """Let the current customer's endpoint take webhooks again."""
        endpoint: Endpoint | None = self.table.current()
        if endpoint is None or not self.enable_button.isEnabled():
            return
        customers, number = self._context.appliance.customers, endpoint.customer.id

        def done(customer: Customer) -> None:
            self._context.say(
                self.tr("%1 is enabled: the webhooks on hold are being sent").replace("%1", customer.company_name),
                "good",
            )
            self.refresh()

        self._context.calls.start(self, lambda: customers.enable_webhook(number), done)

    def test(self) -> None:
        """Send the current customer's endpoint a test, and say what came of it."""
        endpoint: Endpoint | None = self.table.current()
        if endpoint is None or not self.test_button.isEnabled():
            return
        customers, number = self._context.appliance.customers, endpoint.customer.id
        self.reason.setText(self.tr("Waiting for the receiver …"))

        def done(attempt: Attempt) -> None:
            current = self.table.current()
            self._tests[number] = attempt
            if attempt.succeeded:
                self.offer.forget()
            self._asking.soon()  # it comes with the list
            if current is not None and current.customer.id == number:
                self._show_reason()
            else:  # somebody looks at another row by now
                text = f"{endpoint.customer.company_name}: {meaning(attempt)}"
                self._context.say(text, "good" if attempt.succeeded else "bad")

        def failed(error: Exception) -> None:
            self._context.say_error(error)
            self._show_reason()

        self._context.calls.start(self, lambda: customers.test_webhook(number), done, failed, latest="test")

    def open_last_test(self) -> None:
        """The newest one, with all that was sent and answered."""
        test = self._last_test(self.table.current())
        if test is not None:
            self._context.go(f"webhook/{test.delivery_id}")

    def look_at_certificate(self) -> None:
        """Which one the current customer's receiver shows, to be compared and trusted."""
        endpoint: Endpoint | None = self.table.current()
        if endpoint is not None and self.certificate_button.isEnabled():
            self.offer.look(endpoint.customer)

    def _show(self, found: list[Endpoint]) -> None:
        current = self.table.current()
        self.table.model.set_rows(found)
        if current is not None:
            self.table.select(current.customer.id)
        self.table.loaded.emit()

    def _failed(self, error: Exception) -> None:
        self._context.say_error(error)
        self.table.loaded.emit()

    def _show_reason(self) -> None:
        endpoint: Endpoint | None = self.table.current()
        may = self._context.session.may_change and endpoint is not None
        disabled = endpoint is not None and endpoint.state == "disabled"
        self.enable_button.setEnabled(may and disabled)
        self.test_button.setEnabled(may and endpoint is not None and endpoint.customer.webhook_url is not None)
        self.last_test_button.setVisible(self._last_test(endpoint) is not None)
        lacks_trust = endpoint is not None and (endpoint.may_lack_trust or self._was_untrusted(endpoint))
        self.certificate_button.setVisible(lacks_trust)
        self.certificate_button.setEnabled(may and lacks_trust)
        if endpoint is None or self.offer.customer_id != endpoint.customer.id:
            self.offer.forget()
        if not self._context.calls.is_under_way(self, "test"):
            self.reason.setText("" if endpoint is None else self._told(endpoint))

    def _told(self, endpoint: Endpoint) -> str:
        """Why it takes nothing, what failed last, and what came of the last test of its present address."""
        test, kept = self._new_test(endpoint), endpoint.last_test
        tested = test_words(test if test is not None or kept is None else kept.attempt)
        parts = [why_disabled(endpoint.customer.webhook_disabled_reason), failure_words(endpoint), tested]
        return "\n".join(part for part in parts if part)

    def _new_test(self, endpoint: Endpoint) -> Attempt | None:
        """One of its present address that did not come with the list yet."""
        test, kept = self._tests.get(endpoint.customer.id), endpoint.last_test
        if test is None or test.url not in (None, endpoint.customer.webhook_url):
            return None
        return test if kept is None or kept.at < test.at else None

    def _last_test(self, endpoint: Endpoint | None) -> LastTest | None:
        """The newest one, once the list has it."""
        return None if endpoint is None or self._new_test(endpoint) is not None else endpoint.last_test

    def _was_untrusted(self, endpoint: Endpoint) -> bool:
        test = self._new_test(endpoint)
        return test is not None and is_untrusted(test) and may_be_looked_at(endpoint.customer)

    def _fill_menu(self, menu: QMenu) -> None:
        menu.addSeparator()
        for button in (self.enable_button, self.test_button, self.last_test_button, self.certificate_button):
            if button.isHidden():
                continue
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(button.click)
