"""The endpoints: one row for each customer, with what can be done about one that fails."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.deliveries import Attempt
from admin_gui.client.stats import LastTest
from admin_gui.models.endpoints.certificate import is_untrusted, may_be_looked_at
from admin_gui.models.endpoints.endpoint import Endpoint, endpoints
from admin_gui.models.endpoints.texts import failure_words, meaning, test_words
from admin_gui.models.webhook_advice import why_disabled
from admin_gui.pages.asking_again import AskingAgain
from admin_gui.pages.certificate_offer import CertificateOffer, look_words
from admin_gui.pages.webhooks.endpoint_columns import endpoint_columns
from admin_gui.pages.webhooks.selected_endpoints import SelectedEndpoints
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.whole_lists import show_anew

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
        self.selected = SelectedEndpoints(context, self.table)
        self.selected.changed.connect(self.refresh)
        self.selected.test_wanted.connect(self.test)
        self.selected.tested.connect(self._note_test)
        self.selected.tests_ended.connect(self._show_reason)
        self.last_test_button = self.selected.bar.add(
            self.tr("Open the last test"),
            self.open_last_test,
            changes=False,
            fits=lambda: self._last_test(self._only_one()) is not None,
            why_not=lambda: self.tr("Select one that was tested"),
        )
        self.certificate_button = self.selected.bar.add(
            look_words(),
            self.look_at_certificate,
            fits=lambda: self._lacks_trust(self._only_one()),
            why_not=lambda: self.tr("Select one whose certificate is not trusted"),
        )
        self.offer = CertificateOffer(context, lambda: (self.selected.test_button.text(), self.selected.test))
        self.offer.trusted.connect(lambda _customer: self.refresh_soon())
        self.reason = PlainLabel()
        self.reason.setWordWrap(True)
        self.reason.setProperty("muted", True)
        self.reason.setMinimumHeight(self.fontMetrics().height())  # no row moves when there is something to say
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.selected.many.banner, self.offer, self.table, self.reason):
            layout.addWidget(widget)
        layout.setStretchFactor(self.table, 1)
        # What came of each customer's last test, until it comes with the list: the appliance keeps it.
        self._tests: dict[int, Attempt] = {}
        self._asking = AskingAgain(self, self._ask_again)
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

    def _ask_again(self) -> None:
        if self._context.calls.is_under_way(self, "endpoints"):
            self._asking.later()  # another request would cancel the one whose answer is awaited
        else:
            self.refresh()

    def refresh_soon(self) -> None:
        """Something has happened to a webhook."""
        self._asking.soon()

    def test(self, endpoint: Endpoint) -> None:
        """Send one endpoint a test, and say what came of it."""
        customers, number = self._context.appliance.customers, endpoint.customer.id
        self.reason.setText(self.tr("Waiting for the receiver …"))

        def done(attempt: Attempt) -> None:
            current = self.table.current()
            self._note_test(endpoint, attempt)
            if current is not None and current.customer.id == number:
                self._show_reason()
            else:  # somebody looks at another row by now
                text = f"{endpoint.customer.company_name}: {meaning(attempt)}"
                self._context.say(text, "good" if attempt.succeeded else "bad")

        def failed(error: Exception) -> None:
            self._context.say_error(error)
            self._show_reason()

        self._context.calls.start(self, lambda: customers.test_webhook(number), done, failed, latest="test")

    def _note_test(self, endpoint: Endpoint, attempt: Attempt) -> None:
        self._tests[endpoint.customer.id] = attempt
        if attempt.succeeded and self.offer.customer_id == endpoint.customer.id:
            self.offer.forget()
        self._asking.soon()  # it comes with the list

    def open_last_test(self) -> None:
        """The newest one, with all that was sent and answered."""
        test = self._last_test(self._only_one())
        if test is not None:
            self._context.go(f"webhook/{test.delivery_id}")

    def look_at_certificate(self) -> None:
        """Which one the selected customer's receiver shows, to be compared and trusted."""
        endpoint = self._only_one()
        if endpoint is not None and self._lacks_trust(endpoint):
            self.offer.look(endpoint.customer)

    def _show(self, found: list[Endpoint]) -> None:
        show_anew(self.table, found)
        self._show_reason()  # the selection may be the same, and what is known of it another
        self.table.loaded.emit()

    def _failed(self, error: Exception) -> None:
        self._context.say_error(error)
        self.table.loaded.emit()

    def _show_reason(self) -> None:
        endpoint: Endpoint | None = self.table.current()
        only = self._only_one()
        self.selected.bar.update_buttons()
        if only is None or self.offer.customer_id != only.customer.id:
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

    def _lacks_trust(self, endpoint: Endpoint | None) -> bool:
        """A certificate that is not trusted may be why it fails."""
        if endpoint is None:
            return False
        test = self._new_test(endpoint)
        return endpoint.may_lack_trust or (
            test is not None and is_untrusted(test) and may_be_looked_at(endpoint.customer)
        )

    def _only_one(self) -> Endpoint | None:
        """The selected one; None where none is selected, or several are."""
        found: list[Endpoint] = self.table.selected()
        return found[0] if len(found) == 1 else None
