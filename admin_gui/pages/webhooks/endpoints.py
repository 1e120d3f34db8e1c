"""The endpoints: one row for each customer, with what can be done about one that fails."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.deliveries import Attempt
from admin_gui.models.table.columns import Column
from admin_gui.models.webhook_advice import advice, why_disabled
from admin_gui.models.webhook_endpoints import Endpoint, endpoints
from admin_gui.pages.asking_again import AskingAgain
from admin_gui.pages.webhooks.selected_endpoints import SelectedEndpoints
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.whole_lists import show_anew

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
        self.selected = SelectedEndpoints(context, self.table)
        self.selected.changed.connect(self.refresh)
        self.selected.test_wanted.connect(self.test)
        self.selected.tested.connect(self._note_test)
        self.selected.tests_ended.connect(self._show_reason)
        self.reason = PlainLabel()
        self.reason.setWordWrap(True)
        self.reason.setProperty("muted", True)
        self.reason.setMinimumHeight(self.fontMetrics().height())  # no row moves when there is something to say
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.selected.many.banner, self.table, self.reason):
            layout.addWidget(widget)
        layout.setStretchFactor(self.table, 1)
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

    def test(self, endpoint: Endpoint) -> None:
        """Send one endpoint a test, and say what came of it."""
        customers, number = self._context.appliance.customers, endpoint.customer.id
        self.reason.setText(self.tr("Waiting for the receiver …"))

        def done(attempt: Attempt) -> None:
            current = self.table.current()
            tested = self._note_test(endpoint, attempt)
            if current is not None and current.customer.id == number:
                self.reason.setText(tested)
            else:  # somebody looks at another row by now
                text = f"{endpoint.customer.company_name}: {_came_of(attempt)}"
                self._context.say(text, "good" if attempt.succeeded else "bad")

        def failed(error: Exception) -> None:
            self._context.say_error(error)
            self._show_reason()

        self._context.calls.start(self, lambda: customers.test_webhook(number), done, failed, latest="test")

    def _note_test(self, endpoint: Endpoint, attempt: Attempt) -> str:
        tested = self.tr("Test at %1: %2").replace("%1", formats.moment(attempt.at)).replace("%2", _came_of(attempt))
        self._tests[endpoint.customer.id] = endpoint.customer.webhook_url, tested
        return tested

    def _show(self, found: list[Endpoint]) -> None:
        show_anew(self.table, found)
        self.table.loaded.emit()

    def _failed(self, error: Exception) -> None:
        self._context.say_error(error)
        self.table.loaded.emit()

    def _show_reason(self) -> None:
        endpoint: Endpoint | None = self.table.current()
        if not self._context.calls.is_under_way(self, "test"):
            self.reason.setText("" if endpoint is None else self._told(endpoint))

    def _told(self, endpoint: Endpoint) -> str:
        """Why it takes nothing, and what came of the last test of its present address."""
        url, tested = self._tests.get(endpoint.customer.id, (None, ""))
        parts = [why_disabled(endpoint.customer.webhook_disabled_reason)]
        if url == endpoint.customer.webhook_url:
            parts.append(tested)
        return "\n".join(part for part in parts if part)

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


def _came_of(attempt: Attempt) -> str:
    """Of a test, in words."""
    text = " ".join(advice(attempt)).strip()
    return f"{text} ({translated(attempt.error)})" if attempt.error else text
