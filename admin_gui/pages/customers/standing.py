"""What stands over a customer's page: that it is refused, that it gets nothing, or that its webhooks fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject

from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt, Delivery, DeliveryFilter
from admin_gui.client.events import Event
from admin_gui.client.stats import DeliveryCounts, EndpointFigures, Stats
from admin_gui.client.transport.paging import LARGEST_PAGE_ROWS
from admin_gui.links import Link
from admin_gui.models.endpoints.endpoint import Endpoint
from admin_gui.models.webhook_advice import why_disabled
from admin_gui.pages.asking_again import AskingAgain
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated

if TYPE_CHECKING:
    from admin_gui.pages.customers.customer_page import CustomerPage


class CustomerStanding(QObject):
    """Of the customer that is on screen; the worst of it, in the page's notice."""

    def __init__(self, page: CustomerPage) -> None:
        super().__init__(page)
        self._page = page
        self._last_day = DeliveryCounts()
        self._figures: EndpointFigures | None = None
        self._erased = 0  # so many of those that failed are listed no more
        self._address_of_taken = ""  # where a test was taken last, and nothing failed since
        self._taken_at: datetime | None = None
        self._asking = AskingAgain(self, self._ask_again)

    def forget(self) -> None:
        """Another customer will be on screen."""
        self._asking.stop()
        self._last_day, self._erased = DeliveryCounts(), 0
        self._figures = None
        self._forget_test()
        self._show_endpoint_health()

    def on_events(self, events: Sequence[Event]) -> None:
        """Its webhooks may have been taken meanwhile, or not: ask once for many, and once more when they ceased."""
        told = (event.delivery for event in events)
        own = [one for one in told if one is not None and str(one.customer_id) == self._page.wanted]
        if own:
            self._heed(own, are_news=True)
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

        deliveries, test_was_taken = page.context.appliance.deliveries, self._taken_at is not None

        def usage() -> tuple[Stats, Stats, int, list[Delivery], list[EndpointFigures]]:
            day = stats.between(now - timedelta(days=1), now, bucket="range", customer_id=number)
            month = stats.between(now - timedelta(days=30), now, bucket="range", customer_id=number)
            counts, erased, listed = day.totals.deliveries, 0, list[Delivery]()
            wanted = DeliveryFilter(customer_id=number, state="failed", since=day.since, until=day.until)
            if counts.failed:  # the figures keep those of erased calls, the list does not; it has tests, they do not
                failed = deliveries.page(None, LARGEST_PAGE_ROWS, wanted)
                listed += failed.rows
                if failed.next_cursor is None:
                    erased = max(0, counts.failed - sum(not one.is_test for one in failed.rows))
            if counts.retrying and test_was_taken:
                retrying = msgspec.structs.replace(wanted, state="retrying")
                listed += deliveries.page(None, LARGEST_PAGE_ROWS, retrying).rows
            return day, month, erased, listed, stats.endpoints(number)

        def show(found: tuple[Stats, Stats, int, list[Delivery], list[EndpointFigures]]) -> None:
            day, month, erased, listed, figures = found
            page.limits.show_usage(day.totals, month.totals)
            self._heed(listed)  # also what failed while another page was seen
            self._figures = next(iter(figures), None)
            self.take(day.totals.deliveries, erased)
            self._show_endpoint_health()

        page.look(
            usage,
            show,
            lambda _error: None,  # the page is of use without it
            latest="usage",
        )

    def take(self, last_day: DeliveryCounts, erased: int = 0) -> None:
        """How its webhooks of the last day fared; `erased`: of those that failed so many were of erased calls."""
        customer, self._last_day, self._erased = self._page.customer, last_day, erased
        if customer is not None and not self._page.form.changes():  # else there may be more important things to read
            self.show_of(customer)

    def _show_endpoint_health(self) -> None:
        customer = self._page.customer
        self._page.webhook.health.show_of(None if customer is None else self._endpoint(customer))

    def _endpoint(self, customer: Customer) -> Endpoint:
        return Endpoint(customer, self._last_day, self._figures)

    def heed_test(self, attempt: Attempt) -> None:
        """What came of a test at its address: one that was taken says that what failed is mended."""
        customer = self._page.customer
        self._forget_test()
        if attempt.succeeded and customer is not None:
            self._address_of_taken, self._taken_at = customer.webhook_url or "", attempt.at
        self.take(self._last_day, self._erased)

    def _heed(self, deliveries: Sequence[Delivery], *, are_news: bool = False) -> None:
        """A receiver may take a test, and not what is sent in earnest.

        Moments are told in whole seconds: in the test's own second `are_news` failed after it, what is listed before.
        """
        taken_at = self._taken_at
        if taken_at is None:
            return
        failed_at = [at for one in deliveries if (at := _failed_at(one)) is not None]
        if any(at > taken_at or (are_news and at == taken_at) for at in failed_at):
            self._forget_test()

    def _forget_test(self) -> None:
        self._address_of_taken, self._taken_at = "", None

    def show_of(self, customer: Customer) -> None:
        """Say it, or nothing."""
        notice = self._page.notice
        self._show_endpoint_health()
        if customer.warnings:
            text = self.tr("Something that the appliance keeps of it is damaged: %1")
            notice.show_message(text.replace("%1", " ".join(map(translated, customer.warnings))), "bad")
        elif customer.webhook_disabled_reason:
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
            if self._erased:
                more = self.tr(
                    "%n of those that failed belong(s) to erased calls, and is listed no more.", "", self._erased
                )
                text = f"{text} {more}"
            query = {"customer_id": str(customer.id), "state": "failed" if failed else "retrying"}
            see = (self.tr("See them"), lambda: self._page.context.go(Link("webhooks", query=query)))
            notice.show_message(text, "calm" if is_mended else "warn", see)
        elif self._endpoint(customer).state == "failing" and self._address_of_taken != customer.webhook_url:
            # What it was sent in the last day is not all that waits: what is older is tried ever more rarely.
            since = None if self._figures is None else self._figures.failing_since
            text = self.tr("Its webhooks are failing: nothing was taken since %1.").replace("%1", formats.moment(since))
            every = Link("webhooks", query={"customer_id": str(customer.id)})
            notice.show_message(text, "warn", (self.tr("See them"), lambda: self._page.context.go(every)))
        else:
            notice.clear()


def _failed_at(delivery: Delivery) -> datetime | None:
    """When its last attempt was made, if that was not taken; of tests it is told by themselves."""
    attempt = delivery.last_attempt
    return None if delivery.is_test or attempt is None or attempt.succeeded else attempt.at
