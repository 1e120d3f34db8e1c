"""What live events do not tell of the list of deliveries: who called whom, and whether any failed."""

from __future__ import annotations

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

    Where the list is searched, also for those that have come since.
    """

    found = Signal()

    def __init__(self, page: WebhooksPage) -> None:
        super().__init__(page)
        self._page = page
        self._asked: set[str] = set()  # once each: of an erased call nobody knows the numbers
        self._asking = AskingAgain(self, self.look)
        self.any_failed = False  # among those that the list is narrowed to, where it is of all states

    def soon(self) -> None:
        """Something has happened to a webhook."""
        self._asking.later()

    def look(self) -> None:
        """Ask now."""
        page, wanted = self._page, self._page.narrowed
        if not page.context.session.is_connected:
            return
        without = {one.id for one in page.table.model.rows if not one.has_numbers and not one.is_test} - self._asked
        deliveries = page.context.appliance.deliveries
        # Whether a new one is among those that are searched for its event does not tell: it has no numbers.
        is_searched = wanted.search is not None

        def ask() -> tuple[bool, list[Delivery]]:
            failed = deliveries.page(None, 1, replace(wanted, state=FAILED)).rows if wanted.state is None else []
            rows = deliveries.page(None, MOST_ROWS, wanted).rows if without or is_searched else []
            return bool(failed), [one for one in rows if is_searched or one.id in without]

        def show(told: tuple[bool, list[Delivery]]) -> None:
            if wanted != page.narrowed:
                return
            self._asking.answered()
            self._asked |= without
            self.any_failed, rows = told
            merge = page.table.merge if is_searched else page.table.merge_known
            merge(rows[::-1])
            self.found.emit()

        def failed(_error: Exception) -> None:
            if page.isVisible():  # else it is asked when somebody comes back
                self._asking.after_failure()  # an event may never come

        page.context.calls.start(self, ask, show, failed, latest="lookup")
