"""What stands over a customer's page: that it is refused, that it gets nothing, or that its webhooks fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt
from admin_gui.client.events import Event
from admin_gui.client.stats import DeliveryCounts, Stats
from admin_gui.links import Link
from admin_gui.models.webhook_advice import why_disabled
from admin_gui.models.webhook_endpoints import Endpoint
from admin_gui.pages.asking_again import AskingAgain
from admin_gui.text import formats

if TYPE_CHECKING:
    from admin_gui.pages.customers.customer_page import CustomerPage


class CustomerStanding(QObject):
    """Of the customer that is on screen; the worst of it, in the page's notice."""

    def __init__(self, page: CustomerPage) -> None:
        super().__init__(page)
        self._page = page
        self._last_day = DeliveryCounts()
        self._address_of_taken = ""  # where a test was taken last
        self._asking = AskingAgain(self, self._ask_again)

    def forget(self) -> None:
        """Another customer will be on screen."""
        self._asking.stop()
        self._last_day = DeliveryCounts()
        self._address_of_taken = ""

    def on_events(self, events: Sequence[Event]) -> None:
        """Its webhooks may have been taken meanwhile, or not: ask once for many, and once more when they ceased."""
        told = (event.delivery for event in events)
        if any(one is not None and str(one.customer_id) == self._page.wanted for one in told):
            self._asking.soon()

    def _ask_again(self) -> None:
        if self._page.context.calls.is_under_way(self._page, "usage"):
            self._asking.later()  # another request would cancel the one whose answer is awaited
        else:
            self.ask()

    def ask(self) -> None:
        """How much it has sent, and how its webhooks fare."""
        page = self._page
        if not page.wanted.isdecimal():
            return
        stats, now, number = page.context.appliance.stats, page.context.session.now(), int(page.wanted)

        def usage() -> tuple[Stats, Stats]:
            return (
                stats.between(now - timedelta(days=1), now, bucket="range", customer_id=number),
                stats.between(now - timedelta(days=30), now, bucket="range", customer_id=number),
            )

        def show(found: tuple[Stats, Stats]) -> None:
            page.limits.show_usage(found[0].totals, found[1].totals)
            self.take(found[0].totals.deliveries)

        page.look(
            usage,
            show,
            lambda _error: None,  # the page is of use without it
            latest="usage",
        )

    def take(self, last_day: DeliveryCounts) -> None:
        """How its webhooks of the last day fared."""
        customer, self._last_day = self._page.customer, last_day
        if customer is not None and not self._page.form.changes():  # else there may be more important things to read
            self.show_of(customer)

    def heed_test(self, attempt: Attempt) -> None:
        """What came of a test at its address: one that was taken says that what failed is mended."""
        customer = self._page.customer
        self._address_of_taken = ((customer and customer.webhook_url) or "") if attempt.succeeded else ""
        self.take(self._last_day)

    def show_of(self, customer: Customer) -> None:
        """Say it, or nothing."""
        notice = self._page.notice
        if customer.webhook_disabled_reason:
            why = why_disabled(customer.webhook_disabled_reason)
            text = self.tr("Nothing is sent to its webhook: %1.").replace("%1", why)
            notice.show_message(text, "bad", (self.tr("Enable again"), self._page.doing.enable))
        elif not customer.is_active:
            notice.show_message(
                self.tr("It is inactive: its API key is refused. What was accepted is still delivered.")
            )
        elif customer.webhook_url is None:
            notice.show_message(self.tr("It has no webhook address yet: results wait until there is one."))
        elif Endpoint(customer, self._last_day).state == "failing":
            failed, retrying = self._last_day.failed, self._last_day.retrying
            is_mended = self._address_of_taken == customer.webhook_url
            if is_mended:
                text = self.tr(
                    "Its address took the test. In the last 24 hours %1 failed; %2 are tried again by "
                    "themselves, at this address."
                )
            else:
                text = self.tr(
                    "Its webhooks are failing: in the last 24 hours %1 failed, and %2 are being tried again."
                )
            text = text.replace("%1", formats.number(failed)).replace("%2", formats.number(retrying))
            query = {"customer_id": str(customer.id), "state": "failed" if failed else "retrying"}
            see = (self.tr("See them"), lambda: self._page.context.go(Link("webhooks", query=query)))
            notice.show_message(text, "calm" if is_mended else "warn", see)
        else:
            notice.clear()
