"""The endpoints: one row for each customer, with what can be done about one that fails."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt
from admin_gui.models.table.columns import Column
from admin_gui.models.webhook_advice import advice, why_disabled
from admin_gui.models.webhook_endpoints import Endpoint, endpoints
from admin_gui.pages.asking_again import AskingAgain
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable

DAY = timedelta(days=1)


class EndpointsTable(QWidget):
    """How each customer's endpoint fares; Enter opens the customer."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.table = PagedTable(
            context,
            "endpoints",
            self.tr("Endpoints"),
            self._columns(),
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
        self.reason = PlainLabel()
        self.reason.setWordWrap(True)
        self.reason.setProperty("muted", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        below = row(self.enable_button, self.test_button, self.reason)
        below.setStretch(2, 1)
        layout.addLayout(below)
        # What came of each customer's last test: it stays until the next, and its address is another.
        self._tests: dict[int, tuple[str | None, str]] = {}
        self._asking = AskingAgain(self, self.refresh)
        context.session.changed.connect(self._show_reason)
        self.setFocusProxy(self.table)
        self._show_reason()

    def refresh(self) -> None:
        """Ask anew."""
        appliance, now = self._context.appliance, self._context.session.now()

        def ask() -> list[Endpoint]:
            day = appliance.stats.between(now - DAY, now, bucket="range", by_customer=True)
            return endpoints(appliance.customers.everyone(), day.rows)

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
            text, current = " ".join(advice(attempt)).strip(), self.table.current()
            if attempt.error:
                text = f"{text} ({translated(attempt.error)})"
            tested = self.tr("Test at %1: %2").replace("%1", formats.moment(attempt.at)).replace("%2", text)
            self._tests[number] = endpoint.customer.webhook_url, tested
            if current is not None and current.customer.id == number:
                self.reason.setText(tested)
            else:  # somebody looks at another row by now
                text = f"{endpoint.customer.company_name}: {text}"
                self._context.say(text, "good" if attempt.succeeded else "bad")

        def failed(error: Exception) -> None:
            self._context.say_error(error)
            self._show_reason()

        self._context.calls.start(self, lambda: customers.test_webhook(number), done, failed, latest="test")

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
        if not self._context.calls.is_under_way(self, "test"):
            self.reason.setText("" if endpoint is None else self._told(endpoint))

    def _told(self, endpoint: Endpoint) -> str:
        """Why it takes nothing, and what came of the last test of its present address."""
        url, tested = self._tests.get(endpoint.customer.id, (None, ""))
        parts = [why_disabled(endpoint.customer.webhook_disabled_reason)]
        if url == endpoint.customer.webhook_url:
            parts.append(tested)
        return "\n".join(part for part in parts if part)

    def _fill_menu(self, menu: QMenu) -> None:
        menu.addSeparator()
        for button in (self.enable_button, self.test_button):
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(button.click)

    def _word(self, endpoint: Endpoint) -> str:
        words = {
            "none": self.tr("no address"),
            "disabled": self.tr("disabled"),
            "failing": self.tr("failing"),
            "healthy": self.tr("healthy"),
            "quiet": self.tr("nothing sent"),
        }
        return words[endpoint.state]

    def _columns(self) -> list[Column[Endpoint]]:
        def count(key: str, title: str, yields: int = 0) -> Column[Endpoint]:
            return Column(
                key,
                title,
                lambda one: formats.number(getattr(one.counts, key)),
                sort=lambda one: getattr(one.counts, key),
                right=True,
                width=95,
                yields=yields,
            )

        return [
            Column(
                "customer",
                self.tr("Customer"),
                lambda one: one.customer.company_name,
                sort=lambda one: one.customer.company_name,
                width=205,
                middle=True,
            ),
            Column(
                "state",
                self.tr("State"),
                self._word,
                tone=lambda one: one.tone,
                sort=lambda one: one.state,
                tooltip=lambda one: why_disabled(one.customer.webhook_disabled_reason),
                width=130,
            ),
            Column(
                "share",
                self.tr("Delivered, 24 h"),
                lambda one: formats.percent(one.share_delivered),
                sort=lambda one: one.share_delivered,
                right=True,
                width=130,
            ),
            count("delivered", self.tr("Delivered"), 4),
            count("pending", self.tr("Pending"), 3),
            count("retrying", self.tr("Retrying"), 2),
            count("failed", self.tr("Failed")),
            Column(
                "url",
                self.tr("Address"),
                lambda one: one.customer.webhook_url or formats.DASH,
                sort=lambda one: one.customer.webhook_url,
                tooltip=lambda one: one.customer.webhook_url or "",
                width=160,
                middle=True,
                yields=1,
            ),
        ]
