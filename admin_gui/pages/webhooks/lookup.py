"""What live events do not tell of the list of deliveries: who called whom, and whether any failed."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from admin_gui.client.deliveries import Delivery
from admin_gui.pages.asking_again import AskingAgain

if TYPE_CHECKING:
    from admin_gui.pages.webhooks.webhooks_page import WebhooksPage

# The newest ones: those that an event brought in are among them, unless somebody sends very old ones again.
MOST_ROWS = 200
FAILED = "failed"


class DeliveryLookup(QObject):
    """Asks once for many events: one request for all rows without numbers, and one for a failed one.

    Where the list is searched, also for those that have come since: their events do not tell what is searched for.
    """

    found = Signal()

    def __init__(self, page: WebhooksPage) -> None:
        super().__init__(page)
        self._page = page
        self._asked: set[str] = set()  # once each: of an erased call nobody knows the numbers
        self._asking = AskingAgain(self, self.look)
        # Since the question that is under way; what events tell of these is newer than its answer.
        self._told: set[str] = set()
        self._erased: set[str] = set()
        self._has_new = False  # an event told of one that is not in the list, and may belong there
        self.any_failed = False  # among those that the list is narrowed to, where it is of all states

    def heed(self, told: Sequence[Delivery], erased: AbstractSet[str]) -> None:
        """Something has happened to these webhooks, and these calls are no more."""
        self._told |= {one.id for one in told}
        self._erased |= erased
        self._has_new |= any(self._page.fits(one) and not self._is_known(one) for one in told)
        if told:
            self._asking.soon()

    def look(self) -> None:
        """Ask now."""
        page, wanted = self._page, self._page.narrowed
        if not page.context.session.is_connected:
            return
        without = {one.id for one in page.table.model.rows if not one.has_numbers and not one.is_test} - self._asked
        looks_for_new = wanted.search is not None and self._has_new
        self._told, self._erased, self._has_new = set(), set(), False
        deliveries = page.context.appliance.deliveries

        def ask() -> tuple[bool, list[Delivery]]:
            failed = deliveries.page(None, 1, replace(wanted, state=FAILED)).rows if wanted.state is None else []
            rows = deliveries.page(None, MOST_ROWS, wanted).rows if without or looks_for_new else []
            return bool(failed), rows

        def show(told: tuple[bool, list[Delivery]]) -> None:
            if wanted != page.narrowed:
                return
            self._asking.answered()
            self._asked |= without
            self.any_failed, rows = told
            # Of those that are not in the list only what is newer than all that is there: the rest comes with its page.
            new = list(takewhile(lambda one: not self._is_known(one), rows)) if looks_for_new else []
            news = [*new, *(one for one in rows if one.id in without and self._is_known(one))]
            still_true = [one for one in news if one.id not in self._told and one.call_id not in self._erased]
            page.table.merge(still_true[::-1])
            if len(still_true) < len(news):
                self._has_new |= looks_for_new
                self._asking.later()
            self.found.emit()

        def failed(_error: Exception) -> None:
            self._has_new |= looks_for_new
            if page.isVisible():  # else it is asked when somebody comes back
                self._asking.after_failure()  # an event may never come

        page.context.calls.start(self, ask, show, failed, latest="lookup")

    def _is_known(self, delivery: Delivery) -> bool:
        return self._page.table.model.place_of(delivery.id) is not None
